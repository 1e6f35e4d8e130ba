#pragma once

#include "channels/telegram/ids.hpp"
#include "channels/telegram/lanes.hpp"
#include "domain/time.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace switchboard::api::telegram {

namespace wire = channels::telegram;

/// Telegram repeats an update for at most a day, and may begin to count anew
/// after a week of silence.
inline constexpr std::chrono::days update_memory{8};

/// What makes an update take effect once, whatever Telegram repeats: its commit
/// carries `once()`. When an update needs several commits, all but the last one
/// carry a `step`, and the last one carries `once()`, since that is what says
/// that the update is done with. A plain value.
class update_claim {
public:
  update_claim(std::string scope, std::string id, domain::timestamp expires)
    : scope_{std::move(scope)}, id_{std::move(id)}, expires_{expires} {}

  /// `result` is what a repetition finds.
  [[nodiscard]] persistence::unique_claim once(std::string result = {}) const;
  /// The same for a part of what is done; `name` tells it from other parts.
  [[nodiscard]] persistence::unique_claim step(std::string_view name,
                                               std::string result = {}) const;

  /// Whether the update has been done with, as of the last durable commit.
  [[nodiscard]] bool is_taken(const persistence::row_reader& rows,
                              domain::timestamp now) const;

private:
  std::string scope_;
  std::string id_;
  domain::timestamp expires_;
};

/// Of an update as it came: scope `telegram.update:<bot>`, its `update_id`.
[[nodiscard]] update_claim claim_of(wire::bot_number bot, wire::update_id id,
                                    domain::timestamp now);
/// Of an update without an id that could be read: a hash of its bytes.
[[nodiscard]] update_claim claim_of_bytes(wire::bot_number bot,
                                          std::string_view bytes,
                                          domain::timestamp now);
/// Of an update that was parked and is tried again: the first claim was taken
/// when it was parked.
[[nodiscard]] update_claim claim_of_replay(wire::bot_number bot,
                                           wire::update_id id,
                                           domain::timestamp now);

} // namespace switchboard::api::telegram
