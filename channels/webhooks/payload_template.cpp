#include "channels/webhooks/payload_template.hpp"

#include "channels/json/writer.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

namespace switchboard::channels::webhooks {

namespace {

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto* end
    = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

} // namespace

const payload_template& payload_template::standard() {
  static const auto standard = [] {
    auto read = parse(
      R"({"type":"{{type}}","timestamp":"{{timestamp}}","data":{{data}},)"
      R"("sequence":{{sequence}}})");
    assert(read.value);
    return *std::move(read.value);
  }();
  return standard;
}

void payload_template::append(std::string& out, const part& gap,
                              const field_values& values) {
  const auto& value = values.get(*gap.field);
  const auto kind = kind_of(*gap.field);
  if (!value.present) {
    if (kind != field_kind::text || gap.how == form::json)
      out += "null";
    return;
  }
  if (kind == field_kind::number) {
    append_number(out, value.number);
    return;
  }
  if (kind == field_kind::json || gap.how == form::raw) {
    out += value.text;
    return;
  }
  if (gap.how == form::json)
    out += '"';
  json::append_escaped(out, value.text);
  if (gap.how == form::json)
    out += '"';
}

std::optional<std::string>
payload_template::render(const field_values& values) const {
  std::string out;
  auto expected = size_ + 64;
  for (const auto& p : parts_)
    if (p.field)
      expected += values.get(*p.field).text.size();
  out.reserve(std::min(expected, rendered_size_max));
  for (const auto& p : parts_) {
    out += p.text;
    if (p.field)
      append(out, p, values);
    if (out.size() > rendered_size_max)
      return std::nullopt;
  }
  return out;
}

} // namespace switchboard::channels::webhooks
