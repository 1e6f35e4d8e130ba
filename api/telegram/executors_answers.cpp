#include "api/commands.hpp"
#include "api/commits.hpp"
#include "api/telegram/executors.hpp"
#include "api/telegram/executors_prompts.hpp"
#include "domain/text.hpp"

#include <utility>

namespace switchboard::api::telegram {

namespace {

namespace texts = wire::executor;
using domain::prompt_state;

/// How often a prompt is changed anew because somebody was quicker.
constexpr int tries_max = 5;

bool is_stale(const persistence::commit_outcome& result) {
  const auto* failure = std::get_if<persistence::commit_failure>(&result);
  return failure != nullptr && *failure == persistence::commit_failure::stale;
}

update_outcome outcome_of_commit(const persistence::commit_outcome& result) {
  return std::holds_alternative<persistence::commit_failure>(result)
           ? update_outcome::not_durable
           : update_outcome::done;
}

} // namespace

// -- what is known ------------------------------------------------------------

executors::open_question executors::question_of(domain::user_id who) const {
  const auto id = records_.find_open_prompt(who);
  return id ? records_.find(*id) : std::nullopt;
}

std::optional<domain::ticket_id>
executors::asked_about(const visit& v, const wire::message& in) const {
  if (!in.reply_to || in.reply_to->is_external)
    return std::nullopt;
  const auto shown = places_.find({static_cast<std::int64_t>(v.chat.bot),
                                   static_cast<std::int64_t>(v.chat.chat),
                                   static_cast<std::int32_t>(in.reply_to->id)});
  if (!shown || shown->what != persistence::shown::prompt)
    return std::nullopt;
  return shown->ticket;
}

std::optional<domain::ticket>
executors::own_ticket(domain::ticket_id id, const domain::user& who) const {
  auto ticket = tickets_.load(id);
  if (!ticket || ticket->assignee != to_string(who.id)
      || !texts::is_open(*ticket))
    return std::nullopt;
  return ticket;
}

// -- answers ------------------------------------------------------------------

executors::outcome executors::on_answer(const visit& v, const domain::user& who,
                                        const wire::message& in) {
  const auto asked = asked_about(v, in);
  const auto open = question_of(who.id);
  if (open && (!asked || *asked == open->value.ticket)) {
    auto taking = take_answer(v, who, in, *open);
    co_return co_await std::move(taking);
  }
  const auto ticket = asked ? tickets_.load(*asked) : std::nullopt;
  auto text = ticket ? texts::late_text(ticket->number)
                     : std::string{texts::no_question_text};
  auto telling = tell(v, std::move(text), in.id);
  co_return co_await std::move(telling);
}

executors::outcome
executors::take_answer(const visit& v, const domain::user& who,
                       const wire::message& in,
                       const persistence::versioned<domain::prompt>& asked) {
  const auto& prompt = asked.value;
  const auto now = parts_.now();
  auto first = find_answer(parts_.journal.rows(), prompt.id, now);
  const auto ticket = tickets_.load(prompt.ticket);
  const auto number = ticket ? ticket->number : domain::ticket_number{};
  if (!first && prompt.expires_at <= now) {
    auto ending = end_question(v, who.id, prompt_state::expired,
                               texts::late_text(number));
    co_return co_await std::move(ending);
  }
  if (!first && !own_ticket(prompt.ticket, who)) {
    auto ending = end_question(v, who.id, prompt_state::cancelled,
                               texts::late_text(number));
    co_return co_await std::move(ending);
  }
  std::string words{
    domain::clip(domain::trim(in.text.text), domain::body_length_max)};
  if (!first && words.empty()) {
    auto telling = tell(v, texts::needs_words_text(number), in.id);
    co_return co_await std::move(telling);
  }
  if (!first) {
    domain::report_progress report;
    report.body = words;
    report.author = to_string(who.id);
    actors::ticket_request request;
    request.target = prompt.ticket;
    request.command = std::move(report);
    request.once = answer_claim(prompt.id, words, now);
    auto commanding = command(v.actors, parts_.engine, std::move(request));
    const auto reply = co_await std::move(commanding);
    if (!reply)
      co_return outcome_of(reply.error());
    if (const auto& taken = reply.value().taken)
      words = taken->result;
  }
  auto completing
    = complete(v, prompt.id, number, std::move(first).value_or(words));
  co_return co_await std::move(completing);
}

executors::outcome executors::complete(const visit& v, domain::prompt_id id,
                                       domain::ticket_number number,
                                       std::string answer) {
  for (int tries = 0; tries < tries_max; ++tries) {
    const auto now = parts_.now();
    const auto before = records_.find(id);
    persistence::changes what;
    // Otherwise its timer was quicker, and the ticket has the answer anyway.
    if (before && before->value.state == prompt_state::awaiting_input)
      what = close_prompt(*before, prompt_state::completed, answer, now);
    what.claims.push_back(v.claim.once());
    what.deliveries.push_back(notice(v, texts::saved_text(number)));
    const auto result = co_await commit(parts_.journal, std::move(what));
    if (!is_stale(result))
      co_return outcome_of_commit(result);
  }
  co_return update_outcome::not_durable;
}

// -- ends ---------------------------------------------------------------------

executors::outcome executors::cancel_by_command(const visit& v,
                                                const domain::user& who) {
  const auto open = question_of(who.id);
  const auto ticket = open ? tickets_.load(open->value.ticket) : std::nullopt;
  if (!open) {
    auto telling = tell(v, std::string{texts::nothing_to_cancel_text});
    co_return co_await std::move(telling);
  }
  const auto number = ticket ? ticket->number : domain::ticket_number{};
  auto ending = end_question(v, who.id, prompt_state::cancelled,
                             texts::cancelled_text(number));
  co_return co_await std::move(ending);
}

executors::outcome executors::end_question(const visit& v, domain::user_id who,
                                           prompt_state to, std::string text) {
  for (int tries = 0; tries < tries_max; ++tries) {
    const auto now = parts_.now();
    const auto open = question_of(who);
    persistence::changes what;
    if (open)
      what = close_prompt(*open, to, {}, now);
    what.claims.push_back(v.claim.once());
    what.deliveries.push_back(notice(v, text));
    const auto result = co_await commit(parts_.journal, std::move(what));
    if (!is_stale(result))
      co_return outcome_of_commit(result);
  }
  co_return update_outcome::not_durable;
}

executors::outcome
executors::drop_question(domain::user_id who,
                         std::optional<domain::ticket_id> of) {
  for (int tries = 0; tries < tries_max; ++tries) {
    const auto now = parts_.now();
    const auto open = question_of(who);
    if (!open || (of && open->value.ticket != *of))
      co_return update_outcome::done;
    // The process may have ended between its answer and its end.
    auto answer = find_answer(parts_.journal.rows(), open->value.id, now);
    const auto to = answer ? prompt_state::completed : prompt_state::cancelled;
    auto what
      = close_prompt(*open, to, std::move(answer).value_or(std::string{}), now);
    const auto result = co_await commit(parts_.journal, std::move(what));
    if (!is_stale(result))
      co_return outcome_of_commit(result);
  }
  co_return update_outcome::not_durable;
}

} // namespace switchboard::api::telegram
