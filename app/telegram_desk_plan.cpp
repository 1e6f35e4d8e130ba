#include "app/telegram_desk_plan.hpp"

#include "channels/telegram/desk_texts.hpp"
#include "domain/match.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace switchboard::app {

namespace telegram = channels::telegram;
namespace texts = channels::telegram::desk;
using api::telegram::thread_piece;
using telegram::errand_kind;

namespace {

constexpr std::size_t admins_told_max = 20;

/// Who had the ticket before all of these events.
std::string first_holder(const domain::ticket& after,
                         std::span<const domain::ticket_event> events) {
  for (const auto& event : events) {
    if (const auto* change = std::get_if<domain::assignee_changed>(&event.fact))
      return change->previous;
    if (std::holds_alternative<domain::ticket_created>(event.fact))
      return {};
  }
  return after.assignee;
}

std::size_t text_parts(const thread_piece& piece) {
  return static_cast<std::size_t>(
    std::count_if(piece.parts.begin(), piece.parts.end(),
                  [](auto number) { return number < texts::first_file_part; }));
}

} // namespace

/// One commit's planning: follows the events with who has the ticket at each.
class telegram_desk_planner::run {
public:
  run(const telegram_desk_planner& with, const domain::ticket& after,
      std::span<const domain::ticket_event> events)
    : with_{with}, after_{after}, events_{events} {
    hold(first_holder(after, events));
  }

  std::vector<persistence::new_delivery> plan() && {
    for (const auto& event : events_) {
      now_ = event.at;
      mark_ = std::to_string(static_cast<std::uint64_t>(event.number));
      domain::match(
        event.fact, [this](const domain::ticket_created&) { card_ = true; },
        [this](const domain::message_added& e) { on(e); },
        [this](const domain::message_edited& e) { on(e); },
        [this](const domain::message_deleted& e) { on(e); },
        [this](const domain::message_reacted& e) { on(e); },
        [this](const domain::delivery_reported& e) { on(e); },
        [this](const domain::priority_changed&) { card_ = true; },
        [this](const domain::status_changed& e) { on(e); },
        [this](const domain::assignee_changed& e) { on(e); },
        [this](const domain::ticket_edited& e) { on(e); },
        [this](const domain::ticket_passed& e) { on(e); },
        [this](const domain::claim_overdue&) {
          tell_group(errand_kind::reminder);
        },
        [](const auto&) {});
    }
    // One for all: it shows the ticket as it is when it leaves.
    if (card_)
      tell_group(errand_kind::card);
    return std::move(out_);
  }

private:
  void on(const domain::message_added& e) {
    auto piece = api::telegram::piece_of(after_, e.number, e.message);
    if (chat_ && !is_echo(e.message))
      append(api::telegram::show_message(with_.bot_, *chat_, after_.id, piece,
                                         now_));
    added_.push_back(std::move(piece));
  }

  void on(const domain::message_edited& e) {
    if (e.number == domain::message_sequence{1})
      card_ = true;
    if (!chat_ || is_echo(e.message))
      return;
    // Parts may have come or gone.
    const auto count = std::max(
      text_parts(api::telegram::piece_of(after_, e.number, e.message)),
      text_parts(before_edit(e.number)));
    telegram::errand what;
    what.what = errand_kind::message_edit;
    what.message = e.number;
    for (; what.part < count; ++what.part)
      tell_agent(what,
                 api::telegram::part_group(after_.id, e.number, what.part));
  }

  /// Texts are edited to say so; files are taken away.
  void on(const domain::message_deleted& e) {
    if (e.number == domain::message_sequence{1})
      card_ = true;
    const auto row = row_of(e.number);
    if (!chat_ || !row || row->marks.deleted_at || is_echo(row->message))
      return;
    auto parts = api::telegram::piece_of(after_, e.number, row->message).parts;
    if (std::find(parts.begin(), parts.end(), 0U) == parts.end())
      parts.push_back(0);
    telegram::errand what;
    what.what = errand_kind::message_edit;
    what.message = e.number;
    for (const auto part : parts) {
      what.part = part;
      tell_agent(what, api::telegram::part_group(after_.id, e.number, part));
    }
  }

