#pragma once

#include "bench/desk_world.hpp"
#include "bench/histogram.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace switchboard::bench {

struct burst_figures {
  load_figures writing; ///< of the visitors
  histogram card;       ///< a visitor's message to its card in the group
  histogram tap_answer; ///< an agent's tap to the bot's answer
  histogram agent_told; ///< an agent's tap to the conversation in their chat
  std::chrono::nanoseconds drain{}; ///< from the first message to the last card
  std::uint32_t claims = 0;
  std::uint32_t claims_while_waiting = 0; ///< cards still waited at their end
  std::string problem; ///< what was lost or came twice; empty: nothing
};

/// All visitors write at once, which makes more cards than the group's budget
/// lets through, and while the cards wait, agents claim those that have come.
/// Telegram's limits must be on at the server. `claims` are spread over the
/// time that the group needs at `group_per_minute`.
burst_figures measure_burst(const desk_options& options, std::uint32_t claims,
                            double group_per_minute);

} // namespace switchboard::bench
