#include "app/telegram_desk.hpp"

#include "api/telegram/desk_tools.hpp"
#include "persistence/claims.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace switchboard::app {

namespace telegram = channels::telegram;
namespace texts = channels::telegram::desk;

namespace {

constexpr std::chrono::seconds typing_pause{5};
constexpr std::size_t typists_max = 10'000;
constexpr std::size_t reads_looked_at = 500;
constexpr std::uint32_t own_messages_looked_at = 100;
constexpr std::string_view read_scope = "telegram.read";
constexpr std::chrono::days read_memory{30};
constexpr const char* read_emoji = "👀";

} // namespace

telegram_desk::telegram_desk(telegram_desk_parts p)
  : parts_{std::move(p)},
    hours_{parts_.options},
    group_{chat_id{parts_.options.support_group}, parts_.journal.rows()},
    people_{parts_.journal.rows()},
    sessions_{parts_.journal.rows()},
    places_{parts_.bot, parts_.journal.rows()},
    planner_{parts_.bot, group_, people_},
    renderer_{{parts_.bot, parts_.journal.rows(), parts_.now, people_, places_,
               parts_.known_file_id}} {}

actors::rendering telegram_desk::render(bot_number,
                                        const persistence::delivery& d) const {
  const auto lane = telegram::parse_chat_lane(d.lane);
  const auto what = telegram::decode_errand(d.payload);
  if (!lane || !what)
    return actors::nothing_to_do{"it cannot be read"};
  return renderer_.render(lane->chat, *what);
}

void telegram_desk::migrated(bot_number bot, chat_id from, chat_id to) {
  if (bot != parts_.bot)
    return;
  auto row = group_.moved(from, to);
  if (!row)
    return;
  spdlog::info("the support group has become a supergroup");
  persistence::changes what;
  what.rows.push_back(std::move(*row));
  // When this is lost, Telegram says it again after the next start.
  parts_.journal.commit(std::move(what), [](const auto&) {});
}

// -- hours --------------------------------------------------------------------

actors::desk_rules telegram_desk::rules() const {
  actors::desk_rules out;
  out.claim_timeout = parts_.options.claim_timeout;
  out.next_opening
    = [this](domain::timestamp at) { return hours_.next_opening(at); };
  out.notice = [this](const domain::ticket& ticket) {
    // Who writes from a phone can be answered there.
    if (ticket.via == domain::channel::whatsapp)
      return std::string{};
    return texts::contact_question(ticket.from, hours_.is_open(parts_.now()));
  };
  return out;
}

std::string telegram_desk::opening_notice(const domain::session& who) const {
  return who.via == domain::channel::whatsapp || hours_.is_open(parts_.now())
           ? std::string{}
           : texts::contact_question(who.contact, false);
}

// -- what visitors do beside writing ------------------------------------------

api::visitor_signals telegram_desk::signals() {
  api::visitor_signals out;
  out.typing = [this](const auto& session) { visitor_types(session); };
  out.read = [this](const auto& session, const auto& message, auto done) {
    visitor_reads(session, message, std::move(done));
  };
  return out;
}

bool telegram_desk::is_due(
  std::map<std::string, std::chrono::steady_clock::time_point>& of,
  const std::string& what, std::chrono::seconds pause) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock{mutex_};
  if (of.size() >= typists_max)
    std::erase_if(of,
                  [&](const auto& one) { return now - one.second >= pause; });
  if (of.size() >= typists_max)
    return false;
  const auto [at, fresh] = of.try_emplace(what, now);
  if (!fresh && now - at->second < pause)
    return false;
  at->second = now;
  return true;
}

void telegram_desk::visitor_types(const domain::session_id& session) {
  if (!parts_.say
      || !is_due(typed_, std::string{session.value.view()}, typing_pause))
    return;
  const auto ticket = sessions_.last_ticket(session);
  if (!ticket || texts::is_finished(*ticket))
    return;
  const auto holder = people_.holder_of(*ticket);
  const auto chat = holder && api::telegram::may_claim(*holder)
                      ? api::telegram::chat_of(*holder)
                      : std::nullopt;
  if (!chat)
    return;
  telegram::send_chat_action typing;
  typing.chat = *chat;
  actors::outgoing call;
  call.call = std::move(typing);
  call.urgency = telegram::urgency::cosmetic;
  parts_.say(parts_.bot, std::move(call));
}

std::optional<texts::origin>
telegram_desk::last_read(const domain::session_id& session,
                         const persistence::thread_position& at) const {
  const auto ticket = sessions_.ticket_at({session, at.place});
  if (!ticket)
    return std::nullopt;
  const auto last = static_cast<std::uint32_t>(at.message);
  const auto first
    = last > own_messages_looked_at ? last - own_messages_looked_at : 0;
  const auto rows = people_.tickets().messages(
    ticket->id, domain::message_sequence{first}, last - first);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (const auto from = texts::parse_external_id(row->message.external_id);
        from && from->bot == parts_.bot)
      return from;
  return std::nullopt;
}

void telegram_desk::visitor_reads(const domain::session_id& session,
                                  const domain::message_id& message,
                                  std::function<void(bool)> done) {
  const auto at = sessions_.locate(session, message, reads_looked_at);
  const auto read = at ? last_read(session, *at) : std::nullopt;
  if (!read) {
    done(true);
    return;
  }
  const auto now = parts_.now();
  persistence::unique_claim once;
  once.scope = read_scope;
  once.id = texts::external_id(*read);
  once.expires = now + read_memory;
  if (persistence::find_claim(parts_.journal.rows(), once.scope, once.id,
                              now)) {
    done(true);
    return;
  }
  telegram::errand what;
  what.what = telegram::errand_kind::reaction;
  what.about = read->message;
  what.text = read_emoji;
  persistence::changes changes;
  changes.deliveries.push_back(api::telegram::delivery_of(
    parts_.bot, read->chat, what, "read:" + once.id, now));
  changes.claims.push_back(std::move(once));
  parts_.journal.commit(
    std::move(changes),
    [done = std::move(done)](const persistence::commit_outcome& outcome) {
      done(!std::holds_alternative<persistence::commit_failure>(outcome));
    });
}

} // namespace switchboard::app
