#pragma once

#include "domain/ids.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::channels::whatsapp {

/// The language that most people of a telephone number's country read, by its
/// calling code (ITU-T E.164); empty when the number tells none.
[[nodiscard]] std::string_view language_of(std::string_view phone) noexcept;

/// What the bot says once a ticket is there, in several languages. Immutable,
/// so any thread may ask.
class greetings {
public:
  /// Lines `<language>: <text>`, in which `{number}` and `{ref}` name the
  /// ticket; the first one serves whoever no other fits.
  explicit greetings(std::span<const std::string> lines);

  [[nodiscard]] bool empty() const noexcept {
    return all_.empty();
  }

  /// In the language of `locale` (`pt-BR`, or empty when it is not known), else
  /// in that of the phone's country, else the first. Empty without lines.
  [[nodiscard]] std::string
  words(std::string_view phone, std::string_view locale,
        domain::ticket_number number, std::string_view ref) const;

private:
  struct greeting {
    std::string language;
    std::string text;
  };

  [[nodiscard]] const greeting* find(std::string_view language) const;

  std::vector<greeting> all_;
};

} // namespace switchboard::channels::whatsapp
