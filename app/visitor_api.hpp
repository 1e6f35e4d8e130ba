#pragma once

#include "actors/engine.hpp"
#include "api/gate.hpp"
#include "api/session_attachments.hpp"
#include "api/session_hub.hpp"
#include "api/session_routes.hpp"
#include "api/visitor_door.hpp"
#include "api/visitor_signals.hpp"
#include "api/visitor_ticket_routes.hpp"
#include "app/attachments.hpp"
#include "config/config.hpp"
#include "net/wake_list.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>

namespace switchboard::app {

/// What the visitors' door is built on; all of it outlives it.
struct visitor_parts {
  const config::config& config;
  std::string jwt_key;
  actors::engine& engine;
  actors::id_source& ids;
  persistence::journal& journal;
  net::wake_list& bell;
  boost::asio::io_context& io;
  api::gate& staff;
  attachments& files;
  /// Who hears what visitors do beside writing, and what is said to whom who
  /// opens a ticket; may be empty.
  api::visitor_signals signals{};
  std::function<std::string(const domain::session&)> opening_notice{};
};

/// The routes of visitors' sessions, and what tells their streams.
class visitor_api {
public:
  explicit visitor_api(const visitor_parts& parts);

  void add_to(net::router& router);

  /// For whoever has something passing to tell the streams.
  [[nodiscard]] api::session_hub& hub() noexcept {
    return hub_;
  }

private:
  api::visitor_door door_;
  api::session_hub hub_;
  api::session_routes sessions_;
  api::visitor_ticket_routes tickets_;
  api::session_attachments uploads_;
};

} // namespace switchboard::app
