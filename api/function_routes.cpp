#include "api/function_routes.hpp"

#include "api/commands.hpp"
#include "api/errors.hpp"
#include "api/idempotency.hpp"
#include "channels/json/writer.hpp"

#include <string>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;

namespace {

constexpr const char* id_field = "executor_id";
constexpr const char* chat_field = "executor_telegram_chat_id";

net::response wrong(const char* field, const char* message) {
  const channels::json::field_problem problem{field, message};
  return invalid_response({&problem, 1});
}

} // namespace

function_routes::function_routes(ticket_tools tools,
                                 std::optional<telegram::executor_bot> bot)
  : tools_{std::move(tools)},
    bot_{bot},
    records_{tools_.rows},
    tickets_{tools_.rows} {}

void function_routes::add_to(net::router& router, gate& door) {
  door.add(router,
           {verb::post, "/functions/v1/telegram-webhook",
            domain::scope::tickets_write},
           this, &function_routes::on_ticket);
}

std::variant<std::optional<domain::user>, net::response>
function_routes::find_executor(const rest::executor_ticket& wanted) const {
  auto id = wanted.executor;
  if (wanted.executor_chat) {
    const auto by_chat = records_.find_telegram_user(*wanted.executor_chat);
    if (!by_chat)
      return wrong(chat_field, "is nobody's Telegram chat");
    if (id && *id != *by_chat)
      return wrong(chat_field, "is not the chat of executor_id");
    id = by_chat;
  }
  if (!id)
    return std::optional<domain::user>{};
  auto found = records_.find(*id);
  if (!found)
    return wrong(wanted.executor ? id_field : chat_field, "is no executor's");
  return std::optional{std::move(found->value)};
}

domain::create_ticket
function_routes::creation_of(rest::executor_ticket&& wanted,
                             const std::optional<domain::user>& executor,
                             const caller& who) const {
  domain::create_ticket out;
  out.id = domain::ticket_id{tools_.ids.next_uuid()};
  out.number = tools_.ids.next_number();
  out.ref = tools_.ids.next_ref();
  out.from = std::move(wanted.from);
  out.subject = std::move(wanted.title);
  out.urgency = wanted.urgency;
  out.via = domain::channel::api;
  out.actor = who.name;
  if (executor)
    out.assignee = to_string(executor->id);
  out.first_message.id = domain::message_id{tools_.ids.next_uuid()};
  out.first_message.sender_name = out.from.name;
  out.first_message.via = out.via;
  out.first_message.body = std::move(wanted.description);
  return out;
}

function_routes::answer function_routes::on_ticket(net::request& req,
                                                   const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto form = rest::decode_executor_ticket(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  auto found = find_executor(*form.value);
  if (auto* refusal = std::get_if<net::response>(&found))
    co_return std::move(*refusal);
  const auto& executor = std::get<std::optional<domain::user>>(found);
  auto create = creation_of(std::move(*form.value), executor, who);
  actors::ticket_request request;
  request.target = create.id;
  auto claim
    = claim_idempotency(req, create.id.value.view(), tools_.now(), who.name);
  if (auto* refusal = std::get_if<net::response>(&claim))
    co_return std::move(*refusal);
  if (auto* once = std::get_if<persistence::unique_claim>(&claim))
    request.once = std::move(*once);
  request.command = std::move(create);
  auto commanding = command(req, tools_.engine, std::move(request));
  const auto reply = co_await std::move(commanding);
  if (!reply)
    co_return refused_command(reply.error());
  auto id = reply.value().id;
  if (const auto& taken = reply.value().taken) {
    if (!is_idempotency_conflict(*taken))
      co_return refused_response(
        {domain::errc::overloaded, "no free reference was found; try again"});
    const auto effect = first_effect(req, taken->result);
    const auto first = effect ? domain::uuid_from_bytes(*effect) : std::nullopt;
    if (!first)
      co_return other_body();
    id = domain::ticket_id{*first};
  }
  co_return created(id);
}

net::response function_routes::created(domain::ticket_id id) const {
  const auto ticket = tickets_.load(id);
  if (!ticket)
    return no_ticket();
  const auto executor = telegram::agent_of(records_, ticket->assignee);
  const bool is_notified
    = bot_ && executor && telegram::chat_for(*bot_, *executor, *ticket);
  std::string body;
  channels::json::writer out{body};
  rest::write_executor_ticket(
    out, *ticket, executor ? std::optional{executor->id} : std::nullopt,
    is_notified);
  net::response made{201, std::move(body)};
  made.headers.emplace_back("Location",
                            "/api/v1/tickets/" + to_string(id.value));
  return made;
}

} // namespace switchboard::api
