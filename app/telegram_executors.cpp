#include "app/telegram_executors.hpp"

#include "channels/telegram/executor_texts.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::app {

namespace wire = channels::telegram;
namespace texts = channels::telegram::executor;
namespace out_of = api::telegram::executor_deliveries;
using actors::nothing_to_do;
using api::telegram::spent_part;

namespace {

/// Bots may delete what is younger than two days; an hour is for what waits in
/// between.
constexpr std::chrono::hours deletable_for{47};

wire::message_id id_of(const persistence::placed& what) {
  return wire::message_id{what.at.message};
}

persistence::place place_in(const api::telegram::executor_chat& chat,
                            wire::message_id message) {
  return {static_cast<std::int64_t>(chat.bot),
          static_cast<std::int64_t>(chat.chat),
          static_cast<std::int32_t>(message)};
}

actors::outgoing mirrored(wire::method call) {
  actors::outgoing out;
  out.call = std::move(call);
  return out;
}

bool is_gone(const wire::api_answer& told) {
  return told.meaning == wire::answer_class::message_gone;
}

/// Telegram's word for a message that is there but too old.
bool is_too_old(const wire::api_answer& told) {
  return !told.is_success()
         && told.description.find("can't be deleted") != std::string::npos;
}

void add_rows(persistence::changes& to,
              std::vector<persistence::row_change>&& rows) {
  std::move(rows.begin(), rows.end(), std::back_inserter(to.rows));
}

} // namespace

telegram_executors::telegram_executors(parts p)
  : parts_{std::move(p)},
    records_{parts_.journal.rows()},
    tickets_{parts_.journal.rows()},
    places_{parts_.journal.rows()} {}

// -- rendering ----------------------------------------------------------------

bool telegram_executors::owns(const persistence::delivery& d) noexcept {
  return api::telegram::is_for_executor(d.kind);
}

std::optional<telegram_executors::job>
telegram_executors::read_job(const persistence::delivery& d) {
  const auto lane = wire::parse_chat_lane(d.lane);
  auto what = wire::decode_errand(d.payload);
  if (!lane || !what)
    return std::nullopt;
  return job{std::move(*what), {lane->bot, lane->chat}};
}

actors::rendering
telegram_executors::render(const persistence::delivery& d) const {
  const auto j = read_job(d);
  if (!j)
    return nothing_to_do{"it says nothing"};
  switch (j->what.what) {
    case wire::errand_kind::executor_card:
      return j->what.about ? render_refresh(*j) : render_card(*j);
    case wire::errand_kind::executor_done: return render_removal(*j);
    case wire::errand_kind::prompt: return render_question(*j);
    case wire::errand_kind::message: return render_customer(*j);
    case wire::errand_kind::notice: return render_notice(*j);
    case wire::errand_kind::card:
    case wire::errand_kind::reminder:
    case wire::errand_kind::all_passed:
    case wire::errand_kind::connected:
    case wire::errand_kind::message_edit:
    case wire::errand_kind::reaction:
    case wire::errand_kind::open_tickets: break;
  }
  return nothing_to_do{"executors are not told such things"};
}

std::optional<domain::ticket>
telegram_executors::own_ticket(const job& j) const {
  auto ticket = j.what.ticket ? tickets_.load(*j.what.ticket) : std::nullopt;
  if (!ticket || !texts::is_open(*ticket))
    return std::nullopt;
  const auto agent = api::telegram::agent_of(records_, ticket->assignee);
  if (!agent || agent->telegram_id != static_cast<std::int64_t>(j.chat.chat))
    return std::nullopt;
  return ticket;
}

std::string
telegram_executors::description_of(const domain::ticket& ticket) const {
  if (!ticket.description.empty())
    return ticket.description;
  auto first = tickets_.messages(ticket, domain::message_sequence{}, 1);
  return first.empty() ? std::string{} : std::move(first.front().message.body);
}

