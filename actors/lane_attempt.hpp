#pragma once

#include "actors/messages.hpp"
#include "channels/outcome.hpp"
#include "persistence/deliveries.hpp"

#include <chrono>

/// What a lane makes of an attempt; functions without state.
namespace switchboard::actors {

/// The record of the attempt on `d` that came to `verdict`.
persistence::attempt
record_of(const persistence::delivery& d, const channels::http_answer& answer,
          const channels::verdict& verdict, domain::timestamp now);

/// Says that `d` became a dead letter. The code is `gone`, `refused`,
/// `retries_exhausted` or `slowed_down_too_long`.
error_note dead_letter_note(const persistence::delivery& d,
                            const channels::verdict& verdict,
                            domain::timestamp now);

/// `pause`, stretched or shrunk by up to the share `jitter`, at random.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause,
                                   double jitter);

} // namespace switchboard::actors