  void on(const domain::message_reacted& e) {
    const auto row = row_of(e.number);
    if (!chat_ || e.emoji.empty() || e.by == holder_ || !row)
      return;
    telegram::errand what;
    what.text = texts::reaction_text(after_, e.by_name, e.emoji, row->message);
    about(what, row->message);
    tell_agent(what, notice_group());
  }

  void on(const domain::delivery_reported& e) {
    const auto row = row_of(e.number);
    if (!chat_ || e.to != domain::delivery_state::failed || !row)
      return;
    // Several parts of it may fail; once said is enough.
    const auto& known = row->marks.delivery;
    if ((known && known->state == e.to) || !failed_.insert(e.number).second)
      return;
    telegram::errand what;
    what.text = texts::undelivered_text(after_, e.reason, row->message);
    about(what, row->message);
    tell_agent(what, notice_group());
  }

  void on(const domain::status_changed& e) {
    card_ = true;
    if (e.to == domain::status::escalated)
      tell_of_escalation(e);
    if (e.to != domain::status::resolved && e.to != domain::status::closed)
      return;
    telegram::errand what;
    what.text = texts::ended_text(after_.number, e.to, ended_by(e));
    tell_agent(what, notice_group());
  }

  void on(const domain::assignee_changed& e) {
    card_ = true;
    telegram::errand what;
    const auto next = with_.people_.find_agent(e.agent);
    what.text = e.agent.empty()
                  ? texts::released_text(after_.number)
                  : texts::handed_over_text(
                    after_.number, next ? texts::mention(*next) : e.agent);
    tell_agent(what, notice_group());
    hold(e.agent);
    if (chat_)
      append(api::telegram::connect(with_.bot_, *chat_, after_.id,
                                    last_message(), thread(), mark_, now_));
  }

  void on(const domain::ticket_edited& e) {
    if (e.edits.category)
      card_ = true;
    if (!e.edits.from)
      return;
    const auto& known = *e.edits.from;
    if (known.name.empty() && known.phone.empty() && known.email.empty())
      return;
    telegram::errand what;
    what.text = texts::contact_text(after_, known);
    if (chat_) {
      tell_agent(what, notice_group());
    } else if (texts::is_up_for_claim(after_) && with_.group_.is_set()) {
      what.ticket = after_.id;
      deliver(with_.group_.now(), what, notice_group());
    }
  }

  void on(const domain::ticket_passed& e) {
    const auto claimers = with_.people_.claimers(domain::passes_max);
    const auto& passed = after_.passed_by;
    const auto has_passed = [&](const domain::user& who) {
      return std::find(passed.begin(), passed.end(), to_string(who.id))
             != passed.end();
    };
    // Only the one who was missing makes it complete.
    const bool counts = std::any_of(
      claimers.begin(), claimers.end(),
      [&](const auto& who) { return to_string(who.id) == e.agent; });
    if (counts && claimers.size() < domain::passes_max && !all_passed_
        && std::all_of(claimers.begin(), claimers.end(), has_passed)) {
      all_passed_ = true;
      tell_group(errand_kind::all_passed);
    }
  }

  /// To the group, to whoever has it, and to the admins.
  void tell_of_escalation(const domain::status_changed& e) {
    telegram::errand what;
    what.ticket = after_.id;
    what.text = texts::escalated_text(after_, e.reason);
    if (with_.group_.is_set())
      deliver(with_.group_.now(), what, notice_group());
    if (chat_ && e.actor != holder_)
      deliver(*chat_, what, notice_group());
    for (const auto& admin : with_.people_.admins(admins_told_max)) {
      const auto chat = api::telegram::chat_of(admin);
      if (chat && chat != chat_ && e.actor != to_string(admin.id))
        deliver(*chat, what, notice_group());
    }
  }

  void hold(const std::string& agent) {
    holder_ = agent;
    const auto user = with_.people_.find_agent(agent);
    chat_ = user && api::telegram::may_claim(*user)
              ? api::telegram::chat_of(*user)
              : std::nullopt;
  }

