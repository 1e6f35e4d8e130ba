#include "metrics/actors_probe.hpp"

namespace switchboard::metrics {

namespace {

const family_info awake_family{
  "switchboard_actors_awake", "Actors that live now, by kind.", {"kind"}};
const family_info started_family{"switchboard_actors_started_total",
                                 "Actors that were started, by kind.",
                                 {"kind"}};
const family_info failed_family{"switchboard_actors_failed_total",
                                "Actors that ended with an error, by kind.",
                                {"kind"}};
const family_info restarted_family{
  "switchboard_actors_restarted_total",
  "Actors that a supervisor put in the place of a failed one, by kind.",
  {"kind"}};

} // namespace

actors_probe::actors_probe(registry& all, const std::vector<std::string>& kinds)
  : kinds_{kinds, "other", [&all](const std::string& kind) {
             const label_values labels{{"kind", kind}};
             return series{&all.gauge(awake_family, labels),
                           &all.counter(started_family, labels),
                           &all.counter(failed_family, labels),
                           &all.counter(restarted_family, labels)};
           }} {}

void actors_probe::started(std::string_view kind) {
  const auto& of_kind = kinds_[kind];
  of_kind.awake->Increment();
  of_kind.started->Increment();
}

void actors_probe::ended(std::string_view kind, bool failed) {
  const auto& of_kind = kinds_[kind];
  of_kind.awake->Decrement();
  if (failed)
    of_kind.failed->Increment();
}

void actors_probe::restarted(std::string_view kind) {
  kinds_[kind].restarted->Increment();
}

} // namespace switchboard::metrics
