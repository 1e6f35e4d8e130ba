#include "metrics/delivery_probe.hpp"

namespace switchboard::metrics {

namespace {

const family_info attempts_family{
  "switchboard_delivery_attempts_total",
  "Attempts to deliver, by lane kind and outcome.",
  {"lane_kind", "outcome"}};
const family_info attempt_family{"switchboard_delivery_attempt_seconds",
                                 "One attempt, by lane kind.",
                                 {"lane_kind"}};
const family_info latency_family{
  "switchboard_delivery_latency_seconds",
  "From the event's commit to its delivery, retries included, by lane kind.",
  {"lane_kind"}};
const family_info deaths_family{"switchboard_delivery_lane_deaths_total",
                                "Lanes that failed, by lane kind.",
                                {"lane_kind"}};
const family_info depth_family{"switchboard_outbox_deliveries",
                               "Deliveries that wait, by lane kind.",
                               {"lane_kind"}};
const family_info age_family{"switchboard_outbox_oldest_age_seconds",
                             "Age of the oldest delivery that waits, by lane "
                             "kind; 0 when none does.",
                             {"lane_kind"}};
const family_info dead_letters_family{
  "switchboard_dead_letters",
  "Deliveries that were given up and not replayed."};

double in_seconds(std::chrono::milliseconds d) {
  return std::chrono::duration<double>(d).count();
}

} // namespace

delivery_probe::series
delivery_probe::make_series(registry& all, const std::string& lane_kind,
                            const std::vector<std::string>& outcomes) {
  const label_values labels{{"lane_kind", lane_kind}};
  const auto attempts_of = [&all, &lane_kind](const std::string& outcome) {
    return &all.counter(attempts_family,
                        {{"lane_kind", lane_kind}, {"outcome", outcome}});
  };
  return {word_table<prometheus::Counter*>{outcomes, "other", attempts_of},
          &all.histogram(attempt_family, duration_bounds(), labels),
          &all.histogram(latency_family, duration_bounds(), labels),
          &all.counter(deaths_family, labels),
          &all.gauge(depth_family, labels),
          &all.gauge(age_family, labels)};
}

delivery_probe::delivery_probe(registry& all,
                               const std::vector<std::string>& lane_kinds,
                               const std::vector<std::string>& outcomes)
  : kinds_{lane_kinds, "other",
           [&all, &outcomes](const std::string& lane_kind) {
             return make_series(all, lane_kind, outcomes);
           }},
    dead_letters_{all.gauge(dead_letters_family)} {}

void delivery_probe::attempted(std::string_view lane_kind,
                               std::string_view outcome,
                               std::chrono::nanoseconds took) {
  auto& of_kind = kinds_[lane_kind];
  of_kind.attempts[outcome]->Increment();
  of_kind.attempt_seconds->observe(took);
}

void delivery_probe::delivered(std::string_view lane_kind,
                               std::chrono::milliseconds since_commit) {
  kinds_[lane_kind].latency_seconds->observe(since_commit);
}

void delivery_probe::died(std::string_view lane_kind) {
  kinds_[lane_kind].deaths->Increment();
}

void delivery_probe::outbox(std::string_view lane_kind,
                            const outbox_level& level) {
  auto& of_kind = kinds_[lane_kind];
  of_kind.depth->Set(static_cast<double>(level.depth));
  of_kind.oldest_age->Set(in_seconds(level.oldest_age));
}

void delivery_probe::dead_letters(std::size_t count) {
  dead_letters_.Set(static_cast<double>(count));
}

} // namespace switchboard::metrics
