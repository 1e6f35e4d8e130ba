#include "api/telegram/executors_outbox.hpp"

#include <charconv>
#include <utility>

namespace switchboard::api::telegram {

namespace {

using wire::errand;
using wire::errand_kind;

constexpr std::string_view kind_prefix = "executor.";

std::string card_group(const std::optional<domain::ticket_id>& ticket) {
  return ticket ? "card:" + to_string(ticket->value) : std::string{"card:"};
}

persistence::new_delivery made(const executor_chat& to, std::string group,
                               std::string_view kind, const errand& what,
                               domain::timestamp now) {
  persistence::new_delivery out;
  out.lane = chat_lane(to.bot, to.chat);
  out.group = std::move(group);
  out.kind = kind_prefix;
  out.kind += kind;
  out.payload = encode(what);
  out.created_at = now;
  return out;
}

errand errand_of(errand_kind kind,
                 const std::optional<domain::ticket_id>& ticket) {
  errand out;
  out.what = kind;
  out.ticket = ticket;
  return out;
}

} // namespace

std::optional<executor_bot>
executor_bot_of(std::optional<wire::bot_number> executors,
                std::optional<wire::bot_number> desk) noexcept {
  if (!executors)
    return std::nullopt;
  return executor_bot{*executors, executors == desk};
}

std::optional<executor_chat> chat_for(const executor_bot& bot,
                                      const domain::user& who,
                                      const domain::ticket& ticket) {
  const bool gets_cards = who.role == domain::user_role::executor
                          || (bot.is_shared && !ticket.session);
  if (!who.telegram_id || !gets_cards)
    return std::nullopt;
  return executor_chat{bot.number, wire::chat_id{*who.telegram_id}};
}

std::optional<domain::user> agent_of(const persistence::record_views& records,
                                     std::string_view assignee) {
  std::uint64_t id = 0;
  const auto* const end = assignee.data() + assignee.size();
  const auto [stop, problem] = std::from_chars(assignee.data(), end, id);
  if (assignee.empty() || problem != std::errc{} || stop != end)
    return std::nullopt;
  auto found = records.find(domain::user_id{id});
  return found ? std::optional{std::move(found->value)} : std::nullopt;
}

bool is_for_executor(std::string_view delivery_kind) noexcept {
  return delivery_kind.starts_with(kind_prefix);
}

namespace executor_deliveries {

persistence::new_delivery card(const executor_chat& to,
                               const domain::ticket_id& ticket,
                               domain::sequence seen, domain::timestamp now) {
  auto out = made(to, card_group(ticket), "card",
                  errand_of(errand_kind::executor_card, ticket), now);
  out.sequence = seen;
  return out;
}

persistence::new_delivery
refreshed_cards(const executor_chat& to, const domain::ticket_id& ticket,
                wire::message_id from, domain::timestamp now) {
  auto what = errand_of(errand_kind::executor_card, ticket);
  what.about = from;
  return made(to, card_group(ticket), "card", what, now);
}

persistence::new_delivery
no_cards(const executor_chat& to,
         const std::optional<domain::ticket_id>& ticket,
         std::optional<wire::message_id> tapped, domain::timestamp now) {
  auto what = errand_of(errand_kind::executor_done, ticket);
  what.about = tapped;
  return made(to, card_group(ticket), "done", what, now);
}

persistence::new_delivery
spent_card(const executor_chat& to,
           const std::optional<domain::ticket_id>& ticket, wire::message_id at,
           domain::timestamp now) {
  auto what = errand_of(errand_kind::executor_done, ticket);
  what.about = at;
  what.part = spent_part;
  return made(to, card_group(ticket), "done", what, now);
}

persistence::new_delivery
customer_message(const executor_chat& to, const domain::ticket_id& ticket,
                 domain::message_sequence number, domain::timestamp now) {
  auto what = errand_of(errand_kind::message, ticket);
  what.message = number;
  // It answers the card, so it waits until that has come.
  return made(to, card_group(ticket), "message", what, now);
}

persistence::new_delivery
question(const executor_chat& to, const domain::ticket_id& about,
         const domain::prompt_id& id, domain::timestamp now) {
  auto what = errand_of(errand_kind::prompt, about);
  what.prompt = id;
  return made(to, "prompt:" + to_string(id.value), "prompt", what, now);
}

persistence::new_delivery notice(const executor_chat& to, std::string text,
                                 std::optional<wire::message_id> answers,
                                 std::string_view occasion,
                                 domain::timestamp now) {
  errand what;
  what.text = std::move(text);
  what.about = answers;
  std::string group{"notice:"};
  group += occasion;
  return made(to, std::move(group), "notice", what, now);
}

} // namespace executor_deliveries

} // namespace switchboard::api::telegram
