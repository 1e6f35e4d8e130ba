#include "channels/telegram/rate_account.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::channels::telegram {

namespace {

std::size_t index_of(urgency u) {
  return static_cast<std::size_t>(u);
}

bool names(const waiting_call& call, request_id id) {
  return std::ranges::find(call.requests, id) != call.requests.end();
}

/// Makes `older` into what both come to, with the requests of both.
bool fold_into(waiting_call& older, const waiting_call& newer) {
  if (!absorb(older.call, newer.call))
    return false;
  older.requests.insert(older.requests.end(), newer.requests.begin(),
                        newer.requests.end());
  return true;
}

} // namespace

bool rate_account::call_line::is_empty() const {
  return departed.empty() && std::ranges::all_of(queues, [](const auto& queue) {
           return queue.empty();
         });
}

bool rate_account::fold(call_line& into, waiting_call& call) {
  for (std::size_t u = 0; u < urgencies; ++u) {
    auto& queue = into.queues[u];
    // Only the last one: what stands between two calls must see the first.
    if (queue.empty() || !fold_into(queue.back(), call))
      continue;
    if (index_of(call.urgency) >= u)
      return true;
    // It became more urgent than its place is.
    auto raised = std::move(queue.back());
    queue.pop_back();
    --waiting_;
    raised.urgency = call.urgency;
    call = std::move(raised);
    return false;
  }
  return false;
}

bool rate_account::offer(line_key key, waiting_call&& call) {
  auto& line = lines_[key];
  const auto requests = call.requests.size();
  if (fold(line, call))
    return true;
  const bool was_folded = call.requests.size() != requests;
  auto& queue = line.queues[index_of(call.urgency)];
  if (queue.empty())
    turns_[index_of(call.urgency)].push_back(key);
  queue.push_back(std::move(call));
  ++waiting_;
  // A line that gave its only call away has lost its turn.
  for (std::size_t u = 0; was_folded && u < urgencies; ++u)
    if (line.queues[u].empty())
      std::erase(turns_[u], key);
  return was_folded;
}

std::optional<rate_account::candidate>
rate_account::find_candidate(time_point now, const barrier& held) const {
  std::optional<candidate> soonest;
  for (std::size_t u = 0; u < urgencies; ++u) {
    for (const auto key : turns_[u]) {
      const auto& line = lines_.at(key);
      const auto& first = line.queues[u].front();
      if (!line.departed.empty() || held(first))
        continue;
      const auto cost = cost_of(first.call);
      const auto affordable = budget_.earliest(cost, now);
      const auto at = std::max(affordable, line.not_before[u]);
      if (at != time_point::max() && (!soonest || at < soonest->at))
        soonest
          = candidate{key, urgency{static_cast<std::uint8_t>(u)}, at, cost};
      // The first that is not being held up gets what the budget gives, even
      // if something cheaper stands behind it.
      if (line.not_before[u] <= now)
        return soonest;
    }
  }
  return soonest;
}

std::vector<waiting_call> rate_account::depart(const candidate& next,
                                               time_point now, method& out) {
  const auto u = index_of(next.urgency);
  auto& line = lines_.at(next.key);
  auto& queue = line.queues[u];
  std::vector<waiting_call> taken;
  const auto take = [&] {
    taken.push_back(std::move(queue.front()));
    queue.pop_front();
    --waiting_;
  };
  const bool is_pressed = waiting_ > budget_.affordable(now);
  take();
  out = taken.front().call;
  const auto merge_key = taken.front().merge_key;
  auto* text = std::get_if<send_message>(&out);
  while (is_pressed && text != nullptr && merge_key != 0 && !queue.empty()
         && queue.front().merge_key == merge_key
         && merge_text(*text, queue.front().call))
    take();
  for (const auto& call : taken)
    line.departed.push_back({call.order, reopens_topic(call.call)});
  budget_.spend(cost_of(out), now);
  auto& turns = turns_[u];
  std::erase(turns, next.key);
  if (!queue.empty())
    turns.push_back(next.key);
  return taken;
}

void rate_account::answered(line_key key, std::uint32_t cost, time_point now) {
  budget_.settle(cost, now);
  const auto found = lines_.find(key);
  if (found == lines_.end())
    return;
  found->second.departed.clear();
  forget_if_empty(key);
}

void rate_account::put_back(line_key key, std::vector<waiting_call>&& calls,
                            time_point not_before) {
  if (calls.empty())
    return;
  auto& line = lines_[key];
  const auto u = index_of(calls.front().urgency);
  auto& queue = line.queues[u];
  const bool was_empty = queue.empty();
  line.not_before[u] = std::max(line.not_before[u], not_before);
  // Later calls may have come meanwhile that leave nothing of this one to be
  // seen, or add to it; sent after them it would undo them.
  const auto fold_back = [&line](waiting_call& older) {
    for (auto& later : line.queues) {
      if (later.empty() || !fold_into(older, later.front()))
        continue;
      older.urgency = later.front().urgency;
      later.front() = std::move(older);
      return true;
    }
    return false;
  };
  for (auto at = calls.rbegin(); at != calls.rend(); ++at) {
    if (fold_back(*at))
      continue;
    queue.push_front(std::move(*at));
    ++waiting_;
  }
  if (was_empty && !queue.empty())
    turns_[u].push_front(key);
}

bool rate_account::has_open(line_key key, std::uint64_t order,
                            bool reopening_only) const {
  const auto found = lines_.find(key);
  if (found == lines_.end())
    return false;
  const auto& line = found->second;
  const auto is_on_its_way
    = std::ranges::any_of(line.departed, [&](const auto& call) {
        return call.order < order && (!reopening_only || call.reopens);
      });
  return is_on_its_way || std::ranges::any_of(line.queues, [&](const auto& q) {
           return std::ranges::any_of(q, [&](const auto& call) {
             return call.order < order
                    && (!reopening_only || reopens_topic(call.call));
           });
         });
}

waiting_call* rate_account::find(line_key key, urgency u, request_id id) {
  const auto found = lines_.find(key);
  if (found == lines_.end())
    return nullptr;
  for (auto& call : found->second.queues[index_of(u)])
    if (names(call, id))
      return &call;
  return nullptr;
}

void rate_account::remove(line_key key, urgency u, request_id id) {
  const auto found = lines_.find(key);
  if (found == lines_.end())
    return;
  auto& queue = found->second.queues[index_of(u)];
  waiting_ -= std::erase_if(
    queue, [id](const waiting_call& call) { return names(call, id); });
  if (queue.empty())
    std::erase(turns_[index_of(u)], key);
  forget_if_empty(key);
}

std::vector<waiting_call> rate_account::take_all() {
  std::vector<waiting_call> out;
  for (auto& [key, line] : lines_)
    for (auto& queue : line.queues) {
      std::ranges::move(queue, std::back_inserter(out));
      queue.clear();
    }
  for (auto& turns : turns_)
    turns.clear();
  std::erase_if(lines_,
                [](const auto& entry) { return entry.second.is_empty(); });
  waiting_ = 0;
  std::ranges::sort(out, {}, &waiting_call::order);
  return out;
}

void rate_account::forget_if_empty(line_key key) {
  const auto found = lines_.find(key);
  if (found != lines_.end() && found->second.is_empty())
    lines_.erase(found);
}

} // namespace switchboard::channels::telegram
