#pragma once

#include "net/stream_source.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace switchboard::net {

/// Appends a message as a server-sent event. Control characters in `event` and
/// `id`, which would begin lines of their own, are left out; each line of
/// `data` becomes one.
void append_event(std::string& out, const stream_message& message);

/// Appends how long a client should wait before it connects again.
void append_retry(std::string& out, std::chrono::milliseconds wait);

/// Appends a line that clients skip; it shows that the stream is alive.
void append_heartbeat(std::string& out);

/// A message as the text of one WebSocket frame.
std::string frame_text(const stream_message& message);

/// Puts the head and the end of a chunk (HTTP/1.1) round `out` from `begin` on.
/// An empty one is left out, as it would end the body.
void wrap_chunk(std::string& out, std::size_t begin);

inline constexpr std::string_view last_chunk = "0\r\n\r\n";

} // namespace switchboard::net
