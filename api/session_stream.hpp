#pragma once

#include "api/session_hub.hpp"
#include "api/visitor_signals.hpp"
#include "channels/attachment_links.hpp"
#include "domain/ids.hpp"
#include "net/stream_source.hpp"
#include "persistence/rows.hpp"
#include "persistence/session_views.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace switchboard::api {

/// What a visitor's stream is made of.
struct session_stream_parts {
  const persistence::row_reader& rows;
  session_hub& hub;
  domain::session_id session;
  /// What the visitor has seen; nothing: begin with what happens now.
  std::optional<persistence::thread_position> after;
  std::function<bool()> may_go_on; ///< whether the visitor's token still holds
  /// Makes the addresses of attachments; without it they need a key.
  const channels::attachment_links* links = nullptr;
  /// Who hears what the visitor does beside writing.
  visitor_signals signals{};
};

/// Follows one session: `ticket` and `agent` say how things stand now, at the
/// beginning and whenever that changes; `message` brings each message once, in
/// order, and once more when it is edited meanwhile; `typing` passes by. The id
/// of each is the last message's that was brought (`0`: none), which is where a
/// lost reader resumes.
///
/// When the hub wakes it, it compares what the rows say with what it has told.
/// So it keeps nothing but its place, cannot miss or repeat a message, and a
/// slow reader costs nothing.
std::unique_ptr<net::stream_source> follow_session(session_stream_parts parts);

} // namespace switchboard::api
