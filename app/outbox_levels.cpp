#include "app/outbox_levels.hpp"

#include "actors/id_source.hpp"
#include "actors/lane.hpp"
#include "persistence/deliveries.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace switchboard::app {

namespace {

/// A backlog is counted up to here; a scrape must stay quick.
constexpr std::size_t counted_max = 100'000;

std::map<std::string, metrics::outbox_level>
levels_by_kind(const persistence::delivery_views& deliveries) {
  // Lanes without work are not listed, but what they had must not stand on.
  std::map<std::string, metrics::outbox_level> out;
  for (const auto* const kind :
       {"n8n", "webhook", "telegram", "telegram-files", "telegram-in"})
    out.emplace(kind, metrics::outbox_level{});
  const auto now = actors::system_now();
  for (const auto& lane : deliveries.lanes()) {
    const auto backlog = deliveries.backlog(lane, counted_max);
    auto& level = out[std::string{actors::lane_kind(lane)}];
    level.depth += backlog.depth;
    if (backlog.oldest)
      level.oldest_age = std::max(level.oldest_age, now - *backlog.oldest);
  }
  return out;
}

} // namespace

void expose_outbox(metrics::registry& all, metrics::delivery_probe& probe,
                   const persistence::row_reader& rows) {
  all.on_expose([&probe, deliveries = persistence::delivery_views{rows}] {
    for (const auto& [kind, level] : levels_by_kind(deliveries))
      probe.outbox(kind, level);
    probe.dead_letters(
      deliveries.dead_letters(persistence::delivery_id{}, counted_max).size());
  });
}

} // namespace switchboard::app
