#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What staff reads on WhatsApp, and how they name a ticket there. Pure.
namespace switchboard::channels::whatsapp {

/// How much of a message a notice shows, in characters.
inline constexpr std::size_t excerpt_length_max = 200;
/// How many tickets a question lists.
inline constexpr std::size_t listed_tickets_max = 10;

// -- what staff is told -------------------------------------------------------

/// A new ticket: number, priority, customer, the beginning of `words` (its
/// first message), its address and how to answer. `words` and `url` may be
/// empty.
[[nodiscard]] std::string new_ticket_text(const domain::ticket& ticket,
                                          std::string_view words,
                                          std::string_view url);
[[nodiscard]] std::string escalated_text(const domain::ticket& ticket,
                                         std::string_view url);

/// `#12 • Ana: <text>`; `who` may be empty.
[[nodiscard]] std::string customer_text(domain::ticket_number number,
                                        std::string_view who,
                                        std::string_view text);

struct named_ticket {
  domain::ticket_number number{};
  std::string subject;

  friend bool operator==(const named_ticket&, const named_ticket&) = default;
};

/// Asks which ticket the words just written are for; `open` may be empty.
[[nodiscard]] std::string which_ticket_text(std::span<const named_ticket> open);
/// `name` as `ticket_in_front` gives it.
[[nodiscard]] std::string unknown_ticket_text(std::string_view name);
/// `holder` is empty when nobody has it.
[[nodiscard]] std::string not_yours_text(domain::ticket_number number,
                                         std::string_view holder);
[[nodiscard]] std::string closed_text(domain::ticket_number number);
[[nodiscard]] std::string failed_text(domain::ticket_number number,
                                      std::string_view reason);
inline constexpr std::string_view no_content_text
  = "This kind of message cannot be sent to the customer. Write a text, or "
    "send a picture, a video, a voice message or a document.";

// -- groups -------------------------------------------------------------------

/// Words of one among several: `Ana: <text>`; `author` may be empty.
[[nodiscard]] std::string group_text(std::string_view author,
                                     std::string_view text);

// -- how staff names a ticket -------------------------------------------------

struct addressed {
  /// In one of three forms: digits (`12`), a ref (`T-20260101-ABCDEFGH`, as
  /// `domain::normalize_ticket_ref` writes it) or a key (`TICK-…`, upper case).
  std::string name;
  /// What follows it, trimmed; empty when the name stands alone. Views the
  /// text.
  std::string_view words;

  friend bool operator==(const addressed&, const addressed&) = default;
};

/// The ticket's name that a message begins with: `#12 hello`, `12: hello`,
/// `T-20260101-ABCDEFGH hello`, `TICK-… hello`, or any of them alone, a bare
/// `12` too. A number at the beginning of ordinary words (`12 pieces`, `12:30`,
/// `12. March`) is none.
[[nodiscard]] std::optional<addressed> ticket_in_front(std::string_view text);

// -- long texts ---------------------------------------------------------------

/// Cuts a text into parts of at most `length_max` code points: at the end of a
/// paragraph, a line or a word where there is one in the later half, else
/// between two characters as people see them. White space at a cut is dropped;
/// a text of nothing else has no parts.
[[nodiscard]] std::vector<std::string> split_text(std::string_view text,
                                                  std::size_t length_max);

} // namespace switchboard::channels::whatsapp
