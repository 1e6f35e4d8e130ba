#include "domain/ticket.hpp"

#include "domain/match.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace switchboard::domain {

namespace {

using decision = result<std::vector<ticket_event>>;

/// Numbers the facts that a command causes, one after the other.
class history {
public:
  history(sequence last, timestamp at, std::size_t expected)
    : last_{static_cast<std::uint64_t>(last)}, at_{at} {
    events_.reserve(expected);
  }

  // The clock may step back; the history of one ticket does not.
  history(const ticket& current, const context& ctx, std::size_t expected)
    : history{current.last_event, std::max(ctx.now, current.updated_at),
              expected} {}

  void add(ticket_fact fact) {
    events_.push_back({sequence{++last_}, at_, std::move(fact)});
  }

  decision done() && {
    return std::move(events_);
  }

private:
  std::uint64_t last_;
  timestamp at_;
  std::vector<ticket_event> events_;
};

/// Nothing more is expected here, unless the customer writes again.
bool is_finished(status s) noexcept {
  return s == status::resolved || s == status::closed;
}

message_sequence next_message(message_sequence last) noexcept {
  return message_sequence{static_cast<std::uint32_t>(last) + 1};
}

auto illegal(status from) {
  std::string detail{to_string(from)};
  detail += " may go to: ";
  bool first = true;
  for (const auto to : legal_moves(from)) {
    if (!first)
      detail += ", ";
    detail += to_string(to);
    first = false;
  }
  return fail(errc::illegal_transition, std::move(detail));
}

/// The move itself; a ticket that goes back into the queue belongs to nobody.
void move(history& out, const ticket& current, status to,
          const std::string& reason, const std::string& actor) {
  out.add(status_changed{current.state, to, reason, actor});
  if (to == status::pending && !current.assignee.empty())
    out.add(assignee_changed{{}, reason, actor, current.assignee});
}

bool has_words(const message_draft& draft) noexcept {
  return !draft.body.empty() || !draft.media_url.empty()
         || !draft.attachments.empty();
}

void check_draft([[maybe_unused]] const message_draft& draft) {
  assert(is_clean_utf8(draft.body));
  assert(has_words(draft));
  assert(count_code_points(draft.body) <= body_length_max);
  assert(count_code_points(draft.sender_name) <= name_length_max);
  assert(draft.external_id.size() <= external_id_size_max);
  assert(draft.media_url.size() <= media_url_size_max);
  assert(draft.attachments.size() <= attachments_max);
}

decision decide_create(const create_ticket& cmd, const context& ctx) {
  assert(!cmd.ref.empty());
  assert(static_cast<std::uint64_t>(cmd.number) > 0);
  assert(count_code_points(cmd.from.name) <= name_length_max);
  assert(count_code_points(cmd.subject) <= subject_length_max);
  history out{sequence{0}, ctx.now, 3};
  out.add(ticket_created{cmd.id, cmd.number, cmd.ref, cmd.from, cmd.subject,
                         cmd.urgency, cmd.via, cmd.follows, cmd.category,
                         cmd.tags, cmd.actor, cmd.session});
  if (has_words(cmd.first_message)) {
    check_draft(cmd.first_message);
    out.add(message_added{message_sequence{1}, cmd.first_message});
    if (has_words(cmd.notice))
      out.add(message_added{message_sequence{2}, cmd.notice});
  }
  if (!cmd.assignee.empty()) {
    out.add(status_changed{status::pending, status::assigned, {}, cmd.actor});
    out.add(assignee_changed{cmd.assignee, {}, cmd.actor, {}});
  }
  return std::move(out).done();
}

bool is_over(const ticket& current, const context& ctx) {
  if (current.state != status::resolved)
    return current.state == status::closed;
  const auto since = current.resolved_at.value_or(current.updated_at);
  return ctx.now - since > ctx.reopen_window;
}

/// Where the customer's word takes the ticket, if anywhere.
std::optional<status> after_customer(const ticket& current) {
  if (current.state == status::waiting_customer)
    return status::in_progress;
  if (current.state == status::resolved)
    return current.assignee.empty() ? status::pending : status::in_progress;
  return std::nullopt;
}

decision decide_message(const ticket& current, const add_message& cmd,
                        const context& ctx) {
  check_draft(cmd.message);
  const bool from_customer = cmd.message.role == sender_role::customer;
  if (from_customer && is_over(current, ctx))
    return fail(errc::conversation_over,
                "this conversation is over; the message opens a new ticket");
  history out{current, ctx, 2};
  // The message comes first: it is the reason of the move.
  out.add(message_added{next_message(current.last_message), cmd.message});
  if (from_customer)
    if (const auto to = after_customer(current))
      move(out, current, *to, "the customer wrote", cmd.message.sender_name);
  return std::move(out).done();
}

bool has_message(const ticket& current, message_sequence number) {
  return number != message_sequence{} && number <= current.last_message;
}

auto no_such_message() {
  return fail(errc::invalid, "the ticket has no such message");
}

decision decide_edit(const ticket& current, const edit_message& cmd,
                     const context& ctx) {
  check_draft(cmd.message);
  if (!has_message(current, cmd.number))
    return no_such_message();
  history out{current, ctx, 1};
  out.add(message_edited{cmd.number, cmd.added_at, cmd.message});
  return std::move(out).done();
}

decision decide_reaction(const ticket& current, const react_to_message& cmd,
                         const context& ctx) {
  assert(!cmd.by.empty());
  assert(cmd.emoji.size() <= emoji_size_max);
  if (!has_message(current, cmd.number))
    return no_such_message();
  history out{current, ctx, 1};
  out.add(message_reacted{cmd.number, cmd.by, cmd.by_name, cmd.emoji});
  return std::move(out).done();
}

decision decide_deletion(const ticket& current, const delete_message& cmd,
                         const context& ctx) {
  if (!has_message(current, cmd.number))
    return no_such_message();
  history out{current, ctx, 1};
  out.add(message_deleted{cmd.number, cmd.actor});
  return std::move(out).done();
}

decision decide_delivery(const ticket& current, const report_delivery& cmd,
                         const context& ctx) {
  assert(cmd.external_id.size() <= external_id_size_max);
  assert(count_code_points(cmd.reason) <= reason_length_max);
  if (!has_message(current, cmd.number))
    return no_such_message();
  history out{current, ctx, 1};
  out.add(delivery_reported{cmd.number, cmd.part, cmd.to, cmd.via,
                            cmd.external_id, cmd.reason});
  return std::move(out).done();
}

decision decide_status(const ticket& current, const change_status& cmd,
                       const context& ctx) {
  if (!may_move(current.state, cmd.to))
    return illegal(current.state);
  history out{current, ctx, 2};
  move(out, current, cmd.to, cmd.reason, cmd.actor);
  return std::move(out).done();
}

decision decide_claim(const ticket& current, const claim_ticket& cmd,
                      const context& ctx) {
  assert(!cmd.agent.empty());
  if (!current.assignee.empty())
    return fail(errc::already_assigned, current.assignee);
  if (current.state != status::assigned
      && !may_move(current.state, status::assigned))
    return illegal(current.state);
  history out{current, ctx, 2};
  if (current.state != status::assigned)
    out.add(status_changed{current.state, status::assigned, {}, cmd.agent});
  out.add(assignee_changed{cmd.agent, {}, cmd.agent, {}});
  return std::move(out).done();
}

decision decide_pass(const ticket& current, const pass_ticket& cmd,
                     const context& ctx) {
  assert(!cmd.agent.empty());
  if (!current.assignee.empty())
    return fail(errc::already_assigned, current.assignee);
  if (is_finished(current.state))
    return illegal(current.state);
  const auto& passed = current.passed_by;
  history out{current, ctx, 1};
  if (passed.size() < passes_max
      && std::find(passed.begin(), passed.end(), cmd.agent) == passed.end())
    out.add(ticket_passed{cmd.agent});
  return std::move(out).done();
}

decision decide_reminder(const ticket& current, const remind_unclaimed& cmd,
                         const context& ctx) {
  history out{current, ctx, 2};
  if (current.state != status::pending || current.is_overdue)
    return std::move(out).done();
  out.add(claim_overdue{});
  if (has_words(cmd.notice)) {
    check_draft(cmd.notice);
    out.add(message_added{next_message(current.last_message), cmd.notice});
  }
  return std::move(out).done();
}

decision decide_customer_reminder(const ticket& current,
                                  const remind_customer& cmd,
                                  const context& ctx) {
  history out{current, ctx, 2};
  if (current.state != status::waiting_customer || current.is_reminded)
    return std::move(out).done();
  out.add(customer_reminded{});
  if (has_words(cmd.notice)) {
    check_draft(cmd.notice);
    out.add(message_added{next_message(current.last_message), cmd.notice});
  }
  return std::move(out).done();
}

decision decide_progress(const ticket& current, const report_progress& cmd,
                         const context& ctx) {
  assert(!cmd.body.empty());
  assert(count_code_points(cmd.body) <= body_length_max);
  history out{current, ctx, 1};
  out.add(progress_reported{cmd.body, cmd.author});
  return std::move(out).done();
}

decision decide_assign(const ticket& current, const assign_ticket& cmd,
                       const context& ctx) {
  assert(!cmd.agent.empty());
  if (is_finished(current.state))
    return illegal(current.state);
  const bool waits
    = current.state == status::pending || current.state == status::escalated;
  history out{current, ctx, 2};
  if (waits)
    out.add(
      status_changed{current.state, status::assigned, cmd.reason, cmd.actor});
  if (current.assignee != cmd.agent)
    out.add(
      assignee_changed{cmd.agent, cmd.reason, cmd.actor, current.assignee});
  return std::move(out).done();
}

decision decide_release(const ticket& current, const release_ticket& cmd,
                        const context& ctx) {
  // A finished ticket is reopened, by a change of status, not released.
  if (is_finished(current.state) || !may_move(current.state, status::pending))
    return illegal(current.state);
  history out{current, ctx, 2};
  move(out, current, status::pending, cmd.reason, cmd.actor);
  return std::move(out).done();
}

decision decide_priority(const ticket& current, const change_priority& cmd,
                         const context& ctx) {
  history out{current, ctx, 1};
  if (current.urgency != cmd.to)
    out.add(priority_changed{current.urgency, cmd.to, cmd.actor});
  return std::move(out).done();
}

/// Leaves of `wanted` what is not so already.
ticket_edits changed(const ticket& current, const ticket_edits& wanted) {
  ticket_edits out;
  if (wanted.subject && *wanted.subject != current.subject)
    out.subject = wanted.subject;
  if (wanted.description && *wanted.description != current.description)
    out.description = wanted.description;
  if (wanted.category && *wanted.category != current.category)
    out.category = wanted.category;
  if (wanted.tags && *wanted.tags != current.tags)
    out.tags = wanted.tags;
  if (wanted.from && *wanted.from != current.from)
    out.from = wanted.from;
  return out;
}

/// Where a change of hands takes a ticket: what waits is worked on then, and
/// what nobody works on waits.
status with_holder(status now, const std::string& holder) {
  const bool waits = now == status::pending || now == status::escalated;
  if (!holder.empty())
    return waits ? status::assigned : now;
  return waits || is_finished(now) ? now : status::pending;
}

decision decide_update(const ticket& current, const update_ticket& cmd,
                       const context& ctx) {
  const bool gives = cmd.assignee && !cmd.assignee->empty();
  if (gives && cmd.state == status::pending)
    return fail(errc::invalid, "a ticket that waits in the queue has no agent");
  history out{current, ctx, 4};
  if (auto edits = changed(current, cmd.edits); edits != ticket_edits{})
    out.add(ticket_edited{std::move(edits), cmd.actor});
  if (cmd.urgency && *cmd.urgency != current.urgency)
    out.add(priority_changed{current.urgency, *cmd.urgency, cmd.actor});
  auto state = current.state;
  const auto wanted = cmd.state.value_or(state);
  const bool assigns = cmd.assignee && *cmd.assignee != current.assignee;
  if (assigns) {
    const auto next = cmd.state ? state : with_holder(state, *cmd.assignee);
    if (next != state)
      out.add(status_changed{std::exchange(state, next), next, cmd.reason,
                             cmd.actor});
    out.add(
      assignee_changed{*cmd.assignee, cmd.reason, cmd.actor, current.assignee});
  }
  if (cmd.state && wanted != state) {
    if (!may_move(state, wanted))
      return illegal(state);
    out.add(status_changed{state, wanted, cmd.reason, cmd.actor});
    const auto& holder = assigns ? *cmd.assignee : current.assignee;
    if (wanted == status::pending && !holder.empty())
      out.add(assignee_changed{{}, cmd.reason, cmd.actor, holder});
  }
  return std::move(out).done();
}

decision decide_note(const ticket& current, const add_note& cmd,
                     const context& ctx) {
  assert(!cmd.body.empty());
  assert(count_code_points(cmd.body) <= body_length_max);
  history out{current, ctx, 1};
  out.add(note_added{cmd.body, cmd.author});
  return std::move(out).done();
}

decision decide_mention(const ticket& current, const mention_user& cmd,
                        const context& ctx) {
  assert(!cmd.user.empty());
  history out{current, ctx, 1};
  out.add(user_mentioned{cmd.user, cmd.user_name, cmd.note, cmd.actor});
  return std::move(out).done();
}

} // namespace

