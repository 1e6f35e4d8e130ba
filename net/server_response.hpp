#pragma once

#include "net/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::net {

/// How a client sees where the body ends.
enum class body_end : std::uint8_t { length, last_chunk, close };

/// How the answer goes out, beside what the handler said.
struct response_framing {
  int version = 11;
  bool keep_alive = true;
  body_end end = body_end::length;
  std::uint64_t request_id = 0; ///< told to the client with errors
};

/// Appends status line and headers, up to the empty line. The response's own
/// headers must have passed `headers_are_safe`.
void append_head(std::string& out, const response& answer,
                 const response_framing& framing);

/// Whether a body may follow the head at all.
bool has_body(unsigned status) noexcept;

/// No name or value of the response's headers could begin another header, and
/// none says what is the server's to say (lengths and the connection).
bool headers_are_safe(const response& answer) noexcept;

/// An error in the shape of the API; the texts are literals without anything
/// to escape.
response error_response(unsigned status, std::string_view code,
                        std::string_view message);

} // namespace switchboard::net