  /// Written in the chat that it would go to.
  [[nodiscard]] bool is_echo(const domain::message_draft& message) const {
    const auto from = texts::parse_external_id(message.external_id);
    return from && chat_ && from->bot == with_.bot_ && from->chat == *chat_;
  }

  [[nodiscard]] domain::message_sequence last_message() const {
    // Those of later events are not there yet.
    const auto all
      = std::count_if(events_.begin(), events_.end(), [](const auto& event) {
          return std::holds_alternative<domain::message_added>(event.fact);
        });
    const auto later = static_cast<std::uint32_t>(all)
                       - static_cast<std::uint32_t>(added_.size());
    return domain::message_sequence{
      static_cast<std::uint32_t>(after_.last_message) - later};
  }

  /// The durable part of the conversation, and what these events add.
  [[nodiscard]] std::vector<thread_piece> thread() const {
    const auto last = last_message();
    const auto first = texts::thread_begin(last);
    auto out
      = api::telegram::read_thread(with_.people_.tickets(), after_, last);
    for (const auto& piece : added_)
      if (piece.message >= first
          && (out.empty() || out.back().message < piece.message))
        out.push_back(piece);
    return out;
  }

  [[nodiscard]] thread_piece
  before_edit(domain::message_sequence number) const {
    for (const auto& piece : added_)
      if (piece.message == number)
        return piece;
    const auto row = row_of(number);
    return row ? api::telegram::piece_of(after_, number, row->message)
               : thread_piece{};
  }

  /// The message as it was before these events; one that they add has none.
  [[nodiscard]] std::optional<persistence::message_row>
  row_of(domain::message_sequence number) const {
    const domain::message_sequence before{static_cast<std::uint32_t>(number)
                                          - 1};
    auto rows = with_.people_.tickets().messages(after_.id, before, 1);
    if (rows.empty() || rows.front().number != number)
      return std::nullopt;
    return std::move(rows.front());
  }

  /// Lets a notice answer the message, if it was written in this chat.
  void about(telegram::errand& what,
             const domain::message_draft& message) const {
    if (is_echo(message))
      what.about = texts::parse_external_id(message.external_id)->message;
  }

  [[nodiscard]] std::string ended_by(const domain::status_changed& e) const {
    if (e.actor == holder_)
      return {};
    if (const auto who = with_.people_.find_agent(e.actor))
      return "by " + texts::mention(*who);
    if (e.actor == "visitor")
      return "by the visitor";
    return e.reason;
  }

  [[nodiscard]] std::string notice_group() const {
    return "notice:" + to_string(after_.id.value) + ':' + mark_;
  }

  void tell_agent(telegram::errand what, std::string group) {
    if (!chat_)
      return;
    what.ticket = after_.id;
    deliver(*chat_, what, std::move(group));
  }

  void tell_group(errand_kind kind) {
    if (!with_.group_.is_set())
      return;
    telegram::errand what;
    what.what = kind;
    what.ticket = after_.id;
    deliver(with_.group_.now(), what, api::telegram::card_group(after_.id));
  }

  void deliver(telegram::chat_id chat, const telegram::errand& what,
               std::string group) {
    out_.push_back(api::telegram::delivery_of(with_.bot_, chat, what,
                                              std::move(group), now_));
  }

  void append(std::vector<persistence::new_delivery>&& more) {
    std::move(more.begin(), more.end(), std::back_inserter(out_));
  }

  const telegram_desk_planner& with_;
  const domain::ticket& after_;
  std::span<const domain::ticket_event> events_;
  std::vector<persistence::new_delivery> out_;
  domain::timestamp now_{};
  std::string mark_; ///< the number of the event
  std::string holder_;
  std::optional<telegram::chat_id> chat_; ///< of the holder
  std::vector<thread_piece> added_;       ///< by the events so far
  std::set<domain::message_sequence> failed_;
  bool card_ = false;
  bool all_passed_ = false;
};

std::vector<persistence::new_delivery> telegram_desk_planner::plan(
  const domain::ticket& after,
  std::span<const domain::ticket_event> events) const {
  if (!after.session)
    return {};
  return run{*this, after, events}.plan();
}

} // namespace switchboard::app
