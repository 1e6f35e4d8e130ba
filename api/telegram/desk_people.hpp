#pragma once

#include "channels/telegram/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api::telegram {

namespace wire = channels::telegram;

/// The group that the desk's cards go to. It is configured, but a group that
/// becomes a supergroup gets another id, which is remembered. Thread-safe.
class desk_group {
public:
  /// `configured` 0: there is none.
  desk_group(wire::chat_id configured, const persistence::row_reader& rows);

  [[nodiscard]] wire::chat_id now() const noexcept {
    return wire::chat_id{current_.load(std::memory_order_relaxed)};
  }
  [[nodiscard]] bool is_set() const noexcept {
    return now() != wire::chat_id{};
  }

  /// Follows it to its new id. The row makes that durable; nothing when `from`
  /// is another group.
  std::optional<persistence::row_change> moved(wire::chat_id from,
                                               wire::chat_id to);

private:
  std::atomic<std::int64_t> current_;
};

/// The people of the desk and what they have, as of the last durable commit.
/// Thread-safe; quick enough for an event loop.
class desk_people {
public:
  explicit desk_people(const persistence::row_reader& rows)
    : rows_{rows}, records_{rows}, tickets_{rows} {}

  [[nodiscard]] std::optional<domain::user> find(wire::user_id id) const;
  [[nodiscard]] std::optional<domain::user>
  find_username(std::string_view name) const;
  /// By the id that tickets have of their agents.
  [[nodiscard]] std::optional<domain::user>
  find_agent(std::string_view id) const;
  /// `find_agent` of who has the ticket.
  [[nodiscard]] std::optional<domain::user>
  holder_of(const domain::ticket& ticket) const;

  /// Up to `max` users who may claim and have a chat with the bot.
  [[nodiscard]] std::vector<domain::user> claimers(std::size_t max) const;

  /// Up to `max` admins who have a chat with the bot.
  [[nodiscard]] std::vector<domain::user> admins(std::size_t max) const;

  struct list {
    std::vector<domain::ticket> tickets;
    std::size_t more = 0; ///< that are not in it, as far as was looked
  };
  /// The open tickets of visitors that `user` has, the newest claim first.
  [[nodiscard]] list open_tickets(const domain::user& user,
                                  std::size_t max) const;
  /// Those that wait for somebody, the longest first.
  [[nodiscard]] list waiting_tickets(std::size_t max) const;

  /// The conversation's message with this id, among the newest.
  [[nodiscard]] std::optional<persistence::message_row>
  find_message(const domain::ticket& ticket, const domain::uuid& id) const;

  [[nodiscard]] const persistence::ticket_views& tickets() const noexcept {
    return tickets_;
  }

private:
  /// Up to `max` users with a chat that `fits`.
  [[nodiscard]] std::vector<domain::user>
  people(std::size_t max, bool (*fits)(const domain::user&)) const;

  const persistence::row_reader& rows_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
};

/// Executors have a bot of their own ways.
[[nodiscard]] bool may_claim(const domain::user& user) noexcept;
/// Managers and admins may do with any ticket what its agent may.
[[nodiscard]] bool may_do_all(const domain::user& user) noexcept;

/// A private chat has its person's id.
[[nodiscard]] std::optional<wire::chat_id> chat_of(const domain::user& user);

} // namespace switchboard::api::telegram
