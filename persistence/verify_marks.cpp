#include "persistence/verify_marks.hpp"

#include "persistence/message_marks.hpp"

namespace switchboard::persistence {

namespace {

std::size_t hash_of(std::string_view key) noexcept {
  return std::hash<std::string_view>{}(key);
}

} // namespace

void marks_verification::replay(const domain::uuid& ticket,
                                const row_change& row) {
  if (row.value)
    expected_.insert(hash_of(row.key));
  else
    expected_.erase(hash_of(row.key));
  std::string stored;
  const bool is_there = rows_.get(family::marks, row.key, stored);
  const bool is_right
    = row.value ? is_there && stored == *row.value : !is_there;
  if (is_right)
    odd_.erase(row.key);
  else
    odd_.insert_or_assign(row.key, ticket);
}

void marks_verification::finish(const finder& has_ticket,
                                const reporter& report) const {
  for (const auto& [key, ticket] : odd_)
    report(ticket, "a mark of its messages is missing or wrong");
  rows_.scan(
    family::marks, {}, {}, [&](std::string_view key, std::string_view value) {
      const auto ticket = ticket_of_mark(key, value);
      if (!ticket)
        report({}, "a mark of a message cannot be read");
      else if (!has_ticket(ticket->value))
        report(ticket->value, "a mark is of a ticket that is not there");
      else if (!expected_.contains(hash_of(key))
               && !odd_.contains(std::string{key}))
        report(ticket->value, "a mark of its messages has no event");
      return true;
    });
}

} // namespace switchboard::persistence
