#include "api/telegram/desk_tools.hpp"

#include "api/commits.hpp"
#include "channels/telegram/desk_texts.hpp"

#include <utility>
#include <variant>

namespace switchboard::api::telegram {

namespace texts = wire::desk;

namespace {

std::string number_of(domain::message_sequence number) {
  return std::to_string(static_cast<std::uint32_t>(number));
}

} // namespace

std::string card_group(const domain::ticket_id& ticket) {
  return "card:" + to_string(ticket.value);
}

std::string part_group(const domain::ticket_id& ticket,
                       domain::message_sequence message, std::uint32_t part) {
  return "msg:" + to_string(ticket.value) + ':' + number_of(message) + ':'
         + std::to_string(part);
}

persistence::new_delivery
delivery_of(wire::bot_number bot, wire::chat_id chat, const wire::errand& what,
            std::string group, domain::timestamp now) {
  persistence::new_delivery out;
  out.lane = wire::chat_lane(bot, chat);
  out.group = std::move(group);
  out.kind = "telegram.";
  out.kind += to_string(what.what);
  out.payload = encode(what);
  out.created_at = now;
  return out;
}

thread_piece piece_of(const domain::ticket& ticket,
                      domain::message_sequence number,
                      const domain::message_draft& message) {
  thread_piece out;
  out.message = number;
  for (const auto& part : texts::parts_of(ticket, message))
    out.parts.push_back(part.number);
  return out;
}

std::vector<thread_piece> read_thread(const persistence::ticket_views& tickets,
                                      const domain::ticket& ticket,
                                      domain::message_sequence last) {
  const auto first = static_cast<std::uint32_t>(texts::thread_begin(last));
  std::vector<thread_piece> out;
  for (const auto& row :
       tickets.messages(ticket.id, domain::message_sequence{first - 1},
                        texts::thread_messages_max))
    if (row.number <= last)
      out.push_back(piece_of(ticket, row.number, row.message));
  return out;
}

std::vector<persistence::new_delivery>
show_message(wire::bot_number bot, wire::chat_id chat,
             const domain::ticket_id& ticket, const thread_piece& what,
             domain::timestamp now) {
  std::vector<persistence::new_delivery> out;
  wire::errand part;
  part.what = wire::errand_kind::message;
  part.ticket = ticket;
  part.message = what.message;
  for (const auto number : what.parts) {
    part.part = number;
    out.push_back(delivery_of(bot, chat, part,
                              part_group(ticket, what.message, number), now));
  }
  return out;
}

std::vector<persistence::new_delivery>
connect(wire::bot_number bot, wire::chat_id chat,
        const domain::ticket_id& ticket, domain::message_sequence last,
        const std::vector<thread_piece>& thread, std::string_view mark,
        domain::timestamp now) {
  std::vector<persistence::new_delivery> out;
  wire::errand hello;
  hello.what = wire::errand_kind::connected;
  hello.ticket = ticket;
  hello.message = last;
  std::string group = "connected:" + to_string(ticket.value) + ':';
  group += mark;
  out.push_back(delivery_of(bot, chat, hello, std::move(group), now));
  for (const auto& piece : thread)
    for (auto& one : show_message(bot, chat, ticket, piece, now))
      out.push_back(std::move(one));
  return out;
}

std::string unreached_row(const domain::ticket_id& ticket,
                          const domain::user& agent) {
  return "telegram_unreached:" + to_string(ticket.value) + ':'
         + to_string(agent.id);
}

boost::asio::awaitable<update_outcome> finish(const desk_tools& tools,
                                              const update_claim& claim,
                                              persistence::changes what) {
  what.claims.push_back(claim.once());
  auto committing = commit(tools.journal, std::move(what));
  const auto outcome = co_await std::move(committing);
  co_return std::holds_alternative<persistence::commit_failure>(outcome)
    ? update_outcome::not_durable
    : update_outcome::done;
}

boost::asio::awaitable<update_outcome>
tell(const desk_tools& tools, const update_claim& claim, wire::chat_id chat,
     std::string text, std::optional<domain::ticket_id> about) {
  wire::errand notice;
  notice.what = wire::errand_kind::notice;
  notice.ticket = about;
  notice.text = std::move(text);
  persistence::changes what;
  what.deliveries.push_back(
    delivery_of(tools.bot, chat, notice,
                "notice:" + to_string(tools.ids.next_uuid()), tools.now()));
  auto finishing = finish(tools, claim, std::move(what));
  co_return co_await std::move(finishing);
}

void answer_tap(const desk_tools& tools, const std::string& query,
                std::string text, bool is_alert) {
  wire::answer_callback_query answer;
  answer.query = query;
  answer.text = std::move(text);
  answer.is_alert = is_alert;
  actors::outgoing call;
  call.call = std::move(answer);
  call.urgency = wire::urgency::customer;
  tools.say(std::move(call));
}

} // namespace switchboard::api::telegram
