#include "channels/json/writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace switchboard::channels::json {

namespace {

constexpr bool needs_escape(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

constexpr auto escape_table = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c)
    table[c] = needs_escape(static_cast<unsigned char>(c));
  return table;
}();

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  out += "\\u00";
  out += hex[c >> 4U];
  out += hex[c & 0xFU];
}

} // namespace

void append_escaped(std::string& out, std::string_view text) {
  std::size_t clean_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!escape_table[c])
      continue;
    out.append(text, clean_from, i - clean_from);
    append_escape(out, c);
    clean_from = i + 1;
  }
  out.append(text, clean_from, text.size() - clean_from);
}

void writer::separate() {
  if (needs_comma_)
    *out_ += ',';
  needs_comma_ = true;
}

writer& writer::begin_object() {
  separate();
  *out_ += '{';
  needs_comma_ = false;
  return *this;
}

writer& writer::end_object() {
  *out_ += '}';
  needs_comma_ = true;
  return *this;
}

writer& writer::begin_array() {
  separate();
  *out_ += '[';
  needs_comma_ = false;
  return *this;
}

writer& writer::end_array() {
  *out_ += ']';
  needs_comma_ = true;
  return *this;
}

writer& writer::key(std::string_view name) {
  separate();
  *out_ += '"';
  *out_ += name;
  *out_ += "\":";
  needs_comma_ = false;
  return *this;
}

writer& writer::escaped_key(std::string_view name) {
  string(name);
  *out_ += ':';
  needs_comma_ = false;
  return *this;
}

writer& writer::string(std::string_view text) {
  separate();
  *out_ += '"';
  append_escaped(*out_, text);
  *out_ += '"';
  return *this;
}

writer& writer::string_or_null(std::string_view text) {
  return text.empty() ? null() : string(text);
}

writer& writer::number(std::uint64_t value) {
  separate();
  std::array<char, 20> digits{};
  const auto end
    = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_->append(digits.data(), end);
  return *this;
}

writer& writer::integer(std::int64_t value) {
  if (value >= 0)
    return number(static_cast<std::uint64_t>(value));
  separate();
  *out_ += std::to_string(value);
  return *this;
}

writer& writer::decimal(double value) {
  separate();
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 std::round(value * 1000) / 1000)
                     .ptr;
  out_->append(digits.data(), end);
  return *this;
}

writer& writer::raw(std::string_view document) {
  separate();
  *out_ += document;
  return *this;
}

writer& writer::boolean(bool value) {
  separate();
  *out_ += value ? "true" : "false";
  return *this;
}

writer& writer::null() {
  separate();
  *out_ += "null";
  return *this;
}

} // namespace switchboard::channels::json
