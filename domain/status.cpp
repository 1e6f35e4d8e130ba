#include "domain/status.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace switchboard::domain {

namespace {

using enum status;

// The whole machine. `pending` as a target means "back into the queue": a
// ticket that is released, or reopened without anybody to go on with it.
constexpr std::array from_pending{assigned, escalated, resolved, closed};
constexpr std::array from_assigned{in_progress, waiting_customer, escalated,
                                   resolved,    closed,           pending};
constexpr std::array from_in_progress{waiting_customer, assigned, escalated,
                                      resolved,         closed,   pending};
constexpr std::array from_waiting_customer{in_progress, resolved, escalated,
                                           closed, pending};
constexpr std::array from_escalated{assigned, in_progress, resolved, closed};
constexpr std::array from_resolved{in_progress, pending, closed};
constexpr std::array from_closed{pending};

constexpr std::array<std::pair<std::string_view, status>, 8> status_words{{
  {"pending", pending},
  {"open", pending},
  {"assigned", assigned},
  {"in_progress", in_progress},
  {"waiting_customer", waiting_customer},
  {"escalated", escalated},
  {"resolved", resolved},
  {"closed", closed},
}};

constexpr std::array<std::pair<std::string_view, priority>, 4> priority_words{{
  {"low", priority::low},
  {"medium", priority::medium},
  {"high", priority::high},
  {"urgent", priority::urgent},
}};

template <class Value, std::size_t N>
std::optional<Value>
find_word(const std::array<std::pair<std::string_view, Value>, N>& words,
          std::string_view word) noexcept {
  for (const auto& [name, value] : words)
    if (name == word)
      return value;
  return std::nullopt;
}

} // namespace

std::span<const status> legal_moves(status from) noexcept {
  switch (from) {
    case pending: return from_pending;
    case assigned: return from_assigned;
    case in_progress: return from_in_progress;
    case waiting_customer: return from_waiting_customer;
    case escalated: return from_escalated;
    case resolved: return from_resolved;
    case closed: return from_closed;
  }
  return {};
}

bool may_move(status from, status to) noexcept {
  return std::ranges::find(legal_moves(from), to) != legal_moves(from).end();
}

std::string_view to_string(status s) noexcept {
  switch (s) {
    case pending: return "pending";
    case assigned: return "assigned";
    case in_progress: return "in_progress";
    case waiting_customer: return "waiting_customer";
    case escalated: return "escalated";
    case resolved: return "resolved";
    case closed: return "closed";
  }
  return "unknown_status";
}

std::string_view to_string(priority p) noexcept {
  switch (p) {
    case priority::low: return "low";
    case priority::medium: return "medium";
    case priority::high: return "high";
    case priority::urgent: return "urgent";
  }
  return "unknown_priority";
}

std::optional<status> parse_status(std::string_view word) noexcept {
  return find_word(status_words, word);
}

std::optional<priority> parse_priority(std::string_view word) noexcept {
  return find_word(priority_words, word);
}

std::string_view website_status(status s) noexcept {
  switch (s) {
    case pending:
    case assigned:
    case in_progress:
    case waiting_customer:
    case escalated: return "open";
    case resolved: return "resolved";
    case closed: return "closed";
  }
  return "open";
}

std::string_view rest_state(status s) noexcept {
  switch (s) {
    case pending:
    case assigned:
    case in_progress:
    case escalated: return "open";
    case waiting_customer: return "pending";
    case resolved:
    case closed: return "closed";
  }
  return "open";
}

std::string_view executor_status(status s) noexcept {
  switch (s) {
    case pending:
    case assigned:
    case waiting_customer:
    case escalated: return "open";
    case in_progress: return "in-progress";
    case resolved:
    case closed: return "resolved";
  }
  return "open";
}

} // namespace switchboard::domain
