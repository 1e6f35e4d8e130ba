#include "api/telegram/executors.hpp"

#include "api/commits.hpp"
#include "channels/telegram/command.hpp"
#include "persistence/ticket_lists.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace switchboard::api::telegram {

namespace {

namespace asio = boost::asio;
namespace texts = wire::executor;

/// Who is no user may hear so this often.
constexpr std::uint32_t refusals_per_minute = 3;
/// How many tickets beyond those that are shown are counted, and how many pages
/// are read for that: each holds up nobody, since others have their turn in
/// between.
constexpr std::size_t counted_max = 200;
constexpr int pages_max = 20;

/// Executors' `open` and `in-progress`.
std::vector<domain::status> open_states() {
  using enum domain::status;
  return {pending, assigned, in_progress, waiting_customer, escalated};
}

} // namespace

executors::executors(executors_parts parts)
  : parts_{std::move(parts)},
    records_{parts_.journal.rows()},
    tickets_{parts_.journal.rows()},
    places_{parts_.journal.rows()},
    refusals_{refusals_per_minute} {}

asio::awaitable<update_outcome>
executors::handle(wire::bot_number bot, const wire::update& update,
                  const update_claim& claim, net::asker& actors) {
  if (bot != parts_.bot.number)
    co_return update_outcome::not_mine;
  if (const auto* in = std::get_if<wire::new_message>(&update.what)) {
    const auto& message = in->message;
    if (message.chat.kind == wire::chat_kind::private_chat && message.from
        && !message.is_service()) {
      const auto v = visit_of(claim, actors, message.from->id);
      if (is_ours(v, message)) {
        auto working = on_message(v, message);
        co_return co_await std::move(working);
      }
    }
  } else if (const auto* press
             = std::get_if<wire::button_press>(&update.what)) {
    const auto v = visit_of(claim, actors, press->from.id);
    if (is_ours(v, *press)) {
      auto working = on_tap(v, *press);
      co_return co_await std::move(working);
    }
  }
  // What else there is (edits, groups, reactions) says nothing to us.
  co_return parts_.bot.is_shared ? update_outcome::not_mine
                                 : update_outcome::done;
}

executors::visit executors::visit_of(const update_claim& claim,
                                     net::asker& actors,
                                     wire::user_id from) const {
  const auto number = static_cast<std::int64_t>(from);
  visit out{claim, actors, {parts_.bot.number, wire::chat_id{number}}, {}};
  if (const auto id = records_.find_telegram_user(number))
    if (auto found = records_.find(*id))
      out.user = std::move(found->value);
  return out;
}

bool executors::is_ours(const visit& v, const wire::message& in) const {
  if (!parts_.bot.is_shared)
    return true;
  return v.user
         && (v.user->role == domain::user_role::executor
             || asked_about(v, in).has_value());
}

bool executors::is_ours(const visit& v, const wire::button_press& press) const {
  if (!parts_.bot.is_shared || texts::looks_like_tap(press.data))
    return true;
  if (!press.chat || !wire::is_private(press.chat->id))
    return false;
  if (press.data != texts::done_data)
    return v.user && v.user->role == domain::user_role::executor;
  const auto shown = places_.find({static_cast<std::int64_t>(v.chat.bot),
                                   static_cast<std::int64_t>(press.chat->id),
                                   static_cast<std::int32_t>(press.message)});
  return shown && shown->what == persistence::shown::executor_card;
}

// -- words --------------------------------------------------------------------

executors::outcome executors::on_message(const visit& v,
                                         const wire::message& in) {
  if (!v.user) {
    auto refusing = refuse_stranger(v);
    co_return co_await std::move(refusing);
  }
  const auto username
    = parts_.username ? parts_.username(v.chat.bot) : std::string{};
  const auto command = wire::parse_command(in, username);
  if (!command) {
    auto answering = on_answer(v, *v.user, in);
    co_return co_await std::move(answering);
  }
  if (command->is_for_another_bot)
    co_return update_outcome::done;
  if (command->name == "start" || command->name == "tickets") {
    auto listing = list_tickets(v, *v.user);
    co_return co_await std::move(listing);
  }
  if (command->name == "cancel") {
    auto cancelling = cancel_by_command(v, *v.user);
    co_return co_await std::move(cancelling);
  }
  auto helping = tell(v, std::string{texts::help_text});
  co_return co_await std::move(helping);
}

executors::outcome executors::list_tickets(const visit& v,
                                           const domain::user& who) {
  const auto executor = co_await asio::this_coro::executor;
  persistence::ticket_filter filter;
  filter.assignee = to_string(who.id);
  filter.states = open_states();
  struct listed {
    domain::ticket_id id;
    domain::sequence seen{};
  };
  std::vector<listed> found;
  std::optional<domain::ticket_id> before;
  bool has_rest = true;
  for (int page = 0; page < pages_max && has_rest; ++page) {
    const auto wanted = texts::cards_max + counted_max - found.size();
    const auto some = persistence::list_tickets(parts_.journal.rows(), filter,
                                                before, wanted);
    for (const auto& ticket : some.tickets)
      found.push_back({ticket.id, ticket.last_event});
    before = some.next;
    has_rest = before.has_value();
    if (found.size() == texts::cards_max + counted_max)
      break;
    if (has_rest)
      co_await asio::post(executor, asio::use_awaitable);
  }
  const auto shown = std::min(found.size(), texts::cards_max);
  const auto now = parts_.now();
  std::vector<persistence::new_delivery> out;
  out.push_back(
    notice(v, texts::list_text(shown, found.size() - shown, has_rest)));
  for (std::size_t i = 0; i < shown; ++i)
    out.push_back(
      executor_deliveries::card(v.chat, found[i].id, found[i].seen, now));
  auto concluding = conclude(v, std::move(out));
  co_return co_await std::move(concluding);
}

executors::outcome executors::refuse_stranger(const visit& v) {
  const auto name = std::to_string(static_cast<std::int64_t>(v.chat.chat));
  if (!refusals_.take(name).allowed)
    co_return update_outcome::done;
  auto refusing = tell(v, std::string{texts::stranger_text});
  co_return co_await std::move(refusing);
}

persistence::new_delivery
executors::notice(const visit& v, std::string text,
                  std::optional<wire::message_id> answers) const {
  return executor_deliveries::notice(v.chat, std::move(text), answers,
                                     v.claim.once().id, parts_.now());
}

executors::outcome
executors::conclude(const visit& v,
                    std::vector<persistence::new_delivery> deliveries) {
  persistence::changes what;
  what.claims.push_back(v.claim.once());
  what.deliveries = std::move(deliveries);
  const auto result = co_await commit(parts_.journal, std::move(what));
  co_return std::holds_alternative<persistence::commit_failure>(result)
    ? update_outcome::not_durable
    : update_outcome::done;
}

executors::outcome executors::tell(const visit& v, std::string text,
                                   std::optional<wire::message_id> answers) {
  std::vector<persistence::new_delivery> out;
  out.push_back(notice(v, std::move(text), answers));
  return conclude(v, std::move(out));
}

} // namespace switchboard::api::telegram
