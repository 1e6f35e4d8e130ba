#include "api/whatsapp/staff.hpp"

#include "api/commands.hpp"
#include "api/whatsapp/files.hpp"
#include "channels/whatsapp/errand.hpp"
#include "channels/whatsapp/texts.hpp"
#include "domain/permissions.hpp"
#include "domain/text.hpp"
#include "persistence/claims.hpp"
#include "persistence/ticket_changes.hpp"
#include "persistence/ticket_lists.hpp"

#include <charconv>
#include <utility>
#include <variant>

namespace switchboard::api::whatsapp {

namespace {

constexpr std::string_view kept_scope = "whatsapp.kept";
constexpr std::string_view no_words_text
  = "There are no words for this ticket yet. Write them after its name, or "
    "quote its message.";
constexpr std::string_view manager_name = "Manager";

std::string alias_key(std::string_view alias) {
  std::string out = "whatsapp_staff:";
  return out += alias;
}

bool may_claim(const domain::user& user) noexcept {
  return user.role != domain::user_role::executor;
}

bool may_do_all(const domain::user& user) noexcept {
  return user.role == domain::user_role::manager
         || user.role == domain::user_role::admin;
}

std::string name_in(const wire::inbound_message& message) {
  return wire::external_id(message.via, message.account, message.id);
}

const wire::said& words_in(const wire::inbound_message& message) {
  return std::get<wire::said>(message.what);
}

std::vector<wire::named_ticket> list(const persistence::row_reader& rows,
                                     const persistence::ticket_filter& filter) {
  std::vector<wire::named_ticket> out;
  const auto page = persistence::list_tickets(rows, filter, std::nullopt,
                                              wire::listed_tickets_max);
  for (const auto& ticket : page.tickets)
    out.push_back({ticket.number, ticket.subject});
  return out;
}

/// Their open tickets; who has none is shown what waits for somebody.
std::vector<wire::named_ticket>
open_tickets(const persistence::row_reader& rows, const colleague& who) {
  using domain::status;
  persistence::ticket_filter filter;
  filter.states = {status::assigned, status::in_progress,
                   status::waiting_customer, status::escalated};
  if (who.user) {
    filter.assignee = to_string(who.user->id);
    if (auto theirs = list(rows, filter); !theirs.empty())
      return theirs;
    filter.assignee = std::string{};
  }
  filter.states.push_back(status::pending);
  return list(rows, filter);
}

} // namespace

std::optional<colleague>
staff::find(const wire::inbound_message& message) const {
  const auto phone = phone_of(message.author);
  if (phone.empty())
    return std::nullopt;
  const bool is_manager = phone == tools_.options.manager_phone;
  colleague out;
  out.phone = phone;
  if (const auto id = records_.find_phone(phone))
    if (auto found = records_.find(*id))
      out.user = std::move(found->value);
  if (!out.user && !is_manager)
    return std::nullopt;
  if (is_manager || (out.user && out.user->role == domain::user_role::manager))
    out.role = domain::sender_role::manager;
  out.name = out.user ? out.user->name : message.author.name;
  if (out.name.empty())
    out.name = manager_name;
  out.name = std::string{domain::clip(out.name, domain::name_length_max)};
  return out;
}

std::string staff::phone_of(const wire::person& author) const {
  auto phone = author.phone;
  for (const auto& alias : author.aliases) {
    if (!phone.empty())
      break;
    if (!tools_.rows().get(persistence::family::meta, alias_key(alias), phone))
      phone.clear();
  }
  return phone;
}

boost::asio::awaitable<void>
staff::remember(const wire::inbound_message& message,
                const colleague& who) const {
  persistence::changes what;
  std::string known;
  for (const auto& alias : message.author.aliases) {
    auto key = alias_key(alias);
    if (message.author.phone.empty()
        || (tools_.rows().get(persistence::family::meta, key, known)
            && known == who.phone))
      continue;
    what.rows.push_back({persistence::family::meta, std::move(key), who.phone});
  }
  if (what.rows.empty())
    co_return;
  auto settling = settle(tools_, std::move(what));
  const auto result = co_await std::move(settling);
  static_cast<void>(result);
}

// -- which ticket -------------------------------------------------------------

staff::reading staff::read(const wire::inbound_message& message) const {
  reading out;
  const auto& text = words_in(message).text;
  out.words = domain::trim(text);
  out.ticket = marks_.ticket_of(message.via, message.account, message.reply_to);
  const auto front = wire::ticket_in_front(text);
  if (!front)
    return out;
  const auto named = tickets_.find_any_name(front->name);
  // A quote says more than a number that words begin with.
  if (out.ticket && out.ticket != named)
    return out;
  out.ticket = named;
  out.name = front->name;
  out.words = front->words;
  return out;
}

std::string staff::obstacle(const domain::ticket& ticket,
                            const colleague& who) const {
  if (ticket.state == domain::status::closed)
    return wire::closed_text(ticket.number);
  if (who.user && ticket.state == domain::status::escalated)
    if (const auto rule = domain::refusal(
          who.user->role, domain::queue_act::write,
          domain::standing_of(ticket, who.user->id), ticket.state))
      return wire::failed_text(ticket.number, *rule);
  if (!who.user || may_do_all(*who.user)
      || ticket.assignee == to_string(who.user->id))
    return {};
  if (ticket.assignee.empty())
    return may_claim(*who.user) ? std::string{}
                                : wire::not_yours_text(ticket.number, {});
  std::uint64_t number = 0;
  const auto* const end = ticket.assignee.data() + ticket.assignee.size();
  const auto [stop, error]
    = std::from_chars(ticket.assignee.data(), end, number);
  const auto holder = error == std::errc{} && stop == end
                        ? records_.find(domain::user_id{number})
                        : std::nullopt;
  return wire::not_yours_text(ticket.number,
                              holder ? holder->value.name : ticket.assignee);
}

staff::answer staff::on_said(wire::inbound_message& message,
                             const colleague& who) {
  const auto what = read(message);
  const bool has_files = !words_in(message).files.empty();
  if (!what.ticket) {
    if (what.words.empty() && !has_files) {
      auto telling = tell(message, what.name.empty()
                                     ? std::string{wire::no_content_text}
                                     : wire::unknown_ticket_text(what.name));
      co_return co_await std::move(telling);
    }
    auto keeping = keep(message, who, what);
    co_return co_await std::move(keeping);
  }
  const auto ticket = tickets_.load(*what.ticket);
  if (!ticket)
    co_return outcome::unknown_target;
  auto problem = obstacle(*ticket, who);
  if (!problem.empty()) {
    auto telling = tell(message, std::move(problem));
    co_return co_await std::move(telling);
  }
  const bool is_answer
    = !has_files
      && (what.words.empty()
          || (!message.reply_to.empty() && is_pointing(what.words)));
  auto kept = is_answer ? find_waiting(who) : std::nullopt;
  if (kept) {
    auto saying = say_kept(message, who, *ticket, std::move(*kept));
    co_return co_await std::move(saying);
  }
  if (what.words.empty() && !has_files) {
    auto telling = tell(message, std::string{no_words_text});
    co_return co_await std::move(telling);
  }
  auto saying = say(message, who, *ticket, what.words);
  co_return co_await std::move(saying);
}

// -- words without a ticket ---------------------------------------------------

std::string staff::ask(const colleague& who, const std::string& name) const {
  const auto open = open_tickets(tools_.rows(), who);
  auto question = wire::which_ticket_text(open);
  if (name.empty())
    return question;
  return wire::unknown_ticket_text(name) + "\n\n" + question;
}

std::optional<kept_words> staff::find_waiting(const colleague& who) const {
  const auto now = tools_.parts.now();
  auto kept = find_kept(tools_.rows(), who.phone, now);
  // The row outlives its words when it could not be taken away in time.
  if (kept && persistence::find_claim(tools_.rows(), kept_scope, kept->id, now))
    return std::nullopt;
  return kept;
}

staff::answer staff::keep(wire::inbound_message& message, const colleague& who,
                          const reading& what) {
  auto storing = keep_files(tools_, message, file_owner{});
  auto files = co_await std::move(storing);
  if (!files)
    co_return outcome::not_durable;
  kept_words words;
  words.id = name_in(message);
  words.at = tools_.parts.now();
  words.text = what.words;
  words.files = std::move(files.value());
  if (auto before = find_waiting(who))
    words = joined(std::move(*before), std::move(words));
  std::vector<persistence::row_change> rows{keep_row(who.phone, words)};
  auto telling = tell(message, ask(who, what.name), std::move(rows));
  co_return co_await std::move(telling);
}

staff::answer staff::say_kept(const wire::inbound_message& message,
                              const colleague& who,
                              const domain::ticket& ticket, kept_words kept) {
  auto draft = draft_of(message, who);
  draft.body = std::move(kept.text);
  draft.attachments = std::move(kept.files);
  // They are said once, whatever becomes of the row.
  persistence::unique_claim once{
    std::string{kept_scope},
    std::move(kept.id),
    {},
    tools_.parts.now() + persistence::message_claim_life};
  auto adding = add(message, who, ticket.id, std::move(draft), std::move(once));
  const auto result = co_await std::move(adding);
  if (result != outcome::done && result != outcome::repeated)
    co_return result;
  persistence::changes forgetting;
  forgetting.rows.push_back(forget_row(who.phone));
  auto settling = settle(tools_, std::move(forgetting));
  const auto forgotten = co_await std::move(settling);
  static_cast<void>(forgotten);
  co_return result;
}

// -- words with one -----------------------------------------------------------

staff::answer staff::say(wire::inbound_message& message, const colleague& who,
                         const domain::ticket& ticket, std::string words) {
  file_owner owner;
  owner.ticket = ticket.id;
  auto storing = keep_files(tools_, message, owner);
  auto files = co_await std::move(storing);
  if (!files)
    co_return outcome::not_durable;
  auto draft = draft_of(message, who);
  draft.body = std::string{domain::clip(words, domain::body_length_max)};
  draft.attachments = std::move(files.value());
  auto adding = add(message, who, ticket.id, std::move(draft), std::nullopt);
  co_return co_await std::move(adding);
}

domain::message_draft staff::draft_of(const wire::inbound_message& message,
                                      const colleague& who) const {
  domain::message_draft out;
  out.id = domain::message_id{tools_.parts.ids.next_uuid()};
  out.role = who.role;
  out.sender_name = who.name;
  out.via = domain::channel::whatsapp;
  out.external_id = name_in(message);
  return out;
}

staff::answer staff::add(const wire::inbound_message& message,
                         const colleague& who, domain::ticket_id ticket,
                         domain::message_draft draft,
                         std::optional<persistence::unique_claim> once) {
  auto beginning = begin_work(message, who, ticket);
  const auto stopped = co_await std::move(beginning);
  if (stopped)
    co_return *stopped;
  domain::add_message what;
  what.message = std::move(draft);
  actors::ticket_request request;
  request.target = ticket;
  request.command = std::move(what);
  request.once = std::move(once);
  auto asking = command(tools_.asker, tools_.parts.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  if (reply)
    co_return reply.value().taken ? outcome::repeated : outcome::done;
  if (is_of_the_world(reply.error()))
    co_return outcome::not_durable;
  const auto now = tickets_.load(ticket);
  const auto number = now ? now->number : domain::ticket_number{};
  auto telling = tell(message, wire::failed_text(number, reply.error().detail));
  co_return co_await std::move(telling);
}

boost::asio::awaitable<std::optional<outcome>>
staff::begin_work(const wire::inbound_message& message, const colleague& who,
                  domain::ticket_id ticket) {
  std::optional<outcome> stopped;
  auto current = tickets_.load(ticket);
  if (!who.user || !current)
    co_return stopped;
  const auto agent = to_string(who.user->id);
  const auto name = name_in(message);
  if (current->assignee.empty() && may_claim(*who.user)) {
    domain::claim_ticket claim;
    claim.agent = agent;
    auto once = update_claim(message.via, "claim:" + name, tools_.parts.now());
    auto claiming
      = tell_ticket(tools_, ticket, std::move(claim), std::move(once));
    const auto claimed = co_await std::move(claiming);
    if (claimed == outcome::not_durable) {
      stopped = claimed;
      co_return stopped;
    }
    current = tickets_.load(ticket);
    auto problem = current ? obstacle(*current, who) : std::string{};
    if (!problem.empty()) { // somebody was quicker
      auto telling = tell(message, std::move(problem));
      stopped = co_await std::move(telling);
      co_return stopped;
    }
  }
  // An answer means that the work has begun; whatever comes of noting that, the
  // message goes its way.
  if (current && current->state == domain::status::assigned
      && current->assignee == agent) {
    domain::change_status change;
    change.to = domain::status::in_progress;
    change.actor = agent;
    auto once = update_claim(message.via, "begin:" + name, tools_.parts.now());
    auto changing
      = tell_ticket(tools_, ticket, std::move(change), std::move(once));
    const auto changed = co_await std::move(changing);
    static_cast<void>(changed);
  }
  co_return stopped;
}

staff::answer staff::tell(const wire::inbound_message& message,
                          std::string text,
                          std::vector<persistence::row_change> rows) {
  const auto now = tools_.parts.now();
  wire::errand notice;
  notice.what = wire::errand_kind::notice;
  notice.account = message.account;
  notice.quotes = message.id;
  notice.text = std::move(text);
  persistence::new_delivery words;
  words.lane = wire::lane_of(message.via, message.address);
  words.group = "notice:" + name_in(message);
  words.kind = "whatsapp.";
  words.kind += to_string(notice.what);
  words.payload = encode(notice);
  words.created_at = now;
  persistence::changes what;
  what.claims.push_back({persistence::message_scope(domain::channel::whatsapp),
                         name_in(message),
                         {},
                         now + persistence::message_claim_life});
  what.rows = std::move(rows);
  what.deliveries.push_back(std::move(words));
  auto settling = settle(tools_, std::move(what));
  co_return co_await std::move(settling);
}

} // namespace switchboard::api::whatsapp
