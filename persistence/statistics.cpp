#include "persistence/statistics.hpp"

#include "domain/match.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace switchboard::persistence {

namespace {

constexpr std::size_t activities_at_once = 64;
constexpr std::size_t activity_pages_max = 16;

bool is_open(domain::status s) noexcept {
  return s != domain::status::resolved && s != domain::status::closed;
}

/// A fact that contradicts an earlier one must not make a count huge.
void decrement(std::uint64_t& count) noexcept {
  if (count > 0)
    --count;
}

template <class Array, class Enum>
std::uint64_t& slot(Array& counts, Enum what) {
  return counts.at(static_cast<std::size_t>(what));
}

/// Holders are kept as text; those that are no user of ours have no id.
std::optional<domain::user_id> parse_agent(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value == 0)
    return std::nullopt;
  return domain::user_id{value};
}

template <class Span>
std::int64_t index_of(domain::timestamp at) noexcept {
  return std::chrono::floor<Span>(at.time_since_epoch()).count();
}

/// The entry of `index`; forgets what is too far from it on either side.
template <class Map>
auto& entry_of(Map& entries, std::int64_t index, std::int64_t width) {
  entries.erase(entries.begin(), entries.lower_bound(index - width + 1));
  entries.erase(entries.lower_bound(index + width), entries.end());
  return entries[index];
}

const flow_count& flow_of(const flow_count& count) noexcept {
  return count;
}

template <class Figures>
const flow_count& flow_of(const Figures& day) noexcept {
  return day.flow;
}

template <class Span, class Map>
std::vector<flow_bucket>
window(const Map& entries, domain::timestamp now, std::int64_t width) {
  std::vector<flow_bucket> out;
  out.reserve(static_cast<std::size_t>(width));
  const auto last = index_of<Span>(now);
  for (auto i = last - width + 1; i <= last; ++i) {
    auto& bucket = out.emplace_back();
    bucket.start = domain::timestamp{Span{i}};
    if (const auto found = entries.find(i); found != entries.end())
      bucket.count = flow_of(found->second);
  }
  return out;
}

template <class Map, class Part>
duration_histogram merged(const Map& days, domain::timestamp now, Part part) {
  duration_histogram out;
  const auto last = index_of<std::chrono::days>(now);
  const auto end = days.upper_bound(last);
  for (auto i = days.lower_bound(last - counted_days + 1); i != end; ++i)
    out.merge(i->second.*part);
  return out;
}

} // namespace

// -- the fold -----------------------------------------------------------------

bool statistics::needs_ticket(const domain::ticket_fact& fact) {
  if (const auto* added = std::get_if<domain::message_added>(&fact))
    return domain::is_staff(added->message.role);
  if (const auto* moved = std::get_if<domain::status_changed>(&fact))
    return is_open(moved->from) != is_open(moved->to);
  return std::holds_alternative<domain::assignee_changed>(fact);
}

void statistics::apply(const domain::ticket_event& event,
                       const domain::ticket* then) {
  domain::match(
    event.fact, [&](const domain::ticket_created& f) { on(f, event.at); },
    [&](const domain::message_added& f) { on(f, event.at, then); },
    [&](const domain::status_changed& f) { on(f, event.at, then); },
    [&](const domain::assignee_changed& f) { on(f, then); },
    [&](const domain::priority_changed& f) { on(f); }, [](const auto&) {});
}

void statistics::on(const domain::ticket_created& fact, domain::timestamp at) {
  ++slot(by_status_, domain::status::pending);
  ++slot(by_priority_, fact.urgency);
  ++slot(by_channel_, fact.via);
  ++hour_of(at).created;
  ++day_of(at).flow.created;
}

void statistics::on(const domain::message_added& fact, domain::timestamp at,
                    const domain::ticket* then) {
  if (!domain::is_staff(fact.message.role) || then == nullptr)
    return;
  if (then->first_response_at == at)
    day_of(at).first_response.add(at - then->created_at);
}

void statistics::on(const domain::status_changed& fact, domain::timestamp at,
                    const domain::ticket* then) {
  decrement(slot(by_status_, fact.from));
  ++slot(by_status_, fact.to);
  if (is_open(fact.from) == is_open(fact.to))
    return;
  if (is_open(fact.to)) {
    if (then != nullptr)
      reopen(then->assignee);
    return;
  }
  ++hour_of(at).resolved;
  auto& day = day_of(at);
  ++day.flow.resolved;
  if (then == nullptr)
    return;
  day.resolution.add(at - then->created_at);
  finish(then->assignee);
}

void statistics::on(const domain::assignee_changed& fact,
                    const domain::ticket* then) {
  const bool open = then != nullptr && is_open(then->state);
  take(fact.previous, open);
  give(fact.agent, open);
}

