#include "channels/telegram/rate_governor.hpp"

#include <algorithm>

namespace switchboard::channels::telegram {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// How much later than another a call may leave and yet arrive at the same
/// time; the bot's window is longer by that.
constexpr milliseconds jitter{50};
constexpr std::size_t unduly_slowed_max = 3;
/// No more than a sixth of the bot's budget is kept for customers.
constexpr std::uint32_t reserve_share = 6;

std::size_t index_of(urgency u) {
  return static_cast<std::size_t>(u);
}

std::size_t index_of(call_family f) {
  return static_cast<std::size_t>(f);
}

std::uint64_t number_of(request_id id) {
  return static_cast<std::uint64_t>(id);
}

budget_limits limits_of_bot(const rate_options& options) {
  budget_limits out;
  if (options.total_per_second == 0)
    return out;
  out.interval = nanoseconds{seconds{1}} / options.total_per_second;
  out.burst = options.total_per_second;
  out.window_count = options.total_per_second;
  out.window = seconds{1} + jitter;
  return out;
}

} // namespace

rate_governor::rate_governor(const rate_options& options)
  : options_{options},
    reserve_{std::min(options.customer_reserve,
                      options.total_per_second / reserve_share)},
    bot_{limits_of_bot(options)} {}

budget_limits rate_governor::limits_of(const account_key& key) const {
  budget_limits out;
  if (key.family == call_family::light)
    return out;
  if (is_private(key.chat)) {
    if (options_.chat_per_second == 0)
      return out;
    out.interval = nanoseconds{seconds{1}} / options_.chat_per_second;
    out.burst = std::max(options_.chat_burst, 1U);
    return out;
  }
  if (options_.group_per_minute == 0)
    return out;
  out.interval = nanoseconds{minutes{1}} / options_.group_per_minute;
  out.burst = std::clamp(options_.group_burst, 1U, options_.group_per_minute);
  out.window_count = options_.group_per_minute;
  out.window = minutes{1};
  out.counts_from_answer = true;
  return out;
}

rate_governor::account& rate_governor::account_of(const account_key& key) {
  return accounts_.try_emplace(key, limits_of(key)).first->second;
}

bool rate_governor::is_held(const account_key& key,
                            const waiting_call& call) const {
  const bool is_send = key.family == call_family::send;
  if (!is_send && !ends_topic(call.call))
    return false;
  const auto other = is_send ? call_family::topic : call_family::send;
  const auto found = accounts_.find({key.chat, other});
  return found != accounts_.end()
         && found->second.calls.has_open(line_key_of(call.call, call.order),
                                         call.order, is_send);
}

void rate_governor::file(const account_key& key, account& of, time_point now) {
  const auto next = of.calls.find_candidate(
    now, [&](const waiting_call& call) { return is_held(key, call); });
  const bool is_ready = next && next->at <= now;
  if (of.ready && !(is_ready && *of.ready == next->urgency))
    of.ready.reset();
  if (of.wake && !(next && !is_ready && *of.wake == next->at)) {
    wakes_.erase({*of.wake, key});
    of.wake.reset();
  }
  if (is_ready && !of.ready) {
    of.ready = next->urgency;
    of.ticket = ++last_ticket_;
    ready_[index_of(next->urgency)].push_back({key, of.ticket});
  } else if (next && !is_ready && !of.wake) {
    of.wake = next->at;
    wakes_.emplace(next->at, key);
  }
  if (of.calls.is_idle() && !of.is_to_be_forgotten) {
    of.is_to_be_forgotten = true;
    rests_.emplace(of.calls.budget().rested_at(now), key);
  }
}

void rate_governor::refile_chat(chat_id chat, time_point now) {
  for (auto at = accounts_.lower_bound({chat, call_family::send});
       at != accounts_.end() && at->first.chat == chat; ++at)
    file(at->first, at->second, now);
}

offer_outcome rate_governor::offer(rate_request&& request, time_point now) {
  const auto family = family_of(request.call);
  const account_key key{chat_of(request.call).value_or(chat_id{}), family};
  auto& of = account_of(key);
  if (places_.size() >= options_.queue_max
      || of.calls.waiting() >= options_.chat_queue_max) {
    ++figures_.refused;
    file(key, of, now);
    return offer_outcome::refused;
  }
  const auto order = ++last_order_;
  const auto line = line_key_of(request.call, order);
  // What ends or opens a topic keeps one order, whoever asks for it.
  const bool is_turning_point
    = ends_topic(request.call) || reopens_topic(request.call);
  waiting_call call{{request.id},
                    std::move(request.call),
                    is_turning_point ? urgency::mirror : request.urgency,
                    request.merge_key,
                    order};
  const bool was_folded = of.calls.offer(line, std::move(call));
  note_place(key, line, request.id);
  figures_.folded += was_folded ? 1U : 0U;
  file(key, of, now);
  return was_folded ? offer_outcome::folded : offer_outcome::queued;
}

void rate_governor::note_place(const account_key& key, std::int64_t line,
                               request_id id) {
  for (std::size_t u = 0; u < urgencies; ++u) {
    const auto at = urgency{static_cast<std::uint8_t>(u)};
    const auto* found = accounts_.at(key).calls.find(line, at, id);
    if (found == nullptr)
      continue;
    for (const auto other : found->requests)
      places_[number_of(other)] = {key, line, at};
    return;
  }
}

void rate_governor::wake_due(time_point now) {
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    const auto key = wakes_.begin()->second;
    wakes_.erase(wakes_.begin());
    auto& of = accounts_.at(key);
    of.wake.reset();
    file(key, of, now);
  }
}

