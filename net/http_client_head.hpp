#pragma once

#include "net/http_client_types.hpp"
#include "net/url.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::net {

/// Empty when the request's method, headers and sizes may be sent, otherwise
/// what is wrong with them, for people and without the values.
std::string find_request_problem(const client_request& request,
                                 const http_client_options& options);

/// The request line and all headers, with the empty line that ends them.
std::string write_request_head(const client_request& request, const url& to,
                               std::string_view user_agent);

/// Reads a `Retry-After` header: seconds, or an HTTP-date in the one form that
/// RFC 9110 lets senders use. Longer than a week is taken as a week.
std::optional<std::chrono::seconds>
parse_retry_after(std::string_view value,
                  std::chrono::system_clock::time_point now);

} // namespace switchboard::net
