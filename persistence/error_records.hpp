#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes wrong, where, how often, first and last seen. Each pair of place
/// and code is an entity (`entity_kind::problem`) whose state is the fold of
/// its events. Pure functions but for `error_views`.
namespace switchboard::persistence {

/// How many kinds of errors are told apart; whatever goes wrong beyond them is
/// counted as `other`.
inline constexpr std::size_t error_kinds_max = 1000;
inline constexpr std::string_view other_errors = "other";

inline constexpr std::size_t error_where_size_max = 200;
inline constexpr std::size_t error_code_size_max = 64;
inline constexpr std::size_t error_message_size_max = 1024;

/// One or more occurrences of an error, committed together.
struct error_event {
  domain::uuid id; ///< of the record, see `error_id`
  domain::sequence number{};
  domain::timestamp at{};       ///< of the last occurrence
  domain::timestamp first_at{}; ///< of the first one since the event before
  std::string where;            ///< e.g. `webhook:<id>`, `n8n:ticket-created`
  std::string code;             ///< a word that stays, e.g. `gone`
  std::string message;          ///< for people, of the last occurrence
  std::optional<domain::ticket_id> ticket; ///< of the last occurrence
  std::uint64_t count = 1;                 ///< since the event before

  friend bool operator==(const error_event&, const error_event&) = default;
};

/// All that went wrong in one way at one place.
struct error_record {
  domain::uuid id;
  std::string where;
  std::string code;
  std::string message; ///< of the last time
  std::uint64_t count = 0;
  domain::timestamp first_seen{};
  domain::timestamp last_seen{};
  std::optional<domain::ticket_id> ticket; ///< of the last time
  domain::sequence last_event{};

  friend bool operator==(const error_record&, const error_record&) = default;
};

/// The name of what goes wrong in this way at this place: the same for ever.
[[nodiscard]] domain::uuid error_id(std::string_view where,
                                    std::string_view code);

/// Cuts the texts to their limits and takes away what is not text.
void clip_error(error_event& what);

/// The record with one event more; `before` is nothing for the first one.
[[nodiscard]] error_record
apply_error(const std::optional<error_record>& before, const error_event& what);

/// What becomes durable with `what`, whose number follows `before`.
[[nodiscard]] changes error_changes(const std::optional<error_record>& before,
                                    const error_event& what);

[[nodiscard]] std::string encode_error_event(const error_event& what);
/// Empty for the events of all other kinds of entities.
[[nodiscard]] std::optional<error_event>
decode_error_event(std::string_view bytes);

[[nodiscard]] std::string encode_error_record(const error_record& what);
/// The id is not among the bytes: the row's key has it.
[[nodiscard]] std::optional<error_record>
decode_error_record(const domain::uuid& id, std::string_view bytes);

/// A place in the list of errors.
struct error_position {
  domain::timestamp last_seen{};
  domain::uuid id;

  friend bool operator==(const error_position&, const error_position&)
    = default;
};

/// Reads the records; thread-safe, as of the last durable commit.
class error_views {
public:
  explicit error_views(const row_reader& rows) : rows_(rows) {}

  [[nodiscard]] std::optional<error_record> find(const domain::uuid& id) const;

  /// All of them: at most `error_kinds_max` and one.
  [[nodiscard]] std::vector<error_record> all() const;

  /// Up to `max` after the place `after` (empty: from the beginning), the most
  /// recently seen first. One that is seen again moves to the front.
  [[nodiscard]] std::vector<error_record>
  list(const std::optional<error_position>& after, std::size_t max) const;

private:
  const row_reader& rows_;
};

} // namespace switchboard::persistence