void rate_governor::forget_rested(time_point now) {
  while (!rests_.empty() && rests_.begin()->first <= now) {
    const auto key = rests_.begin()->second;
    rests_.erase(rests_.begin());
    const auto found = accounts_.find(key);
    auto& of = found->second;
    of.is_to_be_forgotten = false;
    if (!of.calls.is_idle())
      continue;
    const auto at = of.calls.budget().rested_at(now);
    if (at <= now) {
      accounts_.erase(found);
    } else {
      of.is_to_be_forgotten = true;
      rests_.emplace(at, key);
    }
  }
}

std::optional<rate_governor::account_key>
rate_governor::pop_ready(std::size_t u) {
  auto& turns = ready_[u];
  while (!turns.empty()) {
    const auto [key, ticket] = turns.front();
    turns.pop_front();
    const auto found = accounts_.find(key);
    if (found == accounts_.end() || !found->second.ready
        || found->second.ticket != ticket)
      continue;
    return key;
  }
  return std::nullopt;
}

rate_turn rate_governor::next(time_point now) {
  forget_rested(now);
  wake_due(now);
  rate_turn out;
  for (std::size_t u = 0; u < urgencies;) {
    const auto key = pop_ready(u);
    if (!key) {
      ++u;
      continue;
    }
    auto& of = accounts_.at(*key);
    const auto next = of.calls.find_candidate(
      now, [&](const waiting_call& call) { return is_held(*key, call); });
    if (!next || next->at > now || index_of(next->urgency) != u) {
      // Time has changed what it wants; that may be more urgent.
      of.ready.reset();
      file(*key, of, now);
      u = 0;
      continue;
    }
    const auto reserve = next->urgency == urgency::customer ? 0 : reserve_;
    if (const auto at = bot_.earliest(next->cost + reserve, now); at > now) {
      ready_[u].push_front({*key, of.ticket}); // it keeps its turn
      // A customer who may go sooner does not wait for that.
      out.ask_again = wakes_.empty() ? at : std::min(at, wakes_.begin()->first);
      return out;
    }
    out.go = depart(*key, of, *next, now);
    return out;
  }
  if (!wakes_.empty())
    out.ask_again = wakes_.begin()->first;
  return out;
}

departure rate_governor::depart(const account_key& key, account& of,
                                const rate_account::candidate& next,
                                time_point now) {
  departure out;
  out.id = departure_id{++last_order_};
  flight leaving;
  leaving.from = leaving.back_to = {key, next.key, next.urgency};
  leaving.had_whole_budget = of.calls.budget().rested_at(now) <= now;
  leaving.calls = of.calls.depart(next, now, out.call);
  leaving.cost = cost_of(out.call);
  bot_.spend(leaving.cost, now);
  for (const auto& call : leaving.calls)
    for (const auto id : call.requests) {
      out.requests.push_back(id);
      places_.erase(number_of(id));
    }
  figures_.merged += leaving.calls.size() - 1;
  figures_.spent[index_of(key.family)] += leaving.cost;
  flights_.emplace(static_cast<std::uint64_t>(out.id), std::move(leaving));
  of.ready.reset();
  file(key, of, now);
  return out;
}

std::optional<rate_governor::flight> rate_governor::land(departure_id id,
                                                         time_point now) {
  const auto found = flights_.find(static_cast<std::uint64_t>(id));
  if (found == flights_.end())
    return std::nullopt;
  auto landed = std::move(found->second);
  flights_.erase(found);
  bot_.settle(landed.cost, now);
  account_of(landed.from.account)
    .calls.answered(landed.from.line, landed.cost, now);
  return landed;
}

void rate_governor::finished(departure_id id, time_point now) {
  const auto landed = land(id, now);
  if (!landed)
    return;
  unduly_slowed_.clear();
  refile_chat(landed->from.account.chat, now);
}

void rate_governor::slowed(departure_id id, seconds retry_after,
                           time_point now) {
  auto landed = land(id, now);
  if (!landed)
    return;
  const auto key = landed->from.account;
  const auto until = now + std::max(retry_after, seconds{1});
  bool is_bot = key.chat == chat_id{};
  if (!is_bot) {
    account_of(key).calls.budget().block(until);
    auto& slowed
      = is_private(key.chat) ? figures_.slowed_private : figures_.slowed_group;
    ++slowed[index_of(key.family)];
    if (landed->had_whole_budget)
      unduly_slowed_.insert(key.chat);
    is_bot = unduly_slowed_.size() >= unduly_slowed_max;
  }
  if (is_bot) {
    bot_.block(until);
    ++figures_.slowed_bot;
    unduly_slowed_.clear();
  }
  put_back(std::move(*landed), now, now);
}

void rate_governor::retry(departure_id id, time_point at, time_point now) {
  if (auto landed = land(id, now))
    put_back(std::move(*landed), at, now);
}

void rate_governor::put_back(flight&& landed, time_point not_before,
                             time_point now) {
  const auto [key, line, u] = landed.back_to;
  auto& of = account_of(key);
  std::vector<request_id> returning;
  for (const auto& call : landed.calls)
    returning.push_back(call.requests.front());
  of.calls.put_back(line, std::move(landed.calls), not_before);
  for (const auto id : returning)
    note_place(key, line, id);
  refile_chat(landed.from.account.chat, now);
  if (key.chat != landed.from.account.chat)
    refile_chat(key.chat, now);
}

} // namespace switchboard::channels::telegram
