#pragma once

#include "channels/web/visitor.hpp"
#include "persistence/session_views.hpp"

namespace switchboard::api {

/// Writes a message of a session's conversation as its visitor sees it. Pure.
inline void write_thread_message(channels::json::writer& out,
                                 const domain::session_id& session,
                                 const persistence::thread_message& one,
                                 const channels::attachment_links* links) {
  const auto& row = one.row;
  const channels::web::visitor_message_place place{
    one.ticket, row.at, row.edited_at, one.reply_to,
    row.marks.deleted_at.has_value()};
  channels::web::write_visitor_message(out, session, place, row.message, links);
}

} // namespace switchboard::api
