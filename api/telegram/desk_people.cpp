#include "api/telegram/desk_people.hpp"

#include "persistence/keys.hpp"
#include "persistence/ticket_lists.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace switchboard::api::telegram {

namespace {

/// Looks at this many pages of tickets at most, so that an agent of many years
/// holds up nobody.
constexpr int pages_max = 2;
constexpr std::size_t page_size = 200;
constexpr std::size_t messages_at_once = 64;
constexpr std::size_t messages_looked_at = 2'000;
constexpr std::size_t users_at_once = 100;
constexpr std::size_t users_looked_at = 2'000;
/// How often a group may have moved.
constexpr int moves_max = 8;

std::string moved_row(wire::chat_id from) {
  return "telegram_moved:" + std::to_string(static_cast<std::int64_t>(from));
}

std::optional<domain::user>
value_of(std::optional<persistence::versioned<domain::user>>&& found) {
  return found ? std::optional{std::move(found->value)} : std::nullopt;
}

std::vector<domain::ticket> read_pages(const persistence::row_reader& rows,
                                       const persistence::ticket_filter& what) {
  std::vector<domain::ticket> out;
  std::optional<domain::ticket_id> before;
  for (int i = 0; i < pages_max; ++i) {
    auto page = persistence::list_tickets(rows, what, before, page_size);
    for (auto& ticket : page.tickets)
      if (ticket.session)
        out.push_back(std::move(ticket));
    before = page.next;
    if (!before)
      break;
  }
  return out;
}

desk_people::list cut(std::vector<domain::ticket>&& all, std::size_t max) {
  desk_people::list out;
  if (all.size() > max) {
    out.more = all.size() - max;
    all.resize(max);
  }
  out.tickets = std::move(all);
  return out;
}

} // namespace

// -- the group ----------------------------------------------------------------

desk_group::desk_group(wire::chat_id configured,
                       const persistence::row_reader& rows)
  : current_{static_cast<std::int64_t>(configured)} {
  std::string value;
  for (int i = 0;
       i < moves_max
       && rows.get(persistence::family::meta, moved_row(now()), value);
       ++i)
    current_ = static_cast<std::int64_t>(persistence::keys::read_u64(value));
}

std::optional<persistence::row_change> desk_group::moved(wire::chat_id from,
                                                         wire::chat_id to) {
  auto known = static_cast<std::int64_t>(from);
  const auto next = static_cast<std::int64_t>(to);
  if (known == 0 || !current_.compare_exchange_strong(known, next))
    return std::nullopt;
  return persistence::row_change{
    persistence::family::meta, moved_row(from),
    persistence::keys::u64(static_cast<std::uint64_t>(next))};
}

// -- people -------------------------------------------------------------------

bool may_claim(const domain::user& user) noexcept {
  return user.role != domain::user_role::executor;
}

bool may_do_all(const domain::user& user) noexcept {
  return user.role == domain::user_role::manager
         || user.role == domain::user_role::admin;
}

std::optional<wire::chat_id> chat_of(const domain::user& user) {
  if (!user.telegram_id)
    return std::nullopt;
  return wire::chat_id{*user.telegram_id};
}

std::optional<domain::user> desk_people::find(wire::user_id id) const {
  const auto known = records_.find_telegram_user(static_cast<std::int64_t>(id));
  return known ? value_of(records_.find(*known)) : std::nullopt;
}

std::optional<domain::user>
desk_people::find_username(std::string_view name) const {
  const auto known = records_.find_username(name);
  return known ? value_of(records_.find(*known)) : std::nullopt;
}

std::optional<domain::user> desk_people::find_agent(std::string_view id) const {
  std::uint64_t number = 0;
  const auto* const end = id.data() + id.size();
  const auto [stop, error] = std::from_chars(id.data(), end, number);
  if (id.empty() || error != std::errc{} || stop != end)
    return std::nullopt;
  return value_of(records_.find(domain::user_id{number}));
}

std::optional<domain::user>
desk_people::holder_of(const domain::ticket& ticket) const {
  return find_agent(ticket.assignee);
}

std::vector<domain::user>
desk_people::people(std::size_t max, bool (*fits)(const domain::user&)) const {
  std::vector<domain::user> out;
  domain::user_id after{};
  for (std::size_t seen = 0; seen < users_looked_at;) {
    auto some = records_.users(after, users_at_once);
    for (auto& user : some) {
      after = user.id;
      if (user.telegram_id && fits(user) && out.size() < max)
        out.push_back(std::move(user));
    }
    seen += users_at_once;
    if (some.size() < users_at_once || out.size() == max)
      break;
  }
  return out;
}

std::vector<domain::user> desk_people::claimers(std::size_t max) const {
  return people(max, [](const domain::user& user) { return may_claim(user); });
}

std::vector<domain::user> desk_people::admins(std::size_t max) const {
  return people(max, [](const domain::user& user) {
    return user.role == domain::user_role::admin;
  });
}

// -- what they have -----------------------------------------------------------

desk_people::list desk_people::open_tickets(const domain::user& user,
                                            std::size_t max) const {
  using domain::status;
  persistence::ticket_filter filter;
  filter.assignee = to_string(user.id);
  filter.states = {status::assigned, status::in_progress,
                   status::waiting_customer, status::escalated};
  auto all = read_pages(rows_, filter);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.assigned_at.value_or(a.created_at)
           > b.assigned_at.value_or(b.created_at);
  });
  return cut(std::move(all), max);
}

desk_people::list desk_people::waiting_tickets(std::size_t max) const {
  persistence::ticket_filter filter;
  filter.states = {domain::status::pending};
  filter.assignee = std::string{};
  auto all = read_pages(rows_, filter);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.waiting_since.value_or(a.created_at)
           < b.waiting_since.value_or(b.created_at);
  });
  return cut(std::move(all), max);
}

std::optional<persistence::message_row>
desk_people::find_message(const domain::ticket& ticket,
                          const domain::uuid& id) const {
  auto end = static_cast<std::uint32_t>(ticket.last_message);
  for (std::size_t seen = 0; end > 0 && seen < messages_looked_at;
       seen += messages_at_once) {
    const auto begin = end > messages_at_once
                         ? end - static_cast<std::uint32_t>(messages_at_once)
                         : 0;
    auto rows
      = tickets_.messages(ticket, domain::message_sequence{begin}, end - begin);
    for (auto& row : rows)
      if (row.message.id.value == id)
        return std::move(row);
    end = begin;
  }
  return std::nullopt;
}

} // namespace switchboard::api::telegram