result<std::vector<ticket_event>> decide(const std::optional<ticket>& current,
                                         const ticket_command& cmd,
                                         const context& ctx) {
  if (const auto* create = std::get_if<create_ticket>(&cmd)) {
    if (current)
      return fail(errc::already_exists, "the ticket exists already");
    return decide_create(*create, ctx);
  }
  if (!current)
    return fail(errc::unknown_ticket, "no ticket has this name");
  const ticket& t = *current;
  return match(
    cmd,
    [](const create_ticket&) -> decision {
      return fail(errc::already_exists, "the ticket exists already");
    },
    [&](const add_message& c) { return decide_message(t, c, ctx); },
    [&](const change_status& c) { return decide_status(t, c, ctx); },
    [&](const claim_ticket& c) { return decide_claim(t, c, ctx); },
    [&](const assign_ticket& c) { return decide_assign(t, c, ctx); },
    [&](const release_ticket& c) { return decide_release(t, c, ctx); },
    [&](const change_priority& c) { return decide_priority(t, c, ctx); },
    [&](const update_ticket& c) { return decide_update(t, c, ctx); },
    [&](const add_note& c) { return decide_note(t, c, ctx); },
    [&](const mention_user& c) { return decide_mention(t, c, ctx); },
    [&](const edit_message& c) { return decide_edit(t, c, ctx); },
    [&](const pass_ticket& c) { return decide_pass(t, c, ctx); },
    [&](const remind_unclaimed& c) { return decide_reminder(t, c, ctx); },
    [&](const report_progress& c) { return decide_progress(t, c, ctx); },
    [&](const react_to_message& c) { return decide_reaction(t, c, ctx); },
    [&](const delete_message& c) { return decide_deletion(t, c, ctx); },
    [&](const report_delivery& c) { return decide_delivery(t, c, ctx); },
    [&](const remind_customer& c) {
      return decide_customer_reminder(t, c, ctx);
    });
}

} // namespace switchboard::domain
