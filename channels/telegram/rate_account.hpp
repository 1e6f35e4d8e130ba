#pragma once

#include "channels/telegram/rate_budget.hpp"
#include "channels/telegram/rate_request.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace switchboard::channels::telegram {

/// The calls of one family that wait for one chat, and that chat's budget for
/// them. Calls with one key form a line: they leave one at a time, in order
/// within their urgency. Lines of the same urgency take turns.
///
/// A value within the governor; it is told the time and never asks.
class rate_account {
public:
  using time_point = rate_budget::time_point;
  using line_key = std::int64_t;
  /// Whether a call has to wait for another of its chat.
  using barrier = std::function<bool(const waiting_call&)>;

  explicit rate_account(const budget_limits& limits) : budget_{limits} {}

  /// Puts a call at the end of its line, or folds it into one that waits there
  /// already; whether it was folded.
  bool offer(line_key key, waiting_call&& call);

  /// The call that should leave next: when it may, and for whom it is.
  /// Nothing when none waits, or all that do wait for answers.
  struct candidate {
    line_key key{};
    telegram::urgency urgency{};
    time_point at{};
    std::uint32_t cost = 1;
  };
  [[nodiscard]] std::optional<candidate>
  find_candidate(time_point now, const barrier& held) const;

  /// Takes the candidate's call out, and those behind it whose text fits into
  /// the same message when more wait than may leave. The first carries the
  /// merged text in `out`. Its line is closed until `answered`.
  std::vector<waiting_call> depart(const candidate& next, time_point now,
                                   method& out);

  /// What departed was answered: the line is open again.
  void answered(line_key key, std::uint32_t cost, time_point now);

  /// Puts back what departed, before all others of its line and urgency, not
  /// to leave again before `not_before`.
  void put_back(line_key key, std::vector<waiting_call>&& calls,
                time_point not_before);

  /// The place of a request that waits here; null when it does not.
  [[nodiscard]] waiting_call* find(line_key key, telegram::urgency u,
                                   request_id id);
  /// Takes a call out of its line.
  void remove(line_key key, telegram::urgency u, request_id id);
  /// Takes all waiting calls out, in the order of their offers.
  [[nodiscard]] std::vector<waiting_call> take_all();

  /// Whether a call of this line that was offered before `order` is not
  /// finished; of those that reopen a topic, or of any.
  [[nodiscard]] bool has_open(line_key key, std::uint64_t order,
                              bool reopening_only) const;

  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_;
  }
  [[nodiscard]] bool is_idle() const noexcept {
    return lines_.empty();
  }
  [[nodiscard]] rate_budget& budget() noexcept {
    return budget_;
  }

private:
  struct departed_call {
    std::uint64_t order = 0;
    bool reopens = false;
  };

  struct call_line {
    std::array<std::deque<waiting_call>, urgencies> queues;
    std::array<time_point, urgencies> not_before{};
    std::vector<departed_call> departed; ///< what is on its way

    [[nodiscard]] bool is_empty() const;
  };

  bool fold(call_line& into, waiting_call& call);
  void forget_if_empty(line_key key);

  rate_budget budget_;
  std::map<line_key, call_line> lines_;
  /// The lines that have calls of each urgency, each once, in their turn.
  std::array<std::deque<line_key>, urgencies> turns_;
  std::size_t waiting_ = 0;
};

} // namespace switchboard::channels::telegram
