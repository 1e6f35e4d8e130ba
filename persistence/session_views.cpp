#include "persistence/session_views.hpp"

#include "persistence/keys.hpp"
#include "persistence/ticket_changes.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace switchboard::persistence {

namespace {

// Who looks for a message has mostly read nearly everything.
constexpr std::uint32_t first_look = 8;
constexpr std::uint32_t further_look = 64;

std::uint32_t number(domain::message_sequence sequence) noexcept {
  return static_cast<std::uint32_t>(sequence);
}

std::optional<domain::session_place> before(domain::session_place place) {
  if (place.number <= 1)
    return std::nullopt;
  --place.number;
  return place;
}

} // namespace

std::optional<domain::ticket>
session_views::last_ticket(domain::session_id session) const {
  const auto prefix = keys::unique(session_ticket_scope, session.value.view());
  std::optional<domain::uuid> found;
  rows_.scan_back(family::unique, prefix, keys::after_prefix(prefix),
                  [&](std::string_view, std::string_view value) {
                    found = domain::uuid_from_bytes(keys::after_expiry(value));
                    return false;
                  });
  return found ? tickets_.load(domain::ticket_id{*found}) : std::nullopt;
}

std::optional<domain::ticket>
session_views::ticket_at(const domain::session_place& place) const {
  std::string value;
  if (!rows_.get(family::unique,
                 keys::unique(session_ticket_scope, place_key(place)), value))
    return std::nullopt;
  const auto id = domain::uuid_from_bytes(keys::after_expiry(value));
  return id ? tickets_.load(domain::ticket_id{*id}) : std::nullopt;
}

std::optional<thread_position>
session_views::locate(domain::session_id session,
                      const domain::message_id& message,
                      std::size_t looks_max) const {
  auto look = first_look;
  auto ticket = last_ticket(session);
  while (ticket && ticket->session) {
    auto last = number(ticket->last_message);
    while (last > 0) {
      if (looks_max == 0)
        return std::nullopt;
      const auto count = static_cast<std::uint32_t>(
        std::min<std::size_t>({last, look, looks_max}));
      const auto rows = tickets_.messages(
        *ticket, domain::message_sequence{last - count}, count);
      for (const auto& row : rows)
        if (row.message.id == message)
          return thread_position{ticket->session->number, row.number};
      last -= count;
      looks_max -= count;
      look = further_look;
    }
    const auto place = before(*ticket->session);
    ticket = place ? ticket_at(*place) : std::nullopt;
  }
  return std::nullopt;
}

thread_position session_views::before_end(domain::session_id session,
                                          std::size_t back) const {
  auto ticket = last_ticket(session);
  while (ticket && ticket->session) {
    const auto last = number(ticket->last_message);
    if (last >= back)
      return {
        ticket->session->number,
        domain::message_sequence{last - static_cast<std::uint32_t>(back)}};
    back -= last;
    const auto place = before(*ticket->session);
    ticket = place ? ticket_at(*place) : std::nullopt;
  }
  return {};
}

std::optional<domain::message_id>
session_views::answered(const domain::ticket& ticket,
                        const message_row& row) const {
  if (row.message.reply_to == domain::message_sequence{})
    return std::nullopt;
  thread_local std::string value;
  const auto number = row.message.reply_to;
  if (!rows_.get(family::messages, keys::message(ticket.id, number), value))
    return std::nullopt;
  const auto found = decode_message_row(number, value);
  return found ? std::optional{found->message.id} : std::nullopt;
}

std::vector<thread_message> session_views::read(domain::session_id session,
                                                thread_position after,
                                                std::size_t max) const {
  std::vector<thread_message> out;
  domain::session_place place{session, std::max(after.place, 1U)};
  auto ticket = ticket_at(place);
  while (ticket && out.size() < max) {
    auto rows = tickets_.messages(*ticket, after.message, max - out.size());
    for (auto& row : rows) {
      auto reply_to = answered(*ticket, row);
      out.push_back(
        {{place.number, row.number}, ticket->number, std::move(row), reply_to});
    }
    ++place.number;
    after.message = {};
    ticket = ticket_at(place);
  }
  return out;
}

} // namespace switchboard::persistence
