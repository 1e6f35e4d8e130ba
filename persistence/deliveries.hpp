#pragma once

#include "domain/time.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The outbox: what waits to be sent, what was tried, what was given up.
/// Functions that return `changes` are pure; to settle a delivery is to commit
/// what they return.
namespace switchboard::persistence {

/// How long the record of an attempt is kept.
inline constexpr std::chrono::days attempt_life{7};
/// How much of an answer's body the record of an attempt keeps.
inline constexpr std::size_t attempt_body_size_max = 1024;
inline constexpr std::size_t attempt_detail_size_max = 1024;

/// Something that waits in the outbox.
struct delivery {
  delivery_id id{};
  std::string lane{};
  std::string group{};
  std::string kind{};
  std::string payload{};
  domain::timestamp created_at{};
  std::uint32_t attempts = 0;  ///< how many have failed
  domain::timestamp next_at{}; ///< not before
  /// Attempts of its earlier lives, which a replay ended; numbers go on.
  std::uint32_t attempts_before = 0;
  std::string message_id{};    ///< as in new_delivery
  domain::sequence sequence{}; ///< as in new_delivery

  friend bool operator==(const delivery&, const delivery&) = default;
};

/// One try to send a delivery.
struct attempt {
  std::uint32_t number = 0; ///< counts from 1
  domain::timestamp at{};
  std::string
    outcome{}; ///< `delivered`, `retry`, `slow_down`, `gone`, `refused`
  std::uint32_t http_status = 0; ///< 0: there was no answer
  std::chrono::microseconds latency{};
  std::string detail{}; ///< for people; clipped
  std::string body{};   ///< the beginning of the answer's body

  friend bool operator==(const attempt&, const attempt&) = default;
};

/// An attempt as the list of its lane shows it, with what names its delivery,
/// which may have been delivered and be gone since.
struct lane_attempt {
  delivery_id delivery{};
  std::string group{};
  std::string kind{};
  std::string message_id{};
  domain::sequence sequence{};
  domain::timestamp created_at{};
  attempt tried{};

  friend bool operator==(const lane_attempt&, const lane_attempt&) = default;
};

/// A place in the list of a lane's attempts.
struct attempt_position {
  domain::timestamp at{};
  delivery_id delivery{};
  std::uint32_t number = 0;

  friend bool operator==(const attempt_position&, const attempt_position&)
    = default;
};

/// Whether an attempt is listed under its lane besides under its delivery.
enum class attempt_listing : std::uint8_t { by_delivery, by_lane };

/// A delivery that was given up; it can be replayed.
struct dead_letter {
  delivery what{};
  std::string reason{};
  domain::timestamp died_at{};

  friend bool operator==(const dead_letter&, const dead_letter&) = default;
};

/// The number of the attempt that comes next.
[[nodiscard]] std::uint32_t next_attempt(const delivery& what) noexcept;

/// Takes the delivery out of the outbox.
[[nodiscard]] changes
settle_delivered(const delivery& what, const attempt& tried,
                 attempt_listing listing = attempt_listing::by_delivery);
/// Leaves it there with one attempt more, to be tried again at `next_at`.
[[nodiscard]] changes settle_retry(const delivery& what, const attempt& tried,
                                   domain::timestamp next_at,
                                   attempt_listing listing
                                   = attempt_listing::by_delivery);
/// The same when the peer only asked for patience: no attempt is spent.
[[nodiscard]] changes settle_slowed(const delivery& what, const attempt& tried,
                                    domain::timestamp next_at,
                                    attempt_listing listing
                                    = attempt_listing::by_delivery);
/// Moves it to the dead letters.
[[nodiscard]] changes settle_dead(const delivery& what, const attempt& tried,
                                  std::string reason, domain::timestamp now,
                                  attempt_listing listing
                                  = attempt_listing::by_delivery);
/// Puts a dead letter back into its lane, due at once and without attempts. Its
/// id stays, so it may overtake nobody but those that came later.
[[nodiscard]] changes replay(const dead_letter& letter, domain::timestamp now);

/// Takes up to `max` of the oldest deliveries of `lane` out of the outbox
/// without a trace: its destination was deleted. Repeat until it gives no rows;
/// what is on its way meanwhile may come back for a retry, so look again later.
[[nodiscard]] changes purge_lane(const row_reader& rows, std::string_view lane,
                                 std::size_t max);

/// What lies in one lane.
struct lane_backlog {
  std::size_t depth = 0; ///< at most the `max` that was asked for
  std::optional<domain::timestamp> oldest;
};

/// Reads deliveries; thread-safe, as of the last durable commit.
class delivery_views {
public:
  explicit delivery_views(const row_reader& rows) : rows_(rows) {}

