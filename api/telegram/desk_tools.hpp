#pragma once

#include "actors/engine.hpp"
#include "actors/telegram_messages.hpp"
#include "api/telegram/desk_people.hpp"
#include "api/telegram/intake.hpp"
#include "channels/telegram/errand.hpp"
#include "channels/telegram/lanes.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api::telegram {

/// What the desk's handlers work with; all of it outlives them.
struct desk_tools {
  actors::engine& engine;
  actors::id_source& ids;
  actors::clock_fn now;
  persistence::journal& journal;
  desk_group& group;
  wire::bot_number bot{};
  /// Whoever is in the group becomes an agent by a first claim.
  bool open_registration = true;
  /// The bot's own, without the @; empty while it is not known.
  std::function<std::string()> username;
  /// Makes a call that may be lost: answers to taps, "typing".
  std::function<void(actors::outgoing)> say;
};

// -- deliveries ---------------------------------------------------------------

/// Those of one group wait for each other. An update of a card needs the card's
/// message, and an edit that of the part which it edits.
[[nodiscard]] std::string card_group(const domain::ticket_id& ticket);
[[nodiscard]] std::string part_group(const domain::ticket_id& ticket,
                                     domain::message_sequence message,
                                     std::uint32_t part);

/// A delivery to a chat of the bot.
[[nodiscard]] persistence::new_delivery
delivery_of(wire::bot_number bot, wire::chat_id chat, const wire::errand& what,
            std::string group, domain::timestamp now);

/// A message of a conversation, by the numbers of its parts.
struct thread_piece {
  domain::message_sequence message{};
  std::vector<std::uint32_t> parts;
};

[[nodiscard]] thread_piece piece_of(const domain::ticket& ticket,
                                    domain::message_sequence number,
                                    const domain::message_draft& message);
/// The end of the conversation up to `last`, as far as an agent is shown it who
/// takes it over, as of the last durable commit.
[[nodiscard]] std::vector<thread_piece>
read_thread(const persistence::ticket_views& tickets,
            const domain::ticket& ticket, domain::message_sequence last);

/// The deliveries that tell an agent that a ticket is theirs, with the
/// conversation up to `last`. `mark` tells this time from others.
[[nodiscard]] std::vector<persistence::new_delivery>
connect(wire::bot_number bot, wire::chat_id chat,
        const domain::ticket_id& ticket, domain::message_sequence last,
        const std::vector<thread_piece>& thread, std::string_view mark,
        domain::timestamp now);

/// Those that show one message.
[[nodiscard]] std::vector<persistence::new_delivery>
show_message(wire::bot_number bot, wire::chat_id chat,
             const domain::ticket_id& ticket, const thread_piece& what,
             domain::timestamp now);

/// Set while an agent could not be reached about a ticket; see `app`.
[[nodiscard]] std::string unreached_row(const domain::ticket_id& ticket,
                                        const domain::user& agent);

// -- what handlers do with an update ------------------------------------------

/// Commits the update's claim with what follows from it.
boost::asio::awaitable<update_outcome> finish(const desk_tools& tools,
                                              const update_claim& claim,
                                              persistence::changes what);

/// The same for a text to a chat, which may be about a ticket.
boost::asio::awaitable<update_outcome>
tell(const desk_tools& tools, const update_claim& claim, wire::chat_id chat,
     std::string text, std::optional<domain::ticket_id> about = {});

/// Answers a tap; nobody waits for it.
void answer_tap(const desk_tools& tools, const std::string& query,
                std::string text, bool is_alert = false);

} // namespace switchboard::api::telegram
