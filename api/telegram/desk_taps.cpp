#include "api/telegram/desk_taps.hpp"

#include "api/commands.hpp"
#include "api/commits.hpp"
#include "channels/telegram/desk_texts.hpp"
#include "domain/text.hpp"
#include "persistence/records.hpp"

#include <utility>

namespace switchboard::api::telegram {

namespace asio = boost::asio;
namespace texts = wire::desk;

namespace {

/// Each round means that somebody else was registered at the same moment.
constexpr int rounds_max = 8;

std::string ticket_name(const domain::ticket& ticket) {
  return "Ticket #" + texts::digits(ticket.number);
}

domain::user new_agent(const wire::user& who, domain::user_id id,
                       domain::timestamp now) {
  domain::user out;
  out.id = id;
  out.name = domain::clip(display_name(who), domain::name_length_max);
  if (domain::is_username(who.username)
      && who.username.size() <= domain::username_length_max)
    out.username = who.username;
  out.role = domain::user_role::agent;
  out.telegram_id = static_cast<std::int64_t>(who.id);
  out.created_at = now;
  out.updated_at = now;
  return out;
}

} // namespace

asio::awaitable<update_outcome>
desk_taps::handle(const wire::button_press& press, const update_claim& claim,
                  net::asker& actors) {
  const auto tap = texts::parse_tap(press.data);
  if (!tap)
    co_return update_outcome::not_mine;
  if (tap->does == texts::tap_action::nothing) {
    answer_tap(tools_, press.query, {});
    co_return update_outcome::done;
  }
  const auto id = people_.tickets().find_number(tap->ticket);
  const auto ticket = id ? people_.tickets().load(*id) : std::nullopt;
  auto identifying = identify(press, tap->does);
  const auto who = co_await std::move(identifying);
  if (const auto* failed = std::get_if<update_outcome>(&who))
    co_return *failed;
  const auto* const user = std::get_if<domain::user>(&who);
  if (user == nullptr) {
    answer_tap(tools_, press.query, std::string{texts::stranger_tap_text},
               true);
    co_return update_outcome::done;
  }
  if (!ticket) {
    answer_tap(tools_, press.query, std::string{texts::unknown_ticket_text});
    co_return update_outcome::done;
  }
  switch (tap->does) {
    case texts::tap_action::claim: {
      auto work = claim_it(press, *ticket, *user, claim, actors);
      co_return co_await std::move(work);
    }
    case texts::tap_action::pass: {
      auto work = pass_it(press, *ticket, *user, claim, actors);
      co_return co_await std::move(work);
    }
    case texts::tap_action::connect: {
      auto work = connect_it(press, *ticket, *user, claim);
      co_return co_await std::move(work);
    }
    case texts::tap_action::nothing: break;
  }
  co_return update_outcome::done;
}

// -- who ----------------------------------------------------------------------

asio::awaitable<desk_taps::tapper>
desk_taps::identify(const wire::button_press& press, texts::tap_action does) {
  if (auto known = people_.find(press.from.id)) {
    if (may_claim(*known))
      co_return std::move(*known);
    co_return std::monostate{};
  }
  // The data of a tap can be made up, its chat can not.
  const bool in_group = press.chat && tools_.group.is_set()
                        && press.chat->id == tools_.group.now();
  if (does != texts::tap_action::claim || !in_group || !tools_.open_registration
      || press.from.is_bot)
    co_return std::monostate{};
  auto enrolling = enroll(press.from);
  co_return co_await std::move(enrolling);
}

asio::awaitable<desk_taps::tapper> desk_taps::enroll(const wire::user& who) {
  const persistence::record_views records{tools_.journal.rows()};
  bool named = true;
  for (int round = 0; round < rounds_max; ++round) {
    if (auto known = people_.find(who.id))
      co_return std::move(*known);
    const domain::user_id next{static_cast<std::uint64_t>(records.last_user())
                               + 1};
    auto user = new_agent(who, next, tools_.now());
    if (!named || records.find_username(user.username))
      user.username.clear();
    auto what = persistence::save(std::nullopt, user, tools_.now());
    auto committing = commit(tools_.journal, std::move(what));
    const auto outcome = co_await std::move(committing);
    if (std::holds_alternative<persistence::committed>(outcome))
      co_return user;
    if (const auto* taken = std::get_if<persistence::conflict>(&outcome))
      named = named && taken->scope != persistence::username_scope;
    else if (std::get<persistence::commit_failure>(outcome)
             != persistence::commit_failure::stale)
      break;
  }
  co_return update_outcome::not_durable;
}

// -- what ---------------------------------------------------------------------

asio::awaitable<update_outcome>
desk_taps::claim_it(const wire::button_press& press,
                    const domain::ticket& ticket, const domain::user& who,
                    const update_claim& claim, net::asker& actors) {
  domain::claim_ticket wanted;
  wanted.agent = to_string(who.id);
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(wanted);
  request.once = claim.once();
  auto asking = command(actors, tools_.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  if (!reply)
    co_return refuse(press, who, reply.error());
  answer_tap(tools_, press.query, ticket_name(ticket) + " is yours");
  co_return update_outcome::done;
}

asio::awaitable<update_outcome>
desk_taps::pass_it(const wire::button_press& press,
                   const domain::ticket& ticket, const domain::user& who,
                   const update_claim& claim, net::asker& actors) {
  domain::pass_ticket wanted;
  wanted.agent = to_string(who.id);
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(wanted);
  request.once = claim.once();
  auto asking = command(actors, tools_.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  if (!reply)
    co_return refuse(press, who, reply.error());
  answer_tap(tools_, press.query,
             "You pass on ticket #" + texts::digits(ticket.number));
  co_return update_outcome::done;
}

asio::awaitable<update_outcome>
desk_taps::connect_it(const wire::button_press& press,
                      const domain::ticket& ticket, const domain::user& who,
                      const update_claim& claim) {
  const auto chat = chat_of(who);
  if (ticket.assignee != to_string(who.id) || texts::is_finished(ticket)
      || !chat) {
    answer_tap(tools_, press.query,
               ticket_name(ticket) + " is not open with you any more");
    co_return update_outcome::done;
  }
  wire::errand hello;
  hello.what = wire::errand_kind::connected;
  hello.ticket = ticket.id;
  persistence::changes what;
  what.deliveries.push_back(delivery_of(
    tools_.bot, *chat, hello, "connected:" + to_string(tools_.ids.next_uuid()),
    tools_.now()));
  auto finishing = finish(tools_, claim, std::move(what));
  const auto outcome = co_await std::move(finishing);
  if (outcome == update_outcome::done)
    answer_tap(tools_, press.query, "Reply to the message that I send");
  co_return outcome;
}

update_outcome desk_taps::refuse(const wire::button_press& press,
                                 const domain::user& who,
                                 const domain::error& reason) {
  const auto outcome = outcome_of(reason);
  if (outcome == update_outcome::not_durable)
    return outcome;
  if (reason.code == domain::errc::already_assigned) {
    const auto holder = people_.find_agent(reason.detail);
    const bool mine = holder && holder->id == who.id;
    answer_tap(tools_, press.query,
               mine ? "You have it already"
                    : texts::holder_text(holder ? texts::mention(*holder)
                                                : reason.detail));
  } else if (reason.code == domain::errc::illegal_transition) {
    answer_tap(tools_, press.query, "This ticket is closed");
  } else {
    answer_tap(tools_, press.query, "This cannot be done: " + reason.detail);
  }
  return outcome;
}

} // namespace switchboard::api::telegram
