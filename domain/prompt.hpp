#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "domain/user.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Questions that a bot has asked, and what became of them.
namespace switchboard::domain {

/// Values are stored: never reuse one. Only the first may change.
enum class prompt_state : std::uint8_t {
  awaiting_input = 1,
  completed,
  cancelled, ///< another question took its place, or its ticket is finished
  expired,
};

std::string_view to_string(prompt_state state) noexcept;

/// Kept as a whole, like a user. Nobody has two that await an answer.
struct prompt {
  prompt_id id;
  user_id user{};
  ticket_id ticket;
  prompt_state state = prompt_state::awaiting_input;
  std::int64_t bot = 0;  ///< that asked
  std::int64_t chat = 0; ///< where it asked
  std::string answer;    ///< of a completed one
  timestamp created_at{};
  timestamp expires_at{};
  timestamp updated_at{};

  friend bool operator==(const prompt&, const prompt&) = default;
};

} // namespace switchboard::domain
