#include "bench/trip_run.hpp"

#include <thread>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::chrono::milliseconds look_pause{5};

} // namespace

bool wait_for_trips(const trip_book& trips, std::chrono::seconds patience) {
  using clock = std::chrono::steady_clock;
  auto seen = trips.arrived();
  auto deadline = clock::now() + patience;
  while (!trips.all_arrived() && clock::now() < deadline) {
    std::this_thread::sleep_for(look_pause);
    const auto now = trips.arrived();
    if (now != seen)
      deadline = clock::now() + patience;
    seen = now;
  }
  return trips.all_arrived();
}

void take_trips(load_figures& to, const trip_book& trips,
                const std::vector<std::string>& names) {
  to.kinds.clear();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto latency = trips.figures(i).latency;
    count += latency.count();
    to.kinds.push_back({.name = names[i], .latency = latency});
  }
  to.measured = trips.span();
  to.answers_of_cpu = count;
  const auto problem = trips.problem();
  if (!problem.empty() && to.errors.total() == 0) {
    to.errors.unexpected = 1;
    to.first_error = problem;
  }
}

load_figures measure_talk(load_options load, scenario& work, trip_book& trips,
                          const load_runner::progress_handler& on_progress) {
  if (load.warm_up.count() > 0) {
    auto warming = load;
    warming.duration = std::exchange(load.warm_up, {});
    warming.warm_up = {};
    load_runner{warming, work}.run(nullptr);
  }
  trips.open_window();
  return load_runner{load, work}.run(on_progress);
}

} // namespace switchboard::bench
