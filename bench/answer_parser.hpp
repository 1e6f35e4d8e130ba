#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace switchboard::bench {

/// One HTTP/1.1 answer, as far as the load generator cares.
struct answer {
  unsigned status = 0;
  std::string_view body; ///< a view of the bytes that were parsed
  bool closes = false;   ///< the server ends the connection after it
};

enum class parse_state : std::uint8_t {
  complete,
  needs_more,
  malformed, ///< not HTTP/1.1, or framed by anything but Content-Length
};

struct parse_result {
  parse_state state = parse_state::needs_more;
  answer parsed;
  /// complete: the answer's length. needs_more: no use to try again before
  /// there are that many bytes.
  std::size_t bytes = 0;
};

/// Parses one answer at the start of `input`, in one pass and without copying:
/// the status, the length, the body. Does no more checking than is needed to
/// stay in step with the server. An answer without Content-Length has no body.
parse_result parse_answer(std::string_view input) noexcept;

/// The string value of the first `"name":"…"` in a JSON text, or empty. No JSON
/// parser: good for the few plain values (refs, ids) that need no unescaping.
std::string_view find_json_string(std::string_view json,
                                  std::string_view name) noexcept;

} // namespace switchboard::bench
