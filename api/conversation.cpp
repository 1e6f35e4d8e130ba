#include "api/conversation.hpp"

#include "api/commands.hpp"
#include "persistence/session_views.hpp"
#include "persistence/ticket_changes.hpp"

#include <utility>

namespace switchboard::api {

namespace {

/// Each round means that somebody else was quicker: opened the ticket, or
/// closed it again.
constexpr int rounds_max = 8;

actors::ticket_request request_for(const utterance& said,
                                   domain::ticket_id target,
                                   domain::ticket_command what) {
  actors::ticket_request out;
  out.target = target;
  out.command = std::move(what);
  if (said.once)
    out.once = said.once(target);
  return out;
}

domain::add_message continuing(const utterance& said,
                               const domain::ticket& ticket) {
  domain::add_message out;
  out.message = said.message;
  if (said.quoted_ticket == ticket.id && said.quoted <= ticket.last_message)
    out.message.reply_to = said.quoted;
  return out;
}

domain::create_ticket opening(const conversation_tools& tools,
                              const utterance& said,
                              const std::optional<domain::ticket>& last) {
  const auto& message = said.message;
  domain::create_ticket out;
  out.id = domain::ticket_id{tools.ids.next_uuid()};
  out.number = tools.ids.next_number();
  out.ref = tools.ids.next_ref();
  out.from = said.session.contact;
  // Who sends a file without a word means the file.
  const bool has_words = !message.body.empty() || message.attachments.empty();
  out.subject = domain::derived_subject(
    has_words ? message.body : message.attachments.front().name);
  out.via = said.session.via;
  out.first_message = message;
  out.session = domain::session_place{said.session.id, 1};
  if (last) {
    out.follows = last->id;
    out.session->number = last->session->number + 1;
  }
  if (said.opening)
    said.opening(out);
  return out;
}

} // namespace

boost::asio::awaitable<domain::result<spoken>>
speak(net::asker& asker, const conversation_tools& tools,
      const utterance& said) {
  using outcome = domain::result<spoken>;
  const persistence::session_views sessions{tools.rows};
  for (int round = 0; round < rounds_max; ++round) {
    const auto last = sessions.last_ticket(said.session.id);
    if (last) {
      auto add = continuing(said, *last);
      auto request = request_for(said, last->id, std::move(add));
      auto asking = command(asker, tools.engine, std::move(request));
      auto reply = co_await std::move(asking);
      if (reply) {
        spoken done{std::move(reply.value()), false};
        co_return outcome{std::move(done)};
      }
      if (reply.error().code != domain::errc::conversation_over)
        co_return outcome{
          domain::fail(reply.error().code, reply.error().detail)};
    }
    auto create = opening(tools, said, last);
    const auto target = create.id;
    auto request = request_for(said, target, std::move(create));
    auto asking = command(asker, tools.engine, std::move(request));
    auto reply = co_await std::move(asking);
    if (!reply)
      co_return outcome{domain::fail(reply.error().code, reply.error().detail)};
    const auto& taken = reply.value().taken;
    if (taken && taken->scope == persistence::session_ticket_scope)
      continue;
    spoken done{std::move(reply.value()), !taken};
    co_return outcome{std::move(done)};
  }
  co_return outcome{domain::fail(domain::errc::overloaded,
                                 "this session is too busy; try again")};
}

} // namespace switchboard::api
