#pragma once

#include "bench/answer_parser.hpp"
#include "bench/load_runner.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// A visitor's session, as the server gave it.
struct visitor_session {
  std::string id;
  std::string token;
};

/// Opens so many sessions. Like `do_for_each`.
std::vector<visitor_session> open_sessions(const load_options& load,
                                           std::uint32_t count);

/// A whole request by which a visitor writes.
std::string message_request(const std::string& host,
                            const visitor_session& session,
                            std::string_view text);

/// The number of the ticket that the message went to; 0 when the answer is not
/// right.
std::uint64_t ticket_of(const answer& reply);

} // namespace switchboard::bench
