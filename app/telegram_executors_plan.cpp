#include "api/telegram/executors_prompts.hpp"
#include "app/telegram_executors.hpp"

#include <utility>

/// What is due to executors: cards by events, ends of questions by timers.
namespace switchboard::app {

namespace wire = channels::telegram;
namespace out_of = api::telegram::executor_deliveries;

namespace {

/// What `events` did to a ticket, as far as cards show it.
struct story {
  std::string holder_before;
  domain::status state_before{};
  bool is_new = false;
  bool changes_card = false;
  std::vector<domain::message_sequence> from_customer;
};

bool is_open(domain::status state) {
  return state != domain::status::resolved && state != domain::status::closed;
}

story read(const domain::ticket& after,
           std::span<const domain::ticket_event> events) {
  story out{after.assignee, after.state, false, false, {}};
  bool has_holder = false;
  bool has_state = false;
  for (const auto& event : events) {
    if (std::holds_alternative<domain::ticket_created>(event.fact)) {
      out.is_new = true;
    } else if (const auto* moved
               = std::get_if<domain::status_changed>(&event.fact)) {
      if (!std::exchange(has_state, true))
        out.state_before = moved->from;
      out.changes_card = true;
    } else if (const auto* given
               = std::get_if<domain::assignee_changed>(&event.fact)) {
      if (!std::exchange(has_holder, true))
        out.holder_before = given->previous;
    } else if (const auto* said
               = std::get_if<domain::message_added>(&event.fact)) {
      if (said->message.role == domain::sender_role::customer)
        out.from_customer.push_back(said->number);
    } else if (std::holds_alternative<domain::priority_changed>(event.fact)
               || std::holds_alternative<domain::ticket_edited>(event.fact)) {
      out.changes_card = true;
    }
  }
  return out;
}

} // namespace

std::optional<telegram_executors::executor_chat>
telegram_executors::chat_of(const std::string& assignee,
                            const domain::ticket& ticket) const {
  const auto user = api::telegram::agent_of(records_, assignee);
  if (!user)
    return std::nullopt;
  auto chat = api::telegram::chat_for(*parts_.bot, *user, ticket);
  // Whoever asked for a list has cards, too.
  if (!chat && user->telegram_id && has_cards(ticket.id))
    chat = executor_chat{parts_.bot->number, wire::chat_id{*user->telegram_id}};
  return chat;
}

bool telegram_executors::has_cards(const domain::ticket_id& ticket) const {
  return !places_.of(ticket, persistence::shown::executor_card, 1).empty();
}

std::vector<persistence::new_delivery>
telegram_executors::plan(const domain::ticket& after,
                         std::span<const domain::ticket_event> events) const {
  std::vector<persistence::new_delivery> out;
  if (!parts_.bot)
    return out;
  const auto was = read(after, events);
  if (was.holder_before.empty() && after.assignee.empty())
    return out;
  const auto now = after.updated_at;
  const bool is_active = is_open(after.state) && !after.assignee.empty();
  const bool was_active
    = !was.is_new && is_open(was.state_before) && !was.holder_before.empty();
  const bool same_holder = was.holder_before == after.assignee;
  if (was_active && !(is_active && same_holder))
    if (const auto chat = chat_of(was.holder_before, after))
      out.push_back(out_of::no_cards(*chat, after.id, std::nullopt, now));
  const bool is_fresh = is_active && !(was_active && same_holder);
  const bool has_news = !was.is_new && !was.from_customer.empty();
  if (!is_active || !(is_fresh || was.changes_card || has_news))
    return out;
  const auto chat = chat_of(after.assignee, after);
  if (!chat)
    return out;
  if (is_fresh)
    out.push_back(out_of::card(*chat, after.id, after.last_event, now));
  else if (was.changes_card)
    out.push_back(
      out_of::refreshed_cards(*chat, after.id, api::telegram::first_card, now));
  if (has_news)
    for (const auto number : was.from_customer)
      out.push_back(out_of::customer_message(*chat, after.id, number, now));
  return out;
}

void telegram_executors::wake(const persistence::timer_change& timer) const {
  if (timer.kind != domain::entity_kind::prompt)
    return;
  auto what
    = api::telegram::prompt_due(parts_.journal.rows(), timer, parts_.now());
  // Whatever is not written now is due again in a few seconds.
  parts_.journal.commit(std::move(what), [](const auto&) {});
}

} // namespace switchboard::app
