#pragma once

#include "api/query.hpp"
#include "persistence/ticket_lists.hpp"

#include <optional>
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

} // namespace switchboard::api
