#pragma once

#include "domain/ticket.hpp"
#include "domain/time.hpp"

#include <optional>
#include <string>
#include <vector>

/// What was told of a message after it was written, as its readers see it.
namespace switchboard::domain {

/// What somebody makes of a message.
struct reaction {
  std::string by; ///< an id of the person; for us, never shown
  std::string by_name;
  std::string emoji;
  timestamp at{};

  friend bool operator==(const reaction&, const reaction&) = default;
};

/// Of all parts the least far; failed as soon as one of them has failed and was
/// not delivered all the same.
struct delivery_view {
  delivery_state state = delivery_state::queued;
  std::string via;
  std::string reason; ///< why it failed, for people
  timestamp at{};

  friend bool operator==(const delivery_view&, const delivery_view&) = default;
};

struct message_marks {
  std::vector<reaction> reactions; ///< the oldest first
  std::optional<timestamp> deleted_at;
  std::optional<delivery_view> delivery;

  friend bool operator==(const message_marks&, const message_marks&) = default;
};

} // namespace switchboard::domain
