#pragma once

#include "domain/ticket.hpp"
#include "domain/user.hpp"
#include "persistence/records.hpp"

#include <charconv>
#include <optional>

namespace switchboard::api {

/// Who answers a visitor: the ticket's assignee, as far as that is a user.
/// Thread-safe.
class session_agents {
public:
  explicit session_agents(const persistence::row_reader& rows)
    : records_{rows} {}

  [[nodiscard]] std::optional<domain::user>
  of(const std::optional<domain::ticket>& ticket) const {
    if (!ticket || ticket->assignee.empty())
      return std::nullopt;
    const auto& text = ticket->assignee;
    std::uint64_t id = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, id);
    if (error != std::errc{} || stop != end)
      return std::nullopt;
    auto found = records_.find(domain::user_id{id});
    return found ? std::optional{std::move(found->value)} : std::nullopt;
  }

private:
  persistence::record_views records_;
};

} // namespace switchboard::api
