#pragma once

#include "domain/attachment.hpp"
#include "domain/time.hpp"
#include "persistence/rows.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api::whatsapp {

/// How long words wait for the name of their ticket.
inline constexpr std::chrono::hours kept_words_life{1};

/// What somebody of the staff has written without saying for which ticket. Each
/// person has one; what they write meanwhile is added to it.
struct kept_words {
  std::string id;         ///< the external id of the first message
  domain::timestamp at{}; ///< of the newest
  std::string text;
  std::vector<domain::attachment_ref> files;

  friend bool operator==(const kept_words&, const kept_words&) = default;
};

/// The row in family::meta, and the one that takes it away.
[[nodiscard]] persistence::row_change keep_row(std::string_view phone,
                                               const kept_words& what);
[[nodiscard]] persistence::row_change forget_row(std::string_view phone);

/// What still waits at `now`.
[[nodiscard]] std::optional<kept_words>
find_kept(const persistence::row_reader& rows, std::string_view phone,
          domain::timestamp now);

/// Both, in their order, as far as one message has room; nothing is left out
/// otherwise.
[[nodiscard]] kept_words joined(kept_words first, kept_words then);

/// Whether somebody who quotes a message with these words only points at it
/// ("this one", a bare emoji).
[[nodiscard]] bool is_pointing(std::string_view text);

} // namespace switchboard::api::whatsapp
