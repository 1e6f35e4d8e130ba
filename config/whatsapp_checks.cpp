#include "config/whatsapp_checks.hpp"

#include "domain/status.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <cstddef>

namespace switchboard::config {

using domain::errc;
using domain::fail;
using domain::result;

namespace {

constexpr std::size_t word_size_max = 200;
constexpr std::size_t given_secret_size_max = 1'024;
constexpr std::size_t words_length_max = 1'000;
constexpr std::size_t language_size_max = 35; // RFC 5646, section 4.4.1
constexpr std::size_t service_size = 34;

auto wrong(std::string_view what_would_be_right) {
  return fail(errc::invalid, std::string{what_would_be_right});
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= word_size_max
         && std::ranges::all_of(text, [](char c) {
              return is_letter(c) || is_digit(c) || c == '.' || c == '-'
                     || c == '_';
            });
}

bool is_said(std::string_view text) {
  const bool has_control = std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
  });
  return !text.empty() && !has_control && domain::is_clean_utf8(text)
         && domain::count_code_points(text) <= words_length_max;
}

/// What stands in front of the first colon and behind it, without the blanks
/// around them.
struct labelled {
  std::string_view label;
  std::string_view text;
};

labelled split(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos)
    return {};
  return {domain::trim(line.substr(0, colon)),
          domain::trim(line.substr(colon + 1))};
}

} // namespace

result<std::string> check_priority(std::string_view text) {
  if (!domain::parse_priority(text))
    return wrong("must be one of low, medium, high, urgent");
  return std::string{text};
}

result<std::string> check_priority_keywords(std::string_view text) {
  const auto [label, words] = split(text);
  bool is_right = domain::parse_priority(label).has_value() && is_said(words);
  for (std::size_t at = 0; is_right && at <= words.size();) {
    const auto end = std::min(words.find('|', at), words.size());
    is_right = !domain::trim(words.substr(at, end - at)).empty();
    at = end + 1;
  }
  if (!is_right)
    return wrong(
      "must be a priority, a colon and words with | between them, like "
      "urgent: refund|broken");
  return std::string{text};
}

result<std::string> check_acknowledgement(std::string_view text) {
  const auto [label, words] = split(text);
  const bool is_language = is_word(label) && label.size() <= language_size_max
                           && label.size() >= 2 && is_letter(label.front());
  if (!is_language || !is_said(words))
    return wrong(
      "must be a language, a colon and up to 1000 characters, like "
      "en: Thank you for your message.");
  return std::string{text};
}

result<std::string> check_words(std::string_view text) {
  if (!text.empty() && !is_said(text))
    return wrong("must be up to 1000 characters without control characters");
  return std::string{text};
}

result<std::string> check_whatsapp_provider(std::string_view text) {
  if (text.empty() || text == "baileys" || text == "twilio" || text == "cloud"
      || text == "n8n")
    return std::string{text};
  return wrong("must be one of baileys, twilio, cloud, n8n, or empty");
}

result<std::string> check_sidecar_dialect(std::string_view text) {
  if (text != "generic" && text != "fazer" && text != "evolution")
    return wrong("must be one of generic, fazer, evolution");
  return std::string{text};
}

result<std::string> check_jid(std::string_view text) {
  const auto at = text.find('@');
  if (text.empty())
    return std::string{};
  if (at == std::string_view::npos || !is_word(text.substr(0, at))
      || !is_word(text.substr(at + 1)))
    return wrong("must be the number's JID, like 15550001111@s.whatsapp.net");
  return std::string{text};
}

result<std::string> check_twilio_sender(std::string_view text) {
  const bool is_service
    = text.starts_with("MG") && text.size() == service_size && is_word(text);
  if (is_service)
    return std::string{text};
  auto number = check_phone(text);
  if (!number)
    return wrong(
      "must be a telephone number like +14155238886, or a messaging service "
      "(MG and 32 characters)");
  return number;
}

result<std::string> check_given_secret(std::string_view text) {
  const bool is_visible
    = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  if (text.size() > given_secret_size_max || !is_visible)
    return wrong("must be up to 1024 visible ASCII characters without spaces");
  return std::string{text};
}

result<std::string> check_word(std::string_view text) {
  if (!is_word(text))
    return wrong("must be 1 to 200 letters, digits, '.', '-' or '_'");
  return std::string{text};
}

result<std::string> check_optional_word(std::string_view text) {
  return text.empty() ? result<std::string>{std::string{}} : check_word(text);
}

} // namespace switchboard::config
