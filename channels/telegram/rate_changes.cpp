#include "channels/telegram/rate_governor.hpp"

/// What happens to requests while they wait.
namespace switchboard::channels::telegram {

void rate_governor::rest(time_point until) {
  bot_.block(until);
}

bool rate_governor::amend(request_id id, const styled_text& text) {
  const auto at = places_.find(static_cast<std::uint64_t>(id));
  if (at == places_.end())
    return false;
  const auto& [key, line, u] = at->second;
  auto* found = accounts_.at(key).calls.find(line, u, id);
  if (found == nullptr || !amend_text(found->call, text))
    return false;
  ++figures_.amended;
  return true;
}

bool rate_governor::withdraw(request_id id, time_point now) {
  const auto at = places_.find(static_cast<std::uint64_t>(id));
  if (at == places_.end())
    return false;
  const auto [key, line, u] = at->second;
  auto& of = accounts_.at(key);
  const auto* found = of.calls.find(line, u, id);
  if (found == nullptr || found->requests.size() != 1)
    return false;
  of.calls.remove(line, u, id);
  places_.erase(at);
  refile_chat(key.chat, now);
  return true;
}

void rate_governor::moved(chat_id from, chat_id to, time_point now) {
  if (from == to)
    return;
  for (std::size_t f = 0; f < call_families; ++f) {
    const account_key old_key{from, call_family{static_cast<std::uint8_t>(f)}};
    const account_key new_key{to, old_key.family};
    for (auto& [id, flying] : flights_)
      if (flying.back_to.account == old_key) {
        // Its answer still opens the old line.
        flying.back_to.account = new_key;
        for (auto& call : flying.calls)
          readdress(call.call, to);
      }
    const auto found = accounts_.find(old_key);
    if (found == accounts_.end())
      continue;
    auto calls = found->second.calls.take_all();
    auto& target = account_of(new_key);
    for (auto& call : calls) {
      readdress(call.call, to);
      const auto line = line_key_of(call.call, call.order);
      const auto id = call.requests.front();
      target.calls.offer(line, std::move(call));
      note_place(new_key, line, id);
    }
  }
  refile_chat(from, now);
  refile_chat(to, now);
}

rate_figures rate_governor::figures() const {
  auto out = figures_;
  for (const auto& [id, at] : places_)
    ++out.waiting[static_cast<std::size_t>(at.urgency)];
  out.on_their_way = flights_.size();
  out.accounts = accounts_.size();
  return out;
}

} // namespace switchboard::channels::telegram
