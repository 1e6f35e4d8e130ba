#pragma once

#include "channels/json/reader.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What may be saved as an endpoint. Every check adds its problems to a list,
/// so that the caller hears of all of them at once; none repeats a header's
/// value or an address, which may hold secrets.
namespace switchboard::channels::webhooks {

using problem_list = std::vector<json::field_problem>;

/// Every event that an endpoint can ask for.
inline constexpr std::array<std::string_view, 9> event_types{
  "ticket.created",  "ticket.updated",   "ticket.closed",
  "ticket.assigned", "message.received", "message.sent",
  "user.mentioned",  "topic.created",    "error.occurred"};

struct url_rules {
  bool allow_http = false; ///< without TLS, bodies can be read on the way
  /// Asked about an address that stands in the URL instead of a name (IPv6
  /// without brackets): empty when it may be called, otherwise the range that
  /// forbids it, such as `loopback`. Unset: every address may. What a name
  /// stands for is checked when it is resolved, at each call.
  std::function<std::string(std::string_view address)> refusal_of_address;
};

inline constexpr std::size_t endpoint_url_size_max = 2'000;

/// Absolute, https (or http where that is allowed), a host that is an ASCII
/// name or an address in its usual form, no user name, no fragment. Problems
/// are of the field `url`.
void check_url(std::string_view url, const url_rules& rules, problem_list& to);

using header_list = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t endpoint_headers_max = 20;
inline constexpr std::size_t endpoint_header_bytes_max = 4'096;

/// Names are tokens, none twice and none that belongs to the connection, the
/// body or the signature; values are printable ASCII. `Authorization`,
/// `Cookie` and `User-Agent` are the owner's business. Problems are of the
/// fields `headers` and `headers.<name>`.
void check_headers(const header_list& headers, problem_list& to);

/// At least one, each an event type or `*`, none twice. Problems are of the
/// field `events`.
void check_events(std::span<const std::string> events, problem_list& to);

} // namespace switchboard::channels::webhooks
