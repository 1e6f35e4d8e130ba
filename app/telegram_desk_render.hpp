#pragma once

#include "actors/telegram_messages.hpp"
#include "api/telegram/desk_people.hpp"
#include "channels/telegram/desk_texts.hpp"
#include "channels/telegram/errand.hpp"
#include "channels/telegram/lanes.hpp"
#include "domain/time.hpp"
#include "persistence/places.hpp"
#include "persistence/records.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// Places of a card that is only its reminder have this part: their words stay.
inline constexpr std::uint32_t reminder_part = 1;

/// The text of a message's errand whose files go as documents, as Telegram does
/// not take them in another way.
inline constexpr std::string_view as_document = "document";

/// The messages at Telegram that show things of tickets, as one bot sees them
/// in one chat. Thread-safe.
class telegram_desk_places {
public:
  telegram_desk_places(channels::telegram::bot_number bot,
                       const persistence::row_reader& rows)
    : bot_{bot}, places_{rows} {}

  /// All copies of the ticket's card in this chat, the newest first.
  [[nodiscard]] std::vector<persistence::placed>
  cards(const domain::ticket_id& ticket,
        channels::telegram::chat_id chat) const;
  /// The message that an errand of a card is about: the one that it names, else
  /// the newest copy; nothing: there is none yet.
  [[nodiscard]] std::optional<persistence::placed>
  card_of(const channels::telegram::errand& what,
          channels::telegram::chat_id chat) const;
  /// Where a part of a message stands, the newest when there are several.
  [[nodiscard]] std::optional<persistence::placed>
  part(const channels::telegram::errand& what,
       channels::telegram::chat_id chat) const;

private:
  [[nodiscard]] bool is_here(const persistence::placed& at,
                             channels::telegram::chat_id chat) const noexcept;

  channels::telegram::bot_number bot_;
  persistence::place_views places_;
};

/// Makes the calls of the desk's errands, of what is so when they leave.
/// Thread-safe; reads some rows, never waits.
class telegram_desk_renderer {
public:
  using file_id_fn = std::function<std::optional<std::string>(
    domain::attachment_id, channels::telegram::bot_number)>;

  struct parts {
    channels::telegram::bot_number bot{};
    const persistence::row_reader& rows;
    std::function<domain::timestamp()> now;
    const api::telegram::desk_people& people;
    const telegram_desk_places& places;
    /// How the bot names a file that it has sent before; may be empty.
    file_id_fn known_file_id;
  };

  explicit telegram_desk_renderer(parts p)
    : parts_{std::move(p)}, records_{parts_.rows} {}

  [[nodiscard]] actors::rendering
  render(channels::telegram::chat_id chat,
         const channels::telegram::errand& what) const;

private:
  /// An errand about a ticket that exists.
  struct job {
    channels::telegram::chat_id chat{};
    const channels::telegram::errand& what;
    const domain::ticket& ticket;
  };

  [[nodiscard]] actors::rendering render_ticket(const job& j) const;
  [[nodiscard]] actors::rendering card(const job& j) const;
  [[nodiscard]] actors::rendering reminder(const job& j) const;
  [[nodiscard]] actors::rendering connected(const job& j) const;
  [[nodiscard]] actors::rendering message(const job& j) const;
  [[nodiscard]] actors::rendering message_edit(const job& j) const;
  [[nodiscard]] actors::rendering
  file(const job& j, const channels::telegram::desk::part& part) const;
  [[nodiscard]] actors::rendering
  album(const job& j, const channels::telegram::desk::part& part) const;
  [[nodiscard]] bool is_being_fetched(const domain::attachment_ref& file) const;
  [[nodiscard]] actors::rendering
  open_tickets(channels::telegram::chat_id chat) const;

  [[nodiscard]] bool is_holders(const job& j) const;
  [[nodiscard]] std::optional<channels::telegram::desk::part>
  part_of(const job& j) const;
  /// What a call names the file by; nothing: it cannot be had.
  [[nodiscard]] std::optional<std::string>
  source_of(const domain::attachment_ref& file) const;
  [[nodiscard]] std::optional<persistence::message_row>
  row_of(const job& j, domain::message_sequence number) const;

  parts parts_;
  persistence::record_views records_;
};

} // namespace switchboard::app
