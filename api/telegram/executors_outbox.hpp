#pragma once

#include "channels/telegram/errand.hpp"
#include "channels/telegram/ids.hpp"
#include "channels/telegram/lanes.hpp"
#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"
#include "domain/user.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What goes out to executors, and to whom. All deliveries of the executors'
/// bot are of a kind that begins with `executor.`, which tells them from the
/// desk's when one bot serves both. Pure.
namespace switchboard::api::telegram {

namespace wire = channels::telegram;

/// The bot that speaks with executors.
struct executor_bot {
  wire::bot_number number{};
  bool is_shared = false; ///< it is the desk's bot too

  friend bool operator==(const executor_bot&, const executor_bot&) = default;
};

/// The bot that speaks with executors, where one is configured.
[[nodiscard]] std::optional<executor_bot>
executor_bot_of(std::optional<wire::bot_number> executors,
                std::optional<wire::bot_number> desk) noexcept;

/// A person's chat with that bot. A private chat has its person's id.
struct executor_chat {
  wire::bot_number bot{};
  wire::chat_id chat{};

  friend bool operator==(const executor_chat&, const executor_chat&) = default;
};

/// Where `who` gets the card of a ticket as soon as it is theirs; nothing when
/// they do not. Executors get all of theirs; other agents those that came
/// through no session, since for these there is the desk, and only from a bot
/// that they know.
[[nodiscard]] std::optional<executor_chat>
chat_for(const executor_bot& bot, const domain::user& who,
         const domain::ticket& ticket);

/// The user whom a ticket names as its agent.
[[nodiscard]] std::optional<domain::user>
agent_of(const persistence::record_views& records, std::string_view assignee);

[[nodiscard]] bool is_for_executor(std::string_view delivery_kind) noexcept;

/// What concerns one ticket's cards in one chat is done one after the other,
/// each when the one before has had its effect and it is known where its card
/// stands. All else waits for nothing but its turn in the chat.
namespace executor_deliveries {

/// The ticket as a new card; `seen` is its last event as it is known now.
[[nodiscard]] persistence::new_delivery
card(const executor_chat& to, const domain::ticket_id& ticket,
     domain::sequence seen, domain::timestamp now);
/// Brings the cards up to date, one after the other, beginning with the first
/// one from `from` on.
[[nodiscard]] persistence::new_delivery
refreshed_cards(const executor_chat& to, const domain::ticket_id& ticket,
                wire::message_id from, domain::timestamp now);
/// Takes the message `tapped` away, if there is one, and then all cards of the
/// ticket, one after the other.
[[nodiscard]] persistence::new_delivery
no_cards(const executor_chat& to,
         const std::optional<domain::ticket_id>& ticket,
         std::optional<wire::message_id> tapped, domain::timestamp now);
/// The same for one that cannot be deleted: it loses its buttons.
[[nodiscard]] persistence::new_delivery
spent_card(const executor_chat& to,
           const std::optional<domain::ticket_id>& ticket, wire::message_id at,
           domain::timestamp now);
/// The customer's new message.
[[nodiscard]] persistence::new_delivery
customer_message(const executor_chat& to, const domain::ticket_id& ticket,
                 domain::message_sequence number, domain::timestamp now);
[[nodiscard]] persistence::new_delivery
question(const executor_chat& to, const domain::ticket_id& about,
         const domain::prompt_id& id, domain::timestamp now);
/// `text` as it stands, answering a message of the chat or none. `occasion`
/// tells it from other notices, so that it does not wait for them.
[[nodiscard]] persistence::new_delivery
notice(const executor_chat& to, std::string text,
       std::optional<wire::message_id> answers, std::string_view occasion,
       domain::timestamp now);

} // namespace executor_deliveries

/// The errand of a card that only loses its buttons has this `part`.
inline constexpr std::uint32_t spent_part = 1;
/// From the first card on.
inline constexpr wire::message_id first_card{1};

} // namespace switchboard::api::telegram
