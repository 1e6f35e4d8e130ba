#include "app/whatsapp_bot.hpp"

#include "api/commands.hpp"
#include "api/whatsapp/tools.hpp"
#include "app/whatsapp_parts.hpp"
#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"
#include "domain/text.hpp"
#include "persistence/claims.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

namespace switchboard::app {

using channels::http_answer;

namespace {

constexpr std::string_view bot_scope = "whatsapp.bot";
constexpr std::size_t uuid_text_size = 36;
constexpr std::size_t reply_size_max = std::size_t{64} * 1024;

std::optional<domain::ticket_id> read_payload(std::string_view payload) {
  static constexpr std::array<std::string_view, 1> fields{"ticket"};
  channels::json::object_reader in{payload, fields};
  if (!in.is_object())
    return std::nullopt;
  const auto id
    = domain::parse_uuid(in.text(fields[0], {.length_max = uuid_text_size}));
  return id ? std::optional{domain::ticket_id{*id}} : std::nullopt;
}

handed_back done() {
  return {};
}

} // namespace

std::string encode_bot_question(const domain::ticket& ticket,
                                const domain::session& who,
                                std::string_view words) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ticket").begin_object();
  out.key("number").number(static_cast<std::uint64_t>(ticket.number));
  out.key("ref").string(ticket.ref).end_object();
  out.key("chat").begin_object();
  out.key("phone").string_or_null(who.contact.phone);
  out.key("name").string_or_null(who.contact.name).end_object();
  out.key("message").begin_object().key("text").string(words).end_object();
  out.end_object();
  return body;
}

std::optional<std::string> decode_bot_reply(const http_answer& answer) {
  static constexpr std::array<std::string_view, 1> fields{"reply"};
  if (answer.failure != channels::http_failure::none || answer.status < 200
      || answer.status > 299)
    return std::nullopt;
  channels::json::object_reader in{answer.body, fields};
  if (!in.is_object())
    return std::nullopt;
  const auto reply = in.text(fields[0], {reply_size_max});
  if (reply.empty() || !in.problems().empty())
    return std::nullopt;
  return std::string{domain::clip(reply, domain::body_length_max)};
}

whatsapp_bot::whatsapp_bot(parts p)
  : parts_{std::move(p)},
    records_{parts_.journal.rows()},
    tickets_{parts_.journal.rows()} {}

boost::asio::awaitable<handed_back>
whatsapp_bot::hand_back(persistence::delivery what) {
  const auto id = read_payload(what.payload);
  const auto ticket = id ? tickets_.load(*id) : std::nullopt;
  const auto who = ticket && ticket->session
                     ? records_.find(ticket->session->session)
                     : std::nullopt;
  if (!who)
    co_return done();
  auto name = to_string(id->value);
  if (persistence::find_claim(parts_.journal.rows(), bot_scope, name,
                              parts_.now()))
    co_return done();
  std::string words;
  // Asked once: the customer waits.
  if (what.attempts == 0) {
    auto asking = ask(*ticket, who->value);
    words = co_await std::move(asking);
  }
  if (words.empty() && parts_.otherwise)
    words = parts_.otherwise(who->value, ticket->number, ticket->ref);
  if (words.empty())
    co_return done();
  domain::add_message said;
  said.message.id = {parts_.ids.next_uuid()};
  said.message.role = domain::sender_role::bot;
  said.message.via = domain::channel::whatsapp;
  said.message.body = std::move(words);
  actors::ticket_request request{*id, std::move(said)};
  request.once = persistence::unique_claim{
    std::string{bot_scope}, std::move(name), {}, std::nullopt};
  auto telling = api::command(parts_.asker, parts_.engine, std::move(request));
  const auto told = co_await std::move(telling);
  handed_back out;
  if (!told && api::whatsapp::is_of_the_world(told.error())) {
    out.what = handed_back::kind::try_later;
    out.reason = told.error().detail;
  }
  co_return out;
}

boost::asio::awaitable<std::string>
whatsapp_bot::ask(const domain::ticket& ticket, const domain::session& who) {
  const auto rows = tickets_.messages(ticket, {}, 1);
  channels::http_request request;
  request.url = parts_.url;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = encode_bot_question(
    ticket, who,
    rows.empty() ? std::string{} : whatsapp_words_of(rows.front().message));
  request.connect_timeout = parts_.timeout;
  request.total_timeout = parts_.timeout;
  request.public_only = false;
  auto asking = parts_.exchange(std::move(request));
  const auto answer = co_await std::move(asking);
  auto reply = decode_bot_reply(answer);
  if (!reply)
    spdlog::warn("the bot of WhatsApp did not answer for #{}: {}",
                 static_cast<std::uint64_t>(ticket.number),
                 answer.failure == channels::http_failure::none
                   ? "HTTP " + std::to_string(answer.status)
                   : std::string{to_string(answer.failure)});
  co_return reply ? std::move(*reply) : std::string{};
}

} // namespace switchboard::app