  /// The lanes that have work, in byte order.
  [[nodiscard]] std::vector<std::string> lanes() const;

  /// Up to `max` deliveries of `lane` after `after`, in the order of their ids.
  [[nodiscard]] std::vector<delivery>
  read(std::string_view lane, delivery_id after, std::size_t max) const;

  /// The one delivery, if it is still in the outbox.
  [[nodiscard]] std::optional<delivery> find(std::string_view lane,
                                             delivery_id id) const;

  /// Counts up to `max` deliveries of a lane.
  [[nodiscard]] lane_backlog backlog(std::string_view lane,
                                     std::size_t max) const;

  /// Up to `max` dead letters after `after`, in the order of their ids.
  [[nodiscard]] std::vector<dead_letter> dead_letters(delivery_id after,
                                                      std::size_t max) const;
  /// The same for one lane alone. Steps over the others' one by one.
  [[nodiscard]] std::vector<dead_letter> dead_letters_of(std::string_view lane,
                                                         delivery_id after,
                                                         std::size_t max) const;
  [[nodiscard]] std::optional<dead_letter>
  find_dead_letter(delivery_id id) const;

  /// What was tried for a delivery, oldest first.
  [[nodiscard]] std::vector<attempt> attempts(delivery_id id,
                                              std::size_t max = 100) const;

  /// Up to `max` attempts of a lane that lists them, before the place `before`
  /// (empty: from the end), newest first.
  [[nodiscard]] std::vector<lane_attempt>
  lane_attempts(std::string_view lane, std::optional<attempt_position> before,
                std::size_t max) const;

  /// The newest listed attempt of a delivery, also when it was delivered.
  [[nodiscard]] std::optional<lane_attempt>
  find_lane_attempt(std::string_view lane, delivery_id id) const;

private:
  [[nodiscard]] std::optional<attempt> find_attempt(delivery_id id,
                                                    std::uint32_t number) const;

  const row_reader& rows_;
};

// -- the rows themselves; for the journals, `verify` and the tests ------------

/// Appends the outbox row of a delivery that was never tried.
void append_outbox_row(std::string& out, const new_delivery& what);
[[nodiscard]] std::string encode_outbox_row(const delivery& what);
[[nodiscard]] std::string encode_attempt_row(const attempt& tried);
[[nodiscard]] std::string encode_lane_attempt_row(const delivery& what);
[[nodiscard]] std::string encode_dead_letter_row(const dead_letter& letter);
[[nodiscard]] std::optional<delivery> decode_outbox_row(std::string_view lane,
                                                        delivery_id id,
                                                        std::string_view bytes);
[[nodiscard]] std::optional<attempt> decode_attempt_row(std::uint32_t number,
                                                        std::string_view bytes);
/// All but the attempt itself, which has a row of its own.
[[nodiscard]] std::optional<lane_attempt>
decode_lane_attempt_row(delivery_id id, std::string_view bytes);
/// Empty when the bytes are no dead letter.
[[nodiscard]] std::string_view
lane_of_dead_letter(std::string_view bytes) noexcept;
[[nodiscard]] std::optional<dead_letter>
decode_dead_letter_row(delivery_id id, std::string_view bytes);

} // namespace switchboard::persistence
