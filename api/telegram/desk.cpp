#include "api/telegram/desk.hpp"

#include "channels/telegram/command.hpp"
#include "channels/telegram/desk_texts.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace switchboard::api::telegram {

namespace asio = boost::asio;

namespace {

/// A stranger hears at most once in this time that the bot is not for them.
constexpr std::chrono::hours stranger_pause{1};

} // namespace

desk::desk(desk_tools tools)
  : tools_{std::move(tools)},
    people_{tools_.journal.rows()},
    taps_{tools_, people_},
    talk_{tools_, people_},
    commands_{tools_, people_, talk_},
    strangers_{1, stranger_pause} {}

asio::awaitable<update_outcome>
desk::handle(wire::bot_number bot, const wire::update& update,
             const update_claim& claim, net::asker& actors) {
  if (bot != tools_.bot)
    co_return update_outcome::not_mine;
  if (const auto* press = std::get_if<wire::button_press>(&update.what)) {
    auto work = taps_.handle(*press, claim, actors);
    co_return co_await std::move(work);
  }
  if (const auto* in = std::get_if<wire::new_message>(&update.what)) {
    auto work = on_message(in->message, claim, actors);
    co_return co_await std::move(work);
  }
  if (const auto* in = std::get_if<wire::edited_message>(&update.what)) {
    auto work = on_edit(in->message, claim, actors);
    co_return co_await std::move(work);
  }
  co_return update_outcome::not_mine;
}

asio::awaitable<update_outcome> desk::on_message(const wire::message& message,
                                                 const update_claim& claim,
                                                 net::asker& actors) {
  if (const auto* moved = std::get_if<wire::migrated_to>(&message.happened)) {
    auto row = tools_.group.moved(message.chat.id, moved->chat);
    if (!row)
      co_return update_outcome::not_mine;
    persistence::changes what;
    what.rows.push_back(std::move(*row));
    auto finishing = finish(tools_, claim, std::move(what));
    co_return co_await std::move(finishing);
  }
  if (message.is_service())
    co_return update_outcome::not_mine;
  if (message.chat.kind == wire::chat_kind::private_chat) {
    auto work = on_private(message, claim, actors);
    co_return co_await std::move(work);
  }
  if (!tools_.group.is_set() || message.chat.id != tools_.group.now())
    co_return update_outcome::not_mine;
  auto work = on_group(message, claim);
  co_return co_await std::move(work);
}

asio::awaitable<update_outcome> desk::on_private(const wire::message& message,
                                                 const update_claim& claim,
                                                 net::asker& actors) {
  const auto who = message.from ? people_.find(message.from->id) : std::nullopt;
  if (!who)
    co_return turn_away(message);
  if (!may_claim(*who))
    co_return update_outcome::not_mine;
  const auto given = wire::parse_command(message, tools_.username());
  if (given && given->is_for_another_bot)
    co_return update_outcome::done;
  if (given) {
    auto work = commands_.on_private(message, *given, *who, claim, actors);
    co_return co_await std::move(work);
  }
  auto work = talk_.on_message(message, *who, claim, actors);
  co_return co_await std::move(work);
}

asio::awaitable<update_outcome> desk::on_group(const wire::message& message,
                                               const update_claim& claim) {
  const auto given = wire::parse_command(message, tools_.username());
  if (!given || given->is_for_another_bot)
    co_return update_outcome::done;
  auto work = commands_.on_group(message, *given, claim);
  co_return co_await std::move(work);
}

asio::awaitable<update_outcome> desk::on_edit(const wire::message& message,
                                              const update_claim& claim,
                                              net::asker& actors) {
  if (message.chat.kind != wire::chat_kind::private_chat)
    co_return update_outcome::not_mine;
  const auto who = message.from ? people_.find(message.from->id) : std::nullopt;
  if (!who || !may_claim(*who))
    co_return update_outcome::not_mine;
  auto work = talk_.on_edit(message, *who, claim, actors);
  co_return co_await std::move(work);
}

update_outcome desk::turn_away(const wire::message& message) {
  const auto chat = static_cast<std::int64_t>(message.chat.id);
  if (!strangers_.take(std::to_string(chat)).allowed)
    return update_outcome::done;
  wire::send_message refusal;
  refusal.to.chat = message.chat.id;
  refusal.text = std::string{wire::desk::stranger_text};
  actors::outgoing call;
  call.call = std::move(refusal);
  call.urgency = wire::urgency::cosmetic;
  tools_.say(std::move(call));
  return update_outcome::done;
}

} // namespace switchboard::api::telegram
