#include "domain/contact.hpp"

#include "domain/text.hpp"

#include <cstdint>

namespace switchboard::domain {

namespace {

constexpr std::size_t phone_text_size_max = 64;
constexpr std::size_t phone_digits_min = 8;
constexpr std::size_t phone_digits_max = 15;
constexpr std::size_t local_part_size_max = 64; // RFC 5321, section 4.5.3.1.1
constexpr std::size_t label_size_max = 63;      // RFC 1035, section 2.3.4

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii(char c) noexcept {
  return static_cast<std::uint8_t>(c) < 0x80;
}

auto bad_phone() {
  return fail(errc::invalid,
              "must be an international number: +, the country code and the "
              "number, 8 to 15 digits");
}

auto bad_email() {
  return fail(errc::invalid, "must be an e-mail address like name@example.com");
}

/// `atext` of RFC 5322, section 3.2.3.
bool is_atom_char(char c) noexcept {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
  return is_digit(c) || is_letter(c)
         || others.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) noexcept {
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !is_atom_char(c))
      return false;
    before = c;
  }
  return before != '.';
}

/// Characters beyond ASCII that no domain name has but that can hide in one:
/// C1 controls and odd spaces, invisible and direction marks, full-width forms
/// and ideographic dots (other spellings of ASCII), private use, tags.
bool is_deceptive(char32_t c) noexcept {
  return c < 0xA1 || c == 0xAD || c == 0x1680 || c == 0x180E
         || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x3002)
         || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFE00 && c <= 0xFE0F)
         || c == 0xFEFF || (c >= 0xFF00 && c <= 0xFFFF) || c >= 0xE0000;
}

/// Decodes the character at `at` of well-formed UTF-8 and moves `at` behind it.
char32_t take_code_point(std::string_view text, std::size_t& at) noexcept {
  const auto lead = static_cast<std::uint8_t>(text[at++]);
  if (lead < 0x80)
    return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t value = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i)
    value = (value << 6U) | (static_cast<std::uint8_t>(text[at++]) & 0x3FU);
  return value;
}

bool is_label(std::string_view label) noexcept {
  if (label.empty() || label.size() > label_size_max || label.front() == '-'
      || label.back() == '-')
    return false;
  for (std::size_t at = 0; at < label.size();) {
    if (!is_ascii(label[at])) {
      if (is_deceptive(take_code_point(label, at)))
        return false;
      continue;
    }
    const char c = label[at++];
    if (!is_digit(c) && !is_letter(c) && c != '-')
      return false;
  }
  return true;
}

bool is_all_digits(std::string_view text) noexcept {
  for (const char c : text)
    if (!is_digit(c))
      return false;
  return true;
}

/// At least two labels, the last of them no number: else it is an IP address.
bool is_domain(std::string_view text) noexcept {
  std::size_t labels = 0;
  for (;;) {
    const auto dot = text.find('.');
    const auto label = text.substr(0, dot);
    if (!is_label(label))
      return false;
    ++labels;
    if (dot == std::string_view::npos)
      return labels >= 2 && !is_all_digits(label);
    text.remove_prefix(dot + 1);
  }
}

/// Takes the number's digits over into `out`; false when anything stands
/// between them that people do not write there.
bool collect_digits(std::string_view text, std::string& out) {
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back()))
    return false;
  bool in_brackets = false;
  for (const char c : text) {
    if (is_digit(c)) {
      out += c;
    } else if (c == '(' || c == ')') {
      if (in_brackets != (c == ')'))
        return false;
      in_brackets = !in_brackets;
    } else if (c != ' ' && c != '.' && c != '-') {
      return false;
    }
  }
  return !in_brackets;
}

} // namespace

result<std::string> parse_phone(std::string_view text) {
  constexpr std::string_view provider = "whatsapp:";
  if (text.starts_with(provider))
    text.remove_prefix(provider.size());
  if (text.size() > phone_text_size_max || !text.starts_with('+'))
    return bad_phone();
  std::string number;
  number.reserve(1 + phone_text_size_max);
  number += '+';
  if (!collect_digits(text.substr(1), number) || number[1] == '0')
    return bad_phone();
  const auto digits = number.size() - 1;
  if (digits < phone_digits_min || digits > phone_digits_max)
    return bad_phone();
  return number;
}

result<std::string> parse_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (text.size() > email_size_max || at == std::string_view::npos
      || !is_clean_utf8(text))
    return bad_email();
  const auto local = text.substr(0, at);
  const auto domain = text.substr(at + 1);
  if (local.size() > local_part_size_max || !is_dot_atom(local)
      || !is_domain(domain))
    return bad_email();
  std::string address{text};
  for (std::size_t i = at + 1; i < address.size(); ++i)
    if (address[i] >= 'A' && address[i] <= 'Z')
      address[i] = static_cast<char>(address[i] - 'A' + 'a');
  return address;
}

} // namespace switchboard::domain
