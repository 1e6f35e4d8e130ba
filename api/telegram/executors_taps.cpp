#include "api/commands.hpp"
#include "api/commits.hpp"
#include "api/telegram/executors.hpp"
#include "api/telegram/executors_prompts.hpp"

#include <utility>

namespace switchboard::api::telegram {

namespace {

namespace texts = wire::executor;
using boost::asio::awaitable;
using texts::tap_action;

/// How often a tap looks anew because its ticket changed in the same moment.
constexpr int tries_max = 5;

} // namespace

executors::outcome executors::on_tap(const visit& v,
                                     const wire::button_press& press) {
  if (!v.user) {
    answer(v, press, texts::stranger_tap_text);
    co_return update_outcome::done;
  }
  if (press.data == texts::done_data) {
    answer(v, press, {});
    co_return update_outcome::done;
  }
  const auto what = texts::parse_tap(press.data);
  if (!what) {
    answer(v, press, texts::dead_button_text);
    co_return update_outcome::done;
  }
  const known_tap tap{*what, press, *v.user};
  auto working = on_known_tap(v, tap);
  co_return co_await std::move(working);
}

executors::outcome executors::on_known_tap(const visit& v,
                                           const known_tap& tap) {
  for (int tries = 0; tries < tries_max; ++tries) {
    auto trying = try_tap(v, tap);
    const auto done = co_await std::move(trying);
    if (done)
      co_return *done;
  }
  answer(v, tap.press, texts::failed_tap_text);
  co_return update_outcome::done;
}

awaitable<std::optional<update_outcome>>
executors::try_tap(const visit& v, const known_tap& tap) {
  const auto id = tickets_.find_number(tap.what.ticket);
  const auto ticket = id ? tickets_.load(*id) : std::nullopt;
  std::string stale;
  if (!ticket)
    stale = texts::unknown_tap_text(tap.what.ticket);
  else if (ticket->assignee != to_string(tap.user.id))
    stale = texts::not_yours_tap_text(ticket->number);
  else if (!texts::is_open(*ticket))
    stale = texts::already_tap_text(*ticket);
  if (!stale.empty()) {
    auto mend = without_card(v, tap.press, id);
    auto answering
      = answer_with(v, tap.press, std::move(stale), std::move(mend));
    const auto done = co_await std::move(answering);
    co_return done;
  }
  if (tap.what.does == tap_action::ask_update) {
    auto asking = ask_update(v, tap, *ticket);
    const auto done = co_await std::move(asking);
    co_return done;
  }
  if (tap.what.does == tap_action::start_work
      && ticket->state == domain::status::in_progress) {
    std::vector<persistence::new_delivery> mend;
    mend.push_back(executor_deliveries::refreshed_cards(
      v.chat, ticket->id, first_card, parts_.now()));
    auto answering = answer_with(v, tap.press, texts::already_tap_text(*ticket),
                                 std::move(mend));
    const auto done = co_await std::move(answering);
    co_return done;
  }
  auto moving = move(v, tap, *ticket);
  const auto done = co_await std::move(moving);
  co_return done;
}

awaitable<std::optional<update_outcome>>
executors::move(const visit& v, const known_tap& tap,
                const domain::ticket& ticket) {
  const bool resolves = tap.what.does == tap_action::resolve;
  if (resolves) {
    // In front, since the ticket's commit is what says that the tap is done
    // with.
    auto dropping = drop_question(tap.user.id, ticket.id);
    if (co_await std::move(dropping) == update_outcome::not_durable)
      co_return update_outcome::not_durable;
  }
  domain::change_status change;
  change.to = resolves ? domain::status::resolved : domain::status::in_progress;
  change.actor = to_string(tap.user.id);
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(change);
  request.once = v.claim.once();
  request.expected = ticket.last_event;
  auto commanding = command(v.actors, parts_.engine, std::move(request));
  const auto reply = co_await std::move(commanding);
  if (reply) {
    answer(v, tap.press, texts::done_tap_text(tap.what));
    co_return update_outcome::done;
  }
  if (outcome_of(reply.error()) == update_outcome::not_durable)
    co_return update_outcome::not_durable;
  // It was somebody else's turn first, so it may be another case by now.
  co_return std::nullopt;
}

executors::outcome executors::ask_update(const visit& v, const known_tap& tap,
                                         const domain::ticket& ticket) {
  for (int tries = 0; tries < tries_max; ++tries) {
    auto dropping = drop_question(tap.user.id, std::nullopt);
    if (co_await std::move(dropping) == update_outcome::not_durable)
      co_return update_outcome::not_durable;
    const auto now = parts_.now();
    domain::prompt asked;
    asked.id = domain::prompt_id{parts_.ids.next_uuid()};
    asked.user = tap.user.id;
    asked.ticket = ticket.id;
    asked.bot = static_cast<std::int64_t>(v.chat.bot);
    asked.chat = static_cast<std::int64_t>(v.chat.chat);
    asked.created_at = now;
    asked.updated_at = now;
    asked.expires_at = now + parts_.prompt_timeout;
    auto what = open_prompt(asked, now);
    // In front, since a repetition also finds its own prompt open.
    what.claims.insert(what.claims.begin(), v.claim.once());
    const auto result = co_await commit(parts_.journal, std::move(what));
    if (std::holds_alternative<persistence::commit_failure>(result))
      co_return update_outcome::not_durable;
    const auto* taken = std::get_if<persistence::conflict>(&result);
    if (taken != nullptr && taken->scope == persistence::open_prompt_scope)
      continue;
    answer(v, tap.press, texts::done_tap_text(tap.what));
    co_return update_outcome::done;
  }
  co_return update_outcome::not_durable;
}

executors::outcome
executors::answer_with(const visit& v, const wire::button_press& press,
                       std::string text,
                       std::vector<persistence::new_delivery> mend) {
  auto concluding = conclude(v, std::move(mend));
  const auto done = co_await std::move(concluding);
  if (done == update_outcome::done)
    answer(v, press, text);
  co_return done;
}

void executors::answer(const visit& v, const wire::button_press& press,
                       std::string_view text) const {
  actors::outgoing out;
  wire::answer_callback_query reply;
  reply.query = press.query;
  reply.text = text;
  out.call = std::move(reply);
  out.urgency = wire::urgency::customer;
  parts_.say(v.chat.bot, std::move(out));
}

std::vector<persistence::new_delivery>
executors::without_card(const visit& v, const wire::button_press& press,
                        const std::optional<domain::ticket_id>& ticket) const {
  std::vector<persistence::new_delivery> out;
  if (press.chat && press.chat->id == v.chat.chat)
    out.push_back(executor_deliveries::no_cards(v.chat, ticket, press.message,
                                                parts_.now()));
  return out;
}

} // namespace switchboard::api::telegram
