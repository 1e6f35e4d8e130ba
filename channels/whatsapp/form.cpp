#include "channels/whatsapp/form.hpp"

#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::channels::whatsapp {

namespace {

/// 16 for what is no hexadecimal digit.
unsigned hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F')
    return static_cast<unsigned>(c - 'A') + 10;
  return 16;
}

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
      continue;
    }
    if (text[i] == '%' && text.size() - i > 2) {
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (high < 16 && low < 16) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

} // namespace

domain::result<form> parse_form(std::string_view body,
                                const form_limits& limits) {
  if (body.size() > limits.size_max)
    return domain::fail(domain::errc::invalid, "the form is too large");
  form out;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto field = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (field.empty())
      continue;
    if (out.size() == limits.fields_max)
      return domain::fail(domain::errc::invalid,
                          "the form has too many fields");
    const auto equals = std::min(field.find('='), field.size());
    auto name = decode(field.substr(0, equals));
    auto value = decode(field.substr(std::min(equals + 1, field.size())));
    const bool is_clean
      = domain::is_clean_utf8(name) && domain::is_clean_utf8(value);
    if (limits.needs_clean_text && !is_clean)
      return domain::fail(domain::errc::invalid, "the form is not clean UTF-8");
    out.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

std::string_view find_field(const form& fields,
                            std::string_view name) noexcept {
  for (const auto& [key, value] : fields)
    if (key == name)
      return value;
  return {};
}

} // namespace switchboard::channels::whatsapp