std::vector<persistence::placed>
telegram_executors::cards_of(const job& j) const {
  std::vector<persistence::placed> out;
  if (!j.what.ticket)
    return out;
  const auto in_chat = place_in(j.chat, {});
  for (const auto& one :
       places_.of(*j.what.ticket, persistence::shown::executor_card))
    if (one.at.bot == in_chat.bot && one.at.chat == in_chat.chat)
      out.push_back(one);
  std::ranges::sort(out, {}, [](const auto& one) { return one.at; });
  return out;
}

std::optional<persistence::placed>
telegram_executors::first_card_of(const job& j) const {
  const auto all = cards_of(j);
  const auto from = j.what.about.value_or(api::telegram::first_card);
  const auto at = std::ranges::find_if(
    all, [from](const auto& one) { return id_of(one) >= from; });
  return at == all.end() ? std::nullopt : std::optional{*at};
}

std::optional<wire::reply_target>
telegram_executors::newest_card_of(const job& j) const {
  const auto all = cards_of(j);
  if (all.empty())
    return std::nullopt;
  return wire::reply_target{id_of(all.back()), {}};
}

actors::rendering telegram_executors::render_card(const job& j) const {
  const auto ticket = own_ticket(j);
  if (!ticket)
    return nothing_to_do{"the ticket is not open there any more"};
  wire::send_message call;
  call.to.chat = j.chat.chat;
  call.text = texts::card_text(*ticket, description_of(*ticket));
  call.markup = texts::card_keyboard(*ticket);
  return mirrored(std::move(call));
}

actors::rendering telegram_executors::render_refresh(const job& j) const {
  const auto card = first_card_of(j);
  const auto ticket = own_ticket(j);
  if (!card || !ticket)
    return nothing_to_do{"no such card is there any more"};
  wire::edit_message_text call;
  call.chat = j.chat.chat;
  call.message = id_of(*card);
  call.text = texts::card_text(*ticket, description_of(*ticket));
  call.keyboard = texts::card_keyboard(*ticket);
  return mirrored(std::move(call));
}

actors::rendering telegram_executors::render_removal(const job& j) const {
  std::optional<wire::message_id> at = j.what.about;
  if (!at)
    if (const auto card = first_card_of(j))
      at = id_of(*card);
  if (!at)
    return nothing_to_do{"no card is there any more"};
  const auto shown = places_.find(place_in(j.chat, *at));
  const bool is_old = shown && shown->since != domain::timestamp{}
                      && parts_.now() - shown->since > deletable_for;
  if (!is_old && j.what.part != spent_part) {
    wire::delete_message call;
    call.chat = j.chat.chat;
    call.message = *at;
    return mirrored(call);
  }
  const auto ticket
    = j.what.ticket ? tickets_.load(*j.what.ticket) : std::nullopt;
  wire::edit_message_text call;
  call.chat = j.chat.chat;
  call.message = *at;
  call.text = texts::spent_card_text(ticket ? &*ticket : nullptr);
  return mirrored(std::move(call));
}

actors::rendering telegram_executors::render_question(const job& j) const {
  const auto prompt
    = j.what.prompt ? records_.find(*j.what.prompt) : std::nullopt;
  const auto ticket = own_ticket(j);
  if (!prompt || !ticket
      || prompt->value.state != domain::prompt_state::awaiting_input)
    return nothing_to_do{"the question is not open any more"};
  wire::send_message call;
  call.to.chat = j.chat.chat;
  call.to.reply_to = newest_card_of(j);
  call.text = texts::question_text(*ticket, parts_.prompt_timeout);
  call.markup = texts::question_field();
  auto out = mirrored(std::move(call));
  // Somebody has just tapped and waits for it.
  out.urgency = wire::urgency::customer;
  return out;
}

actors::rendering telegram_executors::render_customer(const job& j) const {
  const auto ticket = own_ticket(j);
  if (!ticket || j.what.message == domain::message_sequence{})
    return nothing_to_do{"the ticket is not open there any more"};
  const domain::message_sequence before{
    static_cast<std::uint32_t>(j.what.message) - 1};
  const auto rows = tickets_.messages(*ticket, before, 1);
  if (rows.empty())
    return nothing_to_do{"there is no such message"};
  wire::send_message call;
  call.to.chat = j.chat.chat;
  call.to.reply_to = newest_card_of(j);
  call.text = texts::customer_text(*ticket, rows.front().message);
  auto out = mirrored(std::move(call));
  out.merge_key = std::hash<domain::ticket_id>{}(ticket->id) | 1U;
  return out;
}

