#pragma once

#include "api/query.hpp"
#include "persistence/ticket_lists.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace switchboard::api {

/// `GET /api/v1/tickets?…`: which tickets, and which page of them.
struct ticket_query {
  persistence::ticket_filter filter;
  page_query page; ///< with all that is wrong with the query
  std::optional<domain::ticket_id> before;
};

/// Filters by `status` and `state` (words of either vocabulary, several by
/// commas), `priority` (several by commas), `assignee` (a user's id, or
/// `none`), `channel`, `category`, `tag`, `q`, `created_after` and
/// `created_before`. A parameter that does not exist is a problem.
ticket_query parse_ticket_query(std::string_view query);

/// The same for a list that takes these parameters only, beside `limit` and
/// `cursor`. The cursor is the list's to read.
ticket_query parse_ticket_query(std::string_view query,
                                std::span<const std::string_view> names);

/// Reads the cursor of a list that is in the order of creation.
void read_ticket_cursor(ticket_query& query);

} // namespace switchboard::api
