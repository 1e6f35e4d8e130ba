#pragma once

#include "actors/interfaces.hpp"
#include "channels/outcome.hpp"
#include "domain/time.hpp"
#include "persistence/deliveries.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace switchboard::actors {

/// The part of a lane's name in front of the colon.
inline std::string_view lane_kind(std::string_view lane) noexcept {
  return lane.substr(0, lane.find(':'));
}

struct lane_policy {
  /// Deliveries on their way at once; those of one group go one at a time.
  std::size_t concurrency = 16;
  /// Attempts in a second, at most this many at once; 0: no cap.
  std::uint32_t per_second = 0;
  /// Pauses before the 2nd, 3rd … attempt; after the last one it is a dead
  /// letter.
  std::vector<std::chrono::milliseconds> retry_delays;
  /// Each pause is stretched or shrunk by up to this share, at random.
  double jitter = 0.2;
  /// The longest pause that a peer may ask for by Retry-After.
  std::chrono::seconds slow_down_max{3600};
  /// A delivery that peers have put off for so long is a dead letter.
  std::chrono::hours slow_down_age_max{24};
  /// Payloads in memory at once; the rest waits on disk.
  std::size_t window_max = 1024;
  /// Deliveries known at once. One that pauses is known without its payload,
  /// so that a destination that fails does not cost memory, and those that wait
  /// for their next attempt do not keep others from being sent.
  std::size_t known_max = 16'384;
  /// A pause before the journal is asked again to settle a delivery.
  std::chrono::milliseconds settle_pause{1000};
  /// A lane without work ends after this.
  std::chrono::milliseconds idle_after{60'000};
};

/// How one lane, or all lanes of one kind, speak with their peers. Immutable
/// once it was handed out; a lane that is told of work asks for it anew. The
/// functions are called on actor threads and must be quick.
struct lane_channel {
  /// Nothing: this destination takes nothing now (it is disabled or deleted).
  /// The lane ends and leaves its deliveries in the outbox; it is tried again
  /// when there is new work, when `engine::take_up_lane` says so, and by the
  /// sweeps of the outbox. What stays so has no channel, which costs nothing.
  /// Not called when there is a carrier; may be empty then.
  std::function<std::optional<channels::http_request>(
    const persistence::delivery&)>
    encode;
  /// Who gets the whole deliveries, instead of a request to the courier; may be
  /// null. It takes all the time that it needs. When it dies, the channel is
  /// asked for anew and its deliveries are handed over again, which is no
  /// attempt.
  carrier_actor carrier{};
  std::function<channels::verdict(const channels::http_answer&)> judge;
  /// Told of every verdict before it is settled; may be empty. After a crash
  /// the same attempt is made and told once more.
  std::function<void(const persistence::delivery&, const channels::verdict&,
                     domain::timestamp now)>
    on_verdict;
  /// Called when a delivery was delivered or is given up, before that is
  /// committed: rows and deliveries that are added to `settling` become durable
  /// with it, once. An entity or claims must not be added. May be empty.
  std::function<void(const persistence::delivery&, const channels::http_answer&,
                     const channels::verdict&, domain::timestamp now,
                     persistence::changes& settling)>
    on_settle;
  /// Whether attempts can be listed by lane.
  persistence::attempt_listing listing
    = persistence::attempt_listing::by_delivery;
  lane_policy policy;
};

/// The lane holds its channel for as long as it uses it.
using lane_channel_ptr = std::shared_ptr<const lane_channel>;

} // namespace switchboard::actors
