#pragma once

#include "domain/ids.hpp"
#include "domain/status.hpp"
#include "domain/ticket.hpp"
#include "domain/time.hpp"
#include "domain/user.hpp"
#include "persistence/duration_histogram.hpp"
#include "persistence/ticket_views.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::persistence {

/// Agents that are told apart; tickets of those beyond count for no agent.
inline constexpr std::size_t counted_agents_max = 10'000;
/// Kinds of lanes that are told apart; those beyond count as `other_kinds`.
inline constexpr std::size_t counted_kinds_max = 32;
inline constexpr std::string_view other_kinds = "other";
/// How far back the figures by time go, with the running hour and day.
inline constexpr std::int64_t counted_hours = 48;
inline constexpr std::int64_t counted_days = 30;

/// What came in and what was done with in a span of time.
struct flow_count {
  std::uint64_t created = 0;
  std::uint64_t resolved = 0;

  friend bool operator==(const flow_count&, const flow_count&) = default;
};

/// An hour or a day, UTC.
struct flow_bucket {
  domain::timestamp start{};
  flow_count count;

  friend bool operator==(const flow_bucket&, const flow_bucket&) = default;
};

/// The tickets that an agent holds now; `open`: not resolved and not closed.
struct agent_count {
  domain::user_id agent{};
  std::uint64_t open = 0;
  std::uint64_t total = 0;

  friend bool operator==(const agent_count&, const agent_count&) = default;
};

/// How the deliveries of one kind of lane fared.
struct delivery_count {
  std::string kind;
  std::uint64_t delivered = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t dead = 0;

  friend bool operator==(const delivery_count&, const delivery_count&)
    = default;
};

/// Adds to the sum of its kind; `sums` is sorted by kind.
void add_up(std::vector<delivery_count>& sums, const delivery_count& more);

/// The figures of a helpdesk: a fold over the events of all its tickets, in the
/// order of the feed, and what lanes tell of their deliveries. The same events
/// give the same figures, however often the fold was stored and read meanwhile.
///
/// Size: bounded, some hundred kilobytes at most; a copy costs microseconds.
/// Hours and days are those of the events; those outside of the windows around
/// the newest event are forgotten, so a clock that was wrong once does no
/// lasting harm. Pure; not thread-safe.
class statistics {
public:
  /// Whether `apply` wants to know the ticket of this fact.
  [[nodiscard]] static bool needs_ticket(const domain::ticket_fact& fact);

  /// Folds one event. `then` is its ticket as it was right after the event (see
  /// `ticket_as_of`); when it is null, what would have been taken from it
  /// (times of responses, who holds an open ticket) is not counted.
  void apply(const domain::ticket_event& event, const domain::ticket* then);

  void add(const delivery_count& more);

  [[nodiscard]] std::uint64_t tickets(domain::status s) const {
    return by_status_.at(static_cast<std::size_t>(s));
  }
  [[nodiscard]] std::uint64_t tickets(domain::priority p) const {
    return by_priority_.at(static_cast<std::size_t>(p));
  }
  [[nodiscard]] std::uint64_t tickets(domain::channel c) const {
    return by_channel_.at(static_cast<std::size_t>(c));
  }
  [[nodiscard]] std::uint64_t total() const noexcept;
  [[nodiscard]] std::uint64_t open() const noexcept;

  /// Those who hold a ticket, by id.
  [[nodiscard]] std::span<const agent_count> agents() const noexcept {
    return agents_;
  }

  /// The last `counted_hours` and `counted_days` as of `now`, oldest first.
  [[nodiscard]] std::vector<flow_bucket> hours(domain::timestamp now) const;
  [[nodiscard]] std::vector<flow_bucket> days(domain::timestamp now) const;

  /// From a ticket's creation to staff's first message, and to its resolution,
  /// for what happened in the last `counted_days`.
  [[nodiscard]] duration_histogram first_response(domain::timestamp now) const;
  [[nodiscard]] duration_histogram resolution(domain::timestamp now) const;

  /// By kind, in byte order.
  [[nodiscard]] std::span<const delivery_count> deliveries() const noexcept {
    return deliveries_;
  }

  friend bool operator==(const statistics&, const statistics&) = default;

private:
  friend class statistics_codec;

  struct day_figures {
    flow_count flow;
    duration_histogram first_response;
    duration_histogram resolution;

    friend bool operator==(const day_figures&, const day_figures&) = default;
  };

  void on(const domain::ticket_created& fact, domain::timestamp at);
  void on(const domain::message_added& fact, domain::timestamp at,
          const domain::ticket* then);
  void on(const domain::status_changed& fact, domain::timestamp at,
          const domain::ticket* then);
  void on(const domain::assignee_changed& fact, const domain::ticket* then);
  void on(const domain::priority_changed& fact);

  [[nodiscard]] flow_count& hour_of(domain::timestamp at);
  [[nodiscard]] day_figures& day_of(domain::timestamp at);
  void give(std::string_view agent, bool is_open);
  void take(std::string_view agent, bool is_open);
  void reopen(std::string_view agent);
  void finish(std::string_view agent);
  agent_count* find_agent(std::string_view agent);

  // Indexed by the values of the enumerations, which begin with 1.
  std::array<std::uint64_t, 8> by_status_{};
  std::array<std::uint64_t, 5> by_priority_{};
  std::array<std::uint64_t, 6> by_channel_{};
  std::vector<agent_count> agents_;          ///< sorted by id
  std::map<std::int64_t, flow_count> hours_; ///< by hours since 1970
  std::map<std::int64_t, day_figures> days_; ///< by days since 1970
  std::vector<delivery_count> deliveries_;   ///< sorted by kind
};

/// Figures with the last event that is counted in them.
struct statistics_row {
  domain::offset last{};
  statistics figures;

  friend bool operator==(const statistics_row&, const statistics_row&)
    = default;
};

/// The key of the row in `family::meta`.
inline constexpr std::string_view statistics_key = "statistics";

[[nodiscard]] std::string encode_statistics(const statistics_row& row);
/// Nothing for bytes that are no such row, or one of another version of the
/// fold: then it has to be made anew from the events.
[[nodiscard]] std::optional<statistics_row>
decode_statistics(std::string_view bytes);

/// Whether a serialized `EventRecord` may change the figures. A look at its
/// outside: most events of a busy day are customers' messages, which count
/// nothing and need not be decoded.
[[nodiscard]] bool may_count(std::string_view event) noexcept;

/// The ticket as it was right after its event `number`, as far as the fold
/// looks at it: its status and holder are taken back to that time. The
/// activities that came later are read for that, but no more than about a
/// thousand.
[[nodiscard]] std::optional<domain::ticket>
ticket_as_of(const ticket_views& views, const domain::ticket_id& id,
             domain::sequence number);

} // namespace switchboard::persistence