void statistics::on(const domain::priority_changed& fact) {
  decrement(slot(by_priority_, fact.from));
  ++slot(by_priority_, fact.to);
}

flow_count& statistics::hour_of(domain::timestamp at) {
  return entry_of(hours_, index_of<std::chrono::hours>(at), counted_hours);
}

statistics::day_figures& statistics::day_of(domain::timestamp at) {
  return entry_of(days_, index_of<std::chrono::days>(at), counted_days);
}

// -- agents -------------------------------------------------------------------

agent_count* statistics::find_agent(std::string_view agent) {
  const auto id = parse_agent(agent);
  if (!id)
    return nullptr;
  const auto i
    = std::ranges::lower_bound(agents_, *id, {}, &agent_count::agent);
  return i != agents_.end() && i->agent == *id ? &*i : nullptr;
}

void statistics::give(std::string_view agent, bool is_open) {
  const auto id = parse_agent(agent);
  if (!id)
    return;
  auto i = std::ranges::lower_bound(agents_, *id, {}, &agent_count::agent);
  if (i == agents_.end() || i->agent != *id) {
    if (agents_.size() >= counted_agents_max)
      return;
    i = agents_.insert(i, {*id, 0, 0});
  }
  ++i->total;
  if (is_open)
    ++i->open;
}

void statistics::take(std::string_view agent, bool is_open) {
  auto* const found = find_agent(agent);
  if (found == nullptr)
    return;
  decrement(found->total);
  if (is_open)
    decrement(found->open);
  if (found->total == 0)
    agents_.erase(agents_.begin() + (found - agents_.data()));
}

void statistics::reopen(std::string_view agent) {
  if (auto* const found = find_agent(agent))
    ++found->open;
}

void statistics::finish(std::string_view agent) {
  if (auto* const found = find_agent(agent))
    decrement(found->open);
}

// -- deliveries ---------------------------------------------------------------

void statistics::add(const delivery_count& more) {
  add_up(deliveries_, more);
}

void add_up(std::vector<delivery_count>& sums, const delivery_count& more) {
  const auto place = [&](std::string_view kind) {
    return std::ranges::lower_bound(sums, kind, {}, &delivery_count::kind);
  };
  std::string_view kind = more.kind;
  auto i = place(kind);
  if (i == sums.end() || i->kind != kind) {
    // The last place is for the others.
    if (sums.size() + 1 >= counted_kinds_max) {
      kind = other_kinds;
      i = place(kind);
    }
    if (i == sums.end() || i->kind != kind)
      i = sums.insert(i, {std::string{kind}, 0, 0, 0});
  }
  i->delivered += more.delivered;
  i->failed_attempts += more.failed_attempts;
  i->dead += more.dead;
}

// -- reading ------------------------------------------------------------------

std::uint64_t statistics::total() const noexcept {
  return std::accumulate(by_status_.begin(), by_status_.end(),
                         std::uint64_t{0});
}

std::uint64_t statistics::open() const noexcept {
  const auto done
    = tickets(domain::status::resolved) + tickets(domain::status::closed);
  return total() - done;
}

std::vector<flow_bucket> statistics::hours(domain::timestamp now) const {
  return window<std::chrono::hours>(hours_, now, counted_hours);
}

std::vector<flow_bucket> statistics::days(domain::timestamp now) const {
  return window<std::chrono::days>(days_, now, counted_days);
}

duration_histogram statistics::first_response(domain::timestamp now) const {
  return merged(days_, now, &day_figures::first_response);
}

duration_histogram statistics::resolution(domain::timestamp now) const {
  return merged(days_, now, &day_figures::resolution);
}

// -- tickets of the past ------------------------------------------------------

std::optional<domain::ticket> ticket_as_of(const ticket_views& views,
                                           const domain::ticket_id& id,
                                           domain::sequence number) {
  auto out = views.load(id);
  if (!out)
    return std::nullopt;
  // What the first later change found is what was so then.
  bool knows_state = false;
  bool knows_holder = false;
  const auto take_back = [&](const domain::ticket_fact& fact) {
    if (const auto* moved = std::get_if<domain::status_changed>(&fact);
        moved != nullptr && !std::exchange(knows_state, true))
      out->state = moved->from;
    if (const auto* given = std::get_if<domain::assignee_changed>(&fact);
        given != nullptr && !std::exchange(knows_holder, true))
      out->assignee = given->previous;
  };
  auto after = number;
  for (std::size_t page = 0; page < activity_pages_max; ++page) {
    if (after >= out->last_event || (knows_state && knows_holder))
      break;
    const auto later = views.activities(id, after, activities_at_once);
    for (const auto& event : later)
      take_back(event.fact);
    if (later.size() < activities_at_once)
      break;
    after = later.back().number;
  }
  return out;
}

} // namespace switchboard::persistence
