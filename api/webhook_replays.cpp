// POST /api/v1/webhooks/:webhook_id/replay: what is sent again, and how much.
#include "api/errors.hpp"
#include "api/history.hpp"
#include "api/query.hpp"
#include "api/record_store.hpp"
#include "api/webhook_routes.hpp"
#include "channels/rest/objects.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_views.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;

namespace {

/// One call queues at most about this many.
constexpr std::size_t replay_max = 10'000;
constexpr std::size_t deliveries_at_once = 200;
constexpr std::size_t events_at_once = 500;
/// Events lie in the order of their times but for moments.
constexpr std::chrono::seconds disorder_max{60};

net::response queued(std::uint64_t count,
                     std::optional<domain::timestamp> next_from = {}) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("queued").number(count);
  rest::write_time(out.key("next_from"), next_from);
  out.end_object();
  return {202, std::move(body)};
}

net::response not_stored() {
  return refused_response(
    {domain::errc::storage_unavailable, "could not be stored; try again"});
}

net::response no_delivery() {
  return error_response(not_found,
                        "this webhook has no such delivery, or its "
                        "attempts are no longer kept");
}

std::optional<net::response> refuse_time(std::string_view field,
                                         std::optional<domain::timestamp> at) {
  if (at)
    return std::nullopt;
  const channels::json::field_problem problem{
    std::string{field}, "must be a time like 2026-01-31T12:00:00Z"};
  return invalid_response({&problem, 1});
}

} // namespace

webhook_routes::answer webhook_routes::on_replay(net::request& req,
                                                 const caller&) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto parsed = domain::parse_uuid(req.params.front());
  const domain::webhook_id id{parsed.value_or(domain::uuid{})};
  const auto hook = records_.find(id);
  if (!hook)
    co_return missing_record<domain::webhook>();
  auto form = rest::decode_replay(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  if (!hook->value.enabled)
    co_return error_response(conflict,
                             "the webhook is disabled; enable it first");
  const auto& wanted = *form.value;
  if (wanted.delivery) {
    const persistence::delivery_id delivery{*wanted.delivery};
    auto replaying = replay_one(id, delivery);
    co_return co_await std::move(replaying);
  }
  if (wanted.dead_letters) {
    auto replaying = replay_dead(id);
    co_return co_await std::move(replaying);
  }
  const auto from = parse_time(wanted.range->first);
  const auto to = parse_time(wanted.range->second);
  if (auto refusal = refuse_time("from", from))
    co_return std::move(*refusal);
  if (auto refusal = refuse_time("to", to))
    co_return std::move(*refusal);
  auto replaying = replay_range(id, *from, *to);
  co_return co_await std::move(replaying);
}

webhook_routes::answer
webhook_routes::replay_one(domain::webhook_id id,
                           persistence::delivery_id wanted) {
  const auto lane = tools_.lane_of(id);
  if (const auto letter = deliveries_.find_dead_letter(wanted);
      letter && letter->what.lane == lane) {
    auto what = persistence::replay(*letter, tools_.now());
    const auto outcome = co_await commit(tools_.journal, std::move(what));
    if (!std::holds_alternative<persistence::committed>(outcome))
      co_return not_stored();
    tools_.engine.take_up(lane, wanted);
    co_return queued(1);
  }
  // It was delivered, so its body is gone; the event is still in the history.
  const auto known = deliveries_.find_lane_attempt(lane, wanted);
  if (!known)
    co_return no_delivery();
  const persistence::ticket_views tickets{tools_.journal.rows()};
  auto after = offset_before(tools_.journal, known->created_at - disorder_max);
  for (;;) {
    const auto events = tools_.journal.read_events(after, events_at_once);
    if (events.empty())
      co_return no_delivery();
    for (const auto& stored : events) {
      const auto when = time_of(stored);
      if (when && *when > known->created_at + disorder_max)
        co_return no_delivery();
      const auto event = persistence::decode_event(stored.bytes);
      if (!event || event->event.number != known->sequence
          || event->entity.view() != known->group)
        continue;
      const auto ticket = tickets.load(domain::ticket_id{event->entity});
      auto again
        = ticket ? tools_.plan_again(id, *ticket, event->event) : std::nullopt;
      if (!again)
        co_return no_delivery();
      std::vector<persistence::new_delivery> one;
      one.push_back(std::move(*again));
      auto sending = send_again(std::move(one));
      if (!co_await std::move(sending))
        co_return not_stored();
      co_return queued(1);
    }
    after = events.back().at;
  }
}

webhook_routes::answer webhook_routes::replay_dead(domain::webhook_id id) {
  const auto lane = tools_.lane_of(id);
  std::uint64_t count = 0;
  persistence::delivery_id after{};
  while (count < replay_max) {
    const auto letters
      = deliveries_.dead_letters_of(lane, after, deliveries_at_once);
    if (letters.empty())
      break;
    for (const auto& letter : letters) {
      auto what = persistence::replay(letter, tools_.now());
      const auto outcome = co_await commit(tools_.journal, std::move(what));
      if (!std::holds_alternative<persistence::committed>(outcome))
        co_return not_stored();
      tools_.engine.take_up(lane, letter.what.id);
      ++count;
    }
    after = letters.back().what.id;
  }
  co_return queued(count);
}

webhook_routes::answer webhook_routes::replay_range(domain::webhook_id id,
                                                    domain::timestamp from,
                                                    domain::timestamp to) {
  const persistence::ticket_views tickets{tools_.journal.rows()};
  auto after = offset_before(tools_.journal, from - disorder_max);
  std::uint64_t count = 0;
  std::vector<persistence::new_delivery> gathered;
  for (;;) {
    const auto events = tools_.journal.read_events(after, events_at_once);
    bool is_over = events.empty();
    for (const auto& stored : events) {
      const auto when = time_of(stored);
      is_over = is_over || (when && *when > to + disorder_max);
      if (!when || *when < from || *when >= to)
        continue;
      const auto event = persistence::decode_event(stored.bytes);
      const auto ticket
        = event ? tickets.load(domain::ticket_id{event->entity}) : std::nullopt;
      auto again
        = ticket ? tools_.plan_again(id, *ticket, event->event) : std::nullopt;
      if (again)
        gathered.push_back(std::move(*again));
    }
    if (!events.empty())
      after = events.back().at;
    if (gathered.size() < deliveries_at_once && !is_over)
      continue;
    count += gathered.size();
    auto batch = std::exchange(gathered, {});
    auto sending = send_again(std::move(batch));
    if (!co_await std::move(sending))
      co_return not_stored();
    if (is_over)
      co_return queued(count);
    if (count >= replay_max)
      co_return queued(count, time_of(events.back()));
  }
}

boost::asio::awaitable<bool>
webhook_routes::send_again(std::vector<persistence::new_delivery> what) {
  if (what.empty())
    co_return true;
  persistence::changes all;
  all.deliveries = std::move(what);
  const auto outcome = co_await commit(tools_.journal, std::move(all));
  co_return std::holds_alternative<persistence::committed>(outcome);
}

} // namespace switchboard::api
