#pragma once

#include "net/message.hpp"
#include "net/request_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace switchboard::net {

/// What a client may send behind its handshake before it was answered.
inline constexpr std::size_t early_bytes_max = 1024;

/// Whether a complete request wants to become a WebSocket. Only `GET` of
/// HTTP/1.1 can want that.
bool asks_for_websocket(const request_reader& asked);

/// Why that request cannot become one: 400, or 426 for another version.
std::optional<response> websocket_refusal(const request_reader& asked);

/// The handshake reduced to what it needs, with the bytes behind it, for
/// Beast, which reads it once more into a small buffer.
std::string websocket_hello(const request_reader& asked);

} // namespace switchboard::net
