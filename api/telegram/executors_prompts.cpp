#include "api/telegram/executors_prompts.hpp"

#include "channels/telegram/executor_texts.hpp"
#include "persistence/claims.hpp"
#include "persistence/ticket_views.hpp"

#include <utility>

namespace switchboard::api::telegram {

namespace {

namespace texts = wire::executor;
using domain::prompt_state;

/// Longer than a prompt can be open.
constexpr std::chrono::days answer_memory{8};

persistence::timer_change timer_of(const domain::prompt& asked, bool set) {
  return {asked.expires_at, domain::entity_kind::prompt, asked.id.value,
          std::string{prompt_timer}, set};
}

} // namespace

executor_chat chat_of(const domain::prompt& asked) {
  return {wire::bot_number{asked.bot}, wire::chat_id{asked.chat}};
}

persistence::changes open_prompt(const domain::prompt& asked,
                                 domain::timestamp now) {
  auto out = persistence::save(std::nullopt, asked, now);
  out.timers.push_back(timer_of(asked, true));
  out.deliveries.push_back(
    executor_deliveries::question(chat_of(asked), asked.ticket, asked.id, now));
  return out;
}

persistence::changes
close_prompt(const persistence::versioned<domain::prompt>& before,
             prompt_state to, std::string answer, domain::timestamp now) {
  auto after = before.value;
  after.state = to;
  after.answer = std::move(answer);
  after.updated_at = now;
  auto out = persistence::save(before, after, now);
  out.timers.push_back(timer_of(before.value, false));
  return out;
}

persistence::unique_claim answer_claim(const domain::prompt_id& id,
                                       std::string answer,
                                       domain::timestamp now) {
  return {std::string{prompt_answer_scope}, to_string(id.value),
          std::move(answer), now + answer_memory};
}

std::optional<std::string> find_answer(const persistence::row_reader& rows,
                                       const domain::prompt_id& id,
                                       domain::timestamp now) {
  return persistence::find_claim(rows, prompt_answer_scope, to_string(id.value),
                                 now);
}

persistence::changes prompt_due(const persistence::row_reader& rows,
                                const persistence::timer_change& timer,
                                domain::timestamp now) {
  const domain::prompt_id id{timer.entity};
  const auto before = persistence::record_views{rows}.find(id);
  if (!before || before->value.state != prompt_state::awaiting_input
      || before->value.expires_at != timer.due) {
    persistence::changes nothing;
    nothing.timers.push_back(timer);
    nothing.timers.back().set = false;
    return nothing;
  }
  auto answer = find_answer(rows, id, now);
  const auto to = answer ? prompt_state::completed : prompt_state::expired;
  auto out
    = close_prompt(*before, to, std::move(answer).value_or(std::string{}), now);
  const auto ticket
    = persistence::ticket_views{rows}.load(before->value.ticket);
  if (ticket)
    out.deliveries.push_back(executor_deliveries::notice(
      chat_of(before->value),
      to == prompt_state::completed ? texts::saved_text(ticket->number)
                                    : texts::expired_text(ticket->number),
      std::nullopt, to_string(id.value), now));
  return out;
}

} // namespace switchboard::api::telegram
