#include "tests/simulators/whatsapp_wire.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>

namespace switchboard::simulators::whatsapp {

namespace {

constexpr std::string_view base64_letters
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_letters = "0123456789abcdef";

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'
         || c == '*';
}

std::string hmac(const EVP_MD* how, std::string_view key,
                 std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(how, key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::optional<std::string> from_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned value = 0;
      if (i + 2 >= text.size())
        return std::nullopt;
      const auto* first = text.data() + i + 1;
      const auto [end, ec] = std::from_chars(first, first + 2, value, 16);
      if (ec != std::errc{} || end != first + 2)
        return std::nullopt;
      out += static_cast<char>(value);
      i += 2;
    }
  }
  return out;
}

void append_percent(std::string& to, std::string_view text) {
  for (const auto c : text) {
    if (c == ' ') {
      to += '+';
    } else if (is_unreserved(c)) {
      to += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      to += '%';
      to += static_cast<char>(std::toupper(hex_letters[byte >> 4U]));
      to += static_cast<char>(std::toupper(hex_letters[byte & 15U]));
    }
  }
}

/// The value at the front of UTF-8 text and how many bytes it takes; 0: none.
std::pair<std::uint32_t, std::size_t> first_code_point(std::string_view text) {
  const auto lead = byte_at(text, 0);
  if (lead < 0x80)
    return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
    return {0, 0};
  auto value = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = byte_at(text, i);
    if ((next & 0xc0U) != 0x80)
      return {0, 0};
    value = (value << 6U) | (next & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const auto is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least[size] || value > 0x10ffff || is_surrogate)
    return {0, 0};
  return {value, size};
}

void append_escape(std::string& to, std::uint32_t unit) {
  to += "\\u";
  for (auto shift = 16U; shift > 0;) {
    shift -= 4;
    to += hex_letters[(unit >> shift) & 15U];
  }
}

} // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto bits = (byte_at(bytes, i) << 16U) | (byte_at(bytes, i + 1) << 8U)
                      | byte_at(bytes, i + 2);
    const auto left = bytes.size() - i;
    out += base64_letters[(bits >> 18U) & 63U];
    out += base64_letters[(bits >> 12U) & 63U];
    out += left > 1 ? base64_letters[(bits >> 6U) & 63U] : '=';
    out += left > 2 ? base64_letters[bits & 63U] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size()
         && text[text.size() - 1 - padding] == '=')
    ++padding;
  std::string out;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_padding = i >= text.size() - padding;
    const auto at = is_padding ? 0 : base64_letters.find(text[i]);
    if (at == std::string_view::npos)
      return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(at);
    if (i % 4 != 3)
      continue;
    out += static_cast<char>((bits >> 16U) & 255U);
    out += static_cast<char>((bits >> 8U) & 255U);
    out += static_cast<char>(bits & 255U);
    bits = 0;
  }
  out.resize(out.size() - padding);
  return out;
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const auto c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex_letters[byte >> 4U];
    out += hex_letters[byte & 15U];
  }
  return out;
}

std::string hmac_sha1(std::string_view key, std::string_view text) {
  return hmac(EVP_sha1(), key, text);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  return hmac(EVP_sha256(), key, text);
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> out{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         out.data());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string to_form(const form_fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty())
      out += '&';
    append_percent(out, name);
    out += '=';
    append_percent(out, value);
  }
  return out;
}

std::optional<form_fields> from_form(std::string_view body) {
  form_fields out;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos)
      return std::nullopt;
    auto name = from_percent(pair.substr(0, equals));
    auto value = from_percent(pair.substr(equals + 1));
    if (!name || !value || !code_points(*name) || !code_points(*value))
      return std::nullopt;
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

std::optional<std::size_t> code_points(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto [value, size] = first_code_point(text);
    if (size == 0)
      return std::nullopt;
    text.remove_prefix(size);
    ++count;
  }
  return count;
}

std::string escape_as_meta(std::string_view document) {
  std::string out;
  while (!document.empty()) {
    const auto [value, size] = first_code_point(document);
    document.remove_prefix(std::max<std::size_t>(size, 1));
    if (value == '/') {
      out += "\\/";
    } else if (value < 0x80) {
      out += static_cast<char>(value);
    } else if (value < 0x10000) {
      append_escape(out, value);
    } else {
      append_escape(out, 0xd800 + ((value - 0x10000) >> 10U));
      append_escape(out, 0xdc00 + ((value - 0x10000) & 0x3ffU));
    }
  }
  return out;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= '0' && c <= '9';
  });
}

bool is_e164(std::string_view text) {
  return text.starts_with('+') && is_digits(text.substr(1)) && text.size() >= 8
         && text.size() <= 16;
}

bool is_group_jid(std::string_view text) {
  return text.ends_with("@g.us");
}

bool is_jid(std::string_view text) {
  const auto at = std::min(text.find('@'), text.size());
  const auto user = text.substr(0, at);
  const auto server = text.substr(at);
  if (server == "@s.whatsapp.net" || server == "@lid")
    return is_digits(user);
  if (server != "@g.us")
    return false;
  const auto dash = user.find('-');
  return dash == std::string_view::npos ? is_digits(user)
                                        : is_digits(user.substr(0, dash))
                                            && is_digits(user.substr(dash + 1));
}

std::string basic_authorization(std::string_view user,
                                std::string_view password) {
  return "Basic " + to_base64(std::string{user} + ":" + std::string{password});
}

std::string make_id(std::string_view prefix, std::string_view seed,
                    std::size_t size) {
  std::string out{prefix};
  const auto digest = to_hex(sha256(std::string{prefix}.append(seed)));
  out += digest.substr(0, size > prefix.size() ? size - prefix.size() : 0);
  return out;
}

std::string upper_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) {
    return static_cast<char>(std::toupper(c));
  });
  return out;
}

} // namespace switchboard::simulators::whatsapp
