#pragma once

#include "bench/load_runner.hpp"
#include "bench/trip_book.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace switchboard::bench {

/// Runs a scenario whose requests begin trips, those of the warm-up first.
load_figures measure_talk(load_options load, scenario& work, trip_book& trips,
                          const load_runner::progress_handler& on_progress);

/// Waits until all have arrived; false when none came for too long.
bool wait_for_trips(const trip_book& trips, std::chrono::seconds patience);

/// Puts the trips in the place of the requests: the time until a message is
/// where it belongs. A trip that went wrong is an error.
void take_trips(load_figures& to, const trip_book& trips,
                const std::vector<std::string>& names);

} // namespace switchboard::bench
