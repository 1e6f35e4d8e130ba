#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace switchboard::domain {

/// The one status machine; every other vocabulary is a view of it. Values are
/// stored: never reuse one.
///
///   pending ──► assigned ──► in_progress ──► waiting_customer
///      │           │              │                 │
///      └───────────┴──► escalated ┴──► resolved ◄───┘
///                            closed ◄── any of them
///
/// The exact table of legal moves stands in status.cpp.
enum class status : std::uint8_t {
  pending = 1,
  assigned,
  in_progress,
  waiting_customer,
  escalated,
  resolved,
  closed,
};

/// Values are stored and sort the queue: never reuse one.
enum class priority : std::uint8_t { low = 1, medium, high, urgent };

/// Where a ticket may go from `from`, in the order that people would name them.
std::span<const status> legal_moves(status from) noexcept;
bool may_move(status from, status to) noexcept;

std::string_view to_string(status s) noexcept;
std::string_view to_string(priority p) noexcept;
/// Both vocabularies that the API takes: the canonical words, and `open`
/// (pending) as other helpdesks say it.
std::optional<status> parse_status(std::string_view word) noexcept;
std::optional<priority> parse_priority(std::string_view word) noexcept;

/// Words of the website dialect: `open`, `resolved`, `closed`.
std::string_view website_status(status s) noexcept;
/// Words of the REST v1 field `state`: `open`, `pending`, `closed`.
std::string_view rest_state(status s) noexcept;
/// Words of the executors' bot: `open`, `in-progress`, `resolved`.
std::string_view executor_status(status s) noexcept;

} // namespace switchboard::domain
