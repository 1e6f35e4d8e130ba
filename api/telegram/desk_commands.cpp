#include "api/telegram/desk_commands.hpp"

#include "api/commands.hpp"
#include "api/commits.hpp"
#include "channels/telegram/desk_texts.hpp"

#include <utility>

namespace switchboard::api::telegram {

namespace asio = boost::asio;
namespace texts = wire::desk;

asio::awaitable<update_outcome>
desk_commands::on_private(const wire::message& message,
                          const wire::command& given, const domain::user& who,
                          const update_claim& claim, net::asker& actors) {
  const order what{message, who, claim, actors,
                   texts::parse_arguments(given.arguments)};
  if (given.name == "start") {
    auto work = start(message, who, claim);
    co_return co_await std::move(work);
  }
  if (given.name == "tickets") {
    auto work = list(message.chat.id, claim);
    co_return co_await std::move(work);
  }
  if (given.name == "close") {
    auto work = close(what);
    co_return co_await std::move(work);
  }
  if (given.name == "release") {
    auto work = release(what);
    co_return co_await std::move(work);
  }
  if (given.name == "transfer") {
    auto work = transfer(what);
    co_return co_await std::move(work);
  }
  std::string text{texts::unknown_command_text};
  if (given.name == "help")
    text = texts::help_text();
  auto telling = tell(tools_, claim, message.chat.id, std::move(text));
  co_return co_await std::move(telling);
}

asio::awaitable<update_outcome>
desk_commands::on_group(const wire::message& message,
                        const wire::command& given, const update_claim& claim) {
  if (given.name != "tickets")
    co_return update_outcome::done;
  auto work = list(message.chat.id, claim);
  co_return co_await std::move(work);
}

// -- what there is ------------------------------------------------------------

asio::awaitable<update_outcome>
desk_commands::start(const wire::message& message, const domain::user& who,
                     const update_claim& claim) {
  const auto chat = message.chat.id;
  const auto now = tools_.now();
  const auto mark = to_string(tools_.ids.next_uuid());
  persistence::changes what;
  wire::errand greeting;
  greeting.what = wire::errand_kind::notice;
  greeting.text = texts::greeting_text(who);
  what.deliveries.push_back(
    delivery_of(tools_.bot, chat, greeting, "notice:" + mark, now));
  const auto open = people_.open_tickets(who, texts::listed_max);
  bool lists = false;
  for (const auto& ticket : open.tickets) {
    const auto row = unreached_row(ticket.id, who);
    std::string known;
    if (!tools_.journal.rows().get(persistence::family::meta, row, known)) {
      lists = true;
      continue;
    }
    // What was said to them about it did not arrive.
    what.rows.push_back({persistence::family::meta, row, std::nullopt});
    const auto last = ticket.last_message;
    const auto thread = read_thread(people_.tickets(), ticket, last);
    auto all = connect(tools_.bot, chat, ticket.id, last, thread, mark, now);
    for (auto& one : all)
      what.deliveries.push_back(std::move(one));
  }
  if (lists) {
    wire::errand own;
    own.what = wire::errand_kind::open_tickets;
    what.deliveries.push_back(
      delivery_of(tools_.bot, chat, own, "list:" + mark, now));
  }
  auto finishing = finish(tools_, claim, std::move(what));
  co_return co_await std::move(finishing);
}

asio::awaitable<update_outcome> desk_commands::list(wire::chat_id chat,
                                                    const update_claim& claim) {
  wire::errand what;
  what.what = wire::errand_kind::open_tickets;
  persistence::changes changes;
  changes.deliveries.push_back(
    delivery_of(tools_.bot, chat, what,
                "list:" + to_string(tools_.ids.next_uuid()), tools_.now()));
  auto finishing = finish(tools_, claim, std::move(changes));
  co_return co_await std::move(finishing);
}

// -- what is done -------------------------------------------------------------

std::variant<domain::ticket, std::string>
desk_commands::ticket_of(const order& given) const {
  std::optional<domain::ticket> ticket;
  if (given.said.ticket) {
    const auto id = people_.tickets().find_number(*given.said.ticket);
    ticket = id ? people_.tickets().load(*id) : std::nullopt;
    if (!ticket)
      return std::string{texts::unknown_ticket_text};
  } else {
    ticket = talk_.target_of(given.message, given.who);
    if (!ticket)
      return std::string{texts::no_ticket_text};
  }
  if (ticket->assignee == to_string(given.who.id) || may_do_all(given.who))
    return std::move(*ticket);
  const auto holder = people_.holder_of(*ticket);
  if (!holder && ticket->assignee.empty())
    return "Nobody has ticket #" + texts::digits(ticket->number)
           + ". Claim it first.";
  return "Ticket #" + texts::digits(ticket->number) + ": "
         + texts::holder_text(holder ? texts::mention(*holder)
                                     : ticket->assignee)
         + '.';
}

asio::awaitable<update_outcome> desk_commands::close(const order& given) {
  auto found = ticket_of(given);
  if (const auto* why = std::get_if<std::string>(&found)) {
    auto refusing = refuse(given, *why);
    co_return co_await std::move(refusing);
  }
  const auto& ticket = std::get<domain::ticket>(found);
  auto confirmation
    = texts::ended_text(ticket.number, domain::status::closed, {});
  if (ticket.state == domain::status::closed) {
    auto refusing = refuse(given, confirmation);
    co_return co_await std::move(refusing);
  }
  domain::change_status change;
  change.to = domain::status::closed;
  change.actor = to_string(given.who.id);
  auto work
    = carry_out(given, ticket, std::move(change), std::move(confirmation));
  co_return co_await std::move(work);
}

asio::awaitable<update_outcome> desk_commands::release(const order& given) {
  auto found = ticket_of(given);
  if (const auto* why = std::get_if<std::string>(&found)) {
    auto refusing = refuse(given, *why);
    co_return co_await std::move(refusing);
  }
  const auto& ticket = std::get<domain::ticket>(found);
  domain::release_ticket change;
  change.actor = to_string(given.who.id);
  auto work = carry_out(given, ticket, std::move(change),
                        texts::released_text(ticket.number));
  co_return co_await std::move(work);
}

asio::awaitable<update_outcome> desk_commands::transfer(const order& given) {
  std::string problem;
  const auto to = given.said.username.empty()
                    ? std::nullopt
                    : people_.find_username(given.said.username);
  if (given.said.username.empty())
    problem = texts::transfer_usage_text;
  else if (!to || !may_claim(*to))
    problem = '@' + given.said.username + " is no agent that I know.";
  auto found = ticket_of(given);
  if (const auto* why = std::get_if<std::string>(&found);
      why != nullptr && problem.empty())
    problem = *why;
  if (!problem.empty()) {
    auto refusing = refuse(given, problem);
    co_return co_await std::move(refusing);
  }
  const auto& ticket = std::get<domain::ticket>(found);
  auto confirmation
    = texts::handed_over_text(ticket.number, texts::mention(*to));
  if (ticket.assignee == to_string(to->id)) {
    auto refusing = refuse(given, confirmation);
    co_return co_await std::move(refusing);
  }
  domain::assign_ticket change;
  change.agent = to_string(to->id);
  change.actor = to_string(given.who.id);
  auto work
    = carry_out(given, ticket, std::move(change), std::move(confirmation));
  co_return co_await std::move(work);
}

asio::awaitable<update_outcome>
desk_commands::carry_out(const order& given, const domain::ticket& ticket,
                         domain::ticket_command what,
                         std::string confirmation) {
  const bool is_told
    = ticket.session && ticket.assignee == to_string(given.who.id);
  actors::ticket_request request;
  request.target = ticket.id;
  request.command = std::move(what);
  request.once = is_told ? given.claim.once() : given.claim.step("command");
  auto asking = command(given.actors, tools_.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  if (!reply) {
    const auto outcome = outcome_of(reply.error());
    if (outcome == update_outcome::not_durable)
      co_return outcome;
    confirmation = "This cannot be done: " + reply.error().detail;
  } else if (is_told) {
    co_return update_outcome::done;
  }
  auto refusing = refuse(given, confirmation);
  co_return co_await std::move(refusing);
}

asio::awaitable<update_outcome> desk_commands::refuse(const order& given,
                                                      std::string_view why) {
  return tell(tools_, given.claim, given.message.chat.id, std::string{why});
}

} // namespace switchboard::api::telegram
