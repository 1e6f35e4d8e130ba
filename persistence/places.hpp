#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"
#include "persistence/rows.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Which messages at Telegram show what of which ticket: the map that brings
/// answers to the right ticket and edits to every copy. Its rows become durable
/// together with the settling of the delivery that made the message.
namespace switchboard::persistence {

/// A message at Telegram, as one bot knows it.
struct place {
  std::int64_t bot = 0;
  std::int64_t chat = 0;
  std::int32_t message = 0;

  friend auto operator<=>(const place&, const place&) = default;
};

/// Values are stored: never reuse one.
enum class shown : std::uint8_t {
  card = 1, ///< the ticket itself, with buttons, for those who may claim it
  message,  ///< one message of its conversation, or a part of it
  notice,   ///< anything else that is about the ticket
  executor_card, ///< the ticket with the buttons of who works on it
  prompt,        ///< a question that awaits an answer
};

struct showing {
  domain::ticket_id ticket;
  shown what = shown::notice;
  domain::message_sequence message{}; ///< 0: of none
  std::uint32_t part = 0;             ///< of a message that needs several
  bool shared = false; ///< other texts stand in it too, so it is not edited
  domain::timestamp since{}; ///< when it was sent; 0: that was not noted

  friend bool operator==(const showing&, const showing&) = default;
};

struct placed {
  place at;
  showing what;

  friend bool operator==(const placed&, const placed&) = default;
};

/// The rows that say so, and those that take it back. Pure.
[[nodiscard]] std::vector<row_change> show_rows(const placed& what);
[[nodiscard]] std::vector<row_change> unshow_rows(const placed& what);

/// Reads places, as of the last durable commit. Thread-safe.
class place_views {
public:
  explicit place_views(const row_reader& rows) : rows_{rows} {}

  /// What a message at Telegram shows.
  [[nodiscard]] std::optional<showing> find(const place& at) const;

  /// Up to `max` places that show this of a ticket, in the order of messages
  /// and parts.
  [[nodiscard]] std::vector<placed> of(const domain::ticket_id& ticket,
                                       shown what,
                                       std::size_t max = 1'000) const;
  /// The same for one message of its conversation.
  [[nodiscard]] std::vector<placed>
  of(const domain::ticket_id& ticket, shown what,
     domain::message_sequence message, std::size_t max = 1'000) const;

private:
  [[nodiscard]] std::vector<placed> read(std::string_view prefix,
                                         std::size_t max) const;

  const row_reader& rows_;
};

// -- the rows themselves; for `verify` ----------------------------------------

[[nodiscard]] std::optional<showing> decode_place_row(std::string_view bytes);
[[nodiscard]] bool is_place_key(std::string_view key) noexcept;

} // namespace switchboard::persistence