actors::rendering telegram_executors::render_notice(const job& j) {
  if (j.what.text.empty())
    return nothing_to_do{"it says nothing"};
  wire::send_message call;
  call.to.chat = j.chat.chat;
  if (j.what.about)
    call.to.reply_to = wire::reply_target{*j.what.about, {}};
  call.text = j.what.text;
  return mirrored(std::move(call));
}

// -- settling -----------------------------------------------------------------

void telegram_executors::settled(const persistence::delivery& d,
                                 const wire::api_answer& told,
                                 domain::timestamp now,
                                 persistence::changes& settling) const {
  const auto j = read_job(d);
  if (!j || !j->what.ticket)
    return;
  if (j->what.what == wire::errand_kind::executor_done) {
    settle_removal(*j, told, now, settling);
  } else if (j->what.what == wire::errand_kind::executor_card) {
    if (j->what.about)
      settle_refresh(*j, told, now, settling);
    else
      settle_card(*j, told, d.sequence, now, settling);
  } else if (j->what.what == wire::errand_kind::prompt && told.is_success()) {
    if (const auto sent = wire::read_sent(told.result)) {
      persistence::showing what;
      what.ticket = *j->what.ticket;
      what.what = persistence::shown::prompt;
      what.since = now;
      add_rows(settling,
               persistence::show_rows({place_in(j->chat, sent->id), what}));
    }
  }
}

void telegram_executors::settle_card(const job& j, const wire::api_answer& told,
                                     domain::sequence seen,
                                     domain::timestamp now,
                                     persistence::changes& out) const {
  const auto sent
    = told.is_success() ? wire::read_sent(told.result) : std::nullopt;
  if (!sent)
    return;
  persistence::showing what;
  what.ticket = *j.what.ticket;
  what.what = persistence::shown::executor_card;
  what.since = now;
  add_rows(out, persistence::show_rows({place_in(j.chat, sent->id), what}));
  // While the card was on its way, the ticket may have changed, or become
  // somebody else's.
  const auto ticket = own_ticket(j);
  if (!ticket)
    out.deliveries.push_back(
      out_of::no_cards(j.chat, j.what.ticket, sent->id, now));
  else if (ticket->last_event > seen)
    out.deliveries.push_back(
      out_of::refreshed_cards(j.chat, ticket->id, sent->id, now));
}

void telegram_executors::settle_refresh(const job& j,
                                        const wire::api_answer& told,
                                        domain::timestamp now,
                                        persistence::changes& out) const {
  const auto card = first_card_of(j);
  if (!card)
    return;
  if (is_gone(told))
    add_rows(out, persistence::unshow_rows(*card));
  auto next = j;
  next.what.about
    = wire::message_id{static_cast<std::int32_t>(card->at.message) + 1};
  if (const auto other = first_card_of(next))
    out.deliveries.push_back(
      out_of::refreshed_cards(j.chat, *j.what.ticket, id_of(*other), now));
}

void telegram_executors::settle_removal(const job& j,
                                        const wire::api_answer& told,
                                        domain::timestamp now,
                                        persistence::changes& out) const {
  const auto all = cards_of(j);
  std::optional<wire::message_id> at = j.what.about;
  if (!at && !all.empty())
    at = id_of(all.front());
  if (!at)
    return;
  if (is_too_old(told) && j.what.part != spent_part) {
    out.deliveries.push_back(
      out_of::spent_card(j.chat, j.what.ticket, *at, now));
    return;
  }
  const auto here = std::ranges::find_if(
    all, [&](const auto& one) { return id_of(one) == *at; });
  if (here != all.end())
    add_rows(out, persistence::unshow_rows(*here));
  const bool has_more = std::ranges::any_of(
    all, [&](const auto& one) { return id_of(one) != *at; });
  if (has_more && !own_ticket(j))
    out.deliveries.push_back(
      out_of::no_cards(j.chat, j.what.ticket, std::nullopt, now));
}

} // namespace switchboard::app
