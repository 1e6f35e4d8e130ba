#include "actors/telegram_carrier.hpp"

#include "actors/telegram_replies.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

/// The way in: from a delivery to the governor.
namespace switchboard::actors {

namespace telegram = channels::telegram;

namespace {

/// A delivery that was sent back and has not come again for so long never
/// will: its lane was purged.
constexpr std::chrono::minutes turned_away_life{5};

} // namespace

telegram_carrier_actor::behavior_type
telegram_carrier_state::make_behavior(telegram_carrier_world_ptr world) {
  world_ = std::move(world);
  governor_.emplace(world_->rates);
  return {
    [this](const persistence::delivery& d) { return on_delivery(d); },
    [this](outgoing& what) { on_best_effort(std::move(what)); },
    [this](telegram_prepared& note) { on_prepared(note); },
    [this](pace_atom) { on_pace(); },
    [this](caf::tick_atom) { on_tick(); },
  };
}

telegram_carrier_state::time_point telegram_carrier_state::now() const {
  return self_->clock().now();
}

// -- what is asked for --------------------------------------------------------

caf::result<channels::http_answer>
telegram_carrier_state::on_delivery(const persistence::delivery& d) {
  auto reply = self_->make_response_promise<channels::http_answer>();
  const auto known = by_delivery_.find(static_cast<std::uint64_t>(d.id));
  if (known != by_delivery_.end()) {
    // Its lane died and asks once more.
    wishes_.at(known->second).askers.push_back(reply);
    return reply;
  }
  auto made = render(d);
  if (const auto* answer = std::get_if<channels::http_answer>(&made)) {
    reply.deliver(*answer);
    return reply;
  }
  auto& what = std::get<outgoing>(made);
  const auto chat = telegram::chat_of(what.call).value_or(chat_id{});
  wish asked;
  asked.askers.push_back(reply);
  asked.delivery = d;
  asked.offered_at = now();
  if (must_wait_its_turn(chat, d.id)
      || !offer(std::move(what), std::move(asked))) {
    turn_away(chat, d.id);
    reply.deliver(
      telegram_replies::patience("too many calls wait", full_pause()));
    return reply;
  }
  forget_turned_away(chat, d.id);
  pump();
  return reply;
}

void telegram_carrier_state::on_best_effort(outgoing&& what) {
  if (best_effort_ >= world_->policy.best_effort_max
      || !telegram::find_fault(what.call).empty())
    return;
  offer(std::move(what), wish{});
  pump();
}

std::variant<outgoing, channels::http_answer>
telegram_carrier_state::render(const persistence::delivery& d) const {
  using either = std::variant<outgoing, channels::http_answer>;
  const auto weigh = []<class Made>(Made&& made) -> either {
    using kind = std::remove_cvref_t<Made>;
    if constexpr (std::is_same_v<kind, nothing_to_do>) {
      return telegram_replies::success(made.reason);
    } else if constexpr (std::is_same_v<kind, not_now>) {
      return telegram_replies::failure(made.reason, made.retry_after);
    } else {
      const auto fault = telegram::find_fault(made.call);
      if (!fault.empty())
        return telegram_replies::refusal("the call has a fault: " + fault);
      return std::forward<Made>(made);
    }
  };
  // One delivery that can not be read must not take the whole bot down.
  try {
    auto made = std::visit(weigh, world_->render(d));
    auto* what = std::get_if<outgoing>(&made);
    const auto chat
      = what == nullptr ? std::nullopt : telegram::chat_of(what->call);
    const auto moved = chat ? moved_.find(*chat) : moved_.end();
    if (moved != moved_.end())
      telegram::readdress(what->call, moved->second);
    return made;
  } catch (const std::exception& problem) {
    return telegram_replies::refusal(std::string{"it can not be rendered: "}
                                     + problem.what());
  }
}

bool telegram_carrier_state::offer(outgoing&& what, wish&& asked) {
  const auto number = ++last_request_;
  telegram::rate_request request{request_id{number}, std::move(what.call),
                                 what.urgency, what.merge_key};
  if (governor_->offer(std::move(request), now())
      == telegram::offer_outcome::refused)
    return false;
  if (asked.askers.empty())
    ++best_effort_;
  else
    by_delivery_.emplace(static_cast<std::uint64_t>(asked.delivery.id), number);
  wishes_.emplace(number, std::move(asked));
  return true;
}

// -- what has changed while it waited -----------------------------------------

bool telegram_carrier_state::is_stale(const departure& leaving) const {
  bool has_waited = false;
  for (const auto id : leaving.requests) {
    const auto found = wishes_.find(static_cast<std::uint64_t>(id));
    if (found == wishes_.end() || found->second.askers.empty())
      return false;
    has_waited
      = has_waited
        || now() - found->second.offered_at >= world_->policy.fresh_for;
  }
  return has_waited;
}

/// Renders what leaves anew; false when nothing of it has anything to do.
bool telegram_carrier_state::refresh(departure& leaving) {
  std::optional<telegram::method> fresh;
  for (const auto id : leaving.requests) {
    const auto& of = wishes_.at(static_cast<std::uint64_t>(id));
    auto made = render(of.delivery);
    if (const auto* done = std::get_if<channels::http_answer>(&made)) {
      if (done->status == 200)
        continue;
      return true;
    }
    auto& call = std::get<outgoing>(made).call;
    if (call.index() != leaving.call.index()
        || telegram::chat_of(call) != telegram::chat_of(leaving.call)
        || telegram::topic_of(call) != telegram::topic_of(leaving.call))
      return true;
    auto* text = fresh ? std::get_if<telegram::send_message>(&*fresh) : nullptr;
    if (!fresh)
      fresh = std::move(call);
    else if (!telegram::absorb(*fresh, call)
             && (text == nullptr || !telegram::merge_text(*text, call)))
      return true;
  }
  if (!fresh)
    return false;
  if (telegram::encode(*fresh).body != telegram::encode(leaving.call).body) {
    ++amended_;
    leaving.call = std::move(*fresh);
  }
  return true;
}

// -- when too much waits ------------------------------------------------------

bool telegram_carrier_state::must_wait_its_turn(chat_id chat,
                                                persistence::delivery_id id) {
  const auto found = turned_away_.find(chat);
  if (found == turned_away_.end())
    return false;
  auto& deliveries = found->second;
  while (!deliveries.empty()
         && now() - deliveries.begin()->second >= turned_away_life)
    deliveries.erase(deliveries.begin());
  const bool is_later = !deliveries.empty() && deliveries.begin()->first < id;
  if (deliveries.empty())
    turned_away_.erase(found);
  return is_later;
}

void telegram_carrier_state::turn_away(chat_id chat,
                                       persistence::delivery_id id) {
  turned_away_[chat].insert_or_assign(id, now());
}

void telegram_carrier_state::forget_turned_away(chat_id chat,
                                                persistence::delivery_id id) {
  const auto found = turned_away_.find(chat);
  if (found == turned_away_.end())
    return;
  found->second.erase(id);
  if (found->second.empty())
    turned_away_.erase(found);
}

std::chrono::seconds telegram_carrier_state::full_pause() const {
  // A part of what it takes to send all that: each time that a lane comes in
  // vain costs a commit.
  constexpr std::size_t share = 4;
  const auto& policy = world_->policy;
  const std::size_t rate = std::max(world_->rates.total_per_second, 1U);
  return std::clamp(std::chrono::seconds{static_cast<std::int64_t>(
                      wishes_.size() / rate / share)},
                    policy.full_pause_min, policy.full_pause_max);
}

// -- the clock ----------------------------------------------------------------

void telegram_carrier_state::pump() {
  auto turn = governor_->next(now());
  for (; turn.go; turn = governor_->next(now()))
    depart(std::move(*turn.go));
  if (turn.ask_again)
    arm(*turn.ask_again);
  tell_figures_soon();
}

void telegram_carrier_state::arm(time_point at) {
  // One that is scheduled for earlier asks again by itself.
  if (!ticks_.empty() && *ticks_.begin() <= at)
    return;
  ticks_.insert(at);
  self_->delayed_send(self_, std::max(at - now(), time_point::duration{}),
                      pace_atom_v);
}

void telegram_carrier_state::on_pace() {
  // They come in the order of their times.
  if (!ticks_.empty())
    ticks_.erase(ticks_.begin());
  pump();
}

void telegram_carrier_state::tell_figures_soon() {
  if (world_->observer != nullptr && !std::exchange(figures_armed_, true))
    self_->delayed_send(self_, world_->policy.figures_every, caf::tick_atom_v);
}

void telegram_carrier_state::on_tick() {
  figures_armed_ = false;
  auto figures = governor_->figures();
  figures.amended += amended_;
  world_->observer->figures(world_->bot, figures);
}

telegram_carrier_actor::behavior_type
telegram_carrier(telegram_carrier_state::self_pointer self,
                 telegram_carrier_world_ptr world) {
  return self->state.make_behavior(std::move(world));
}

} // namespace switchboard::actors
