#pragma once

#include "api/flood_limiter.hpp"
#include "api/rate_limiter.hpp"
#include "api/session_agents.hpp"
#include "api/session_hub.hpp"
#include "api/ticket_tools.hpp"
#include "api/visitor_door.hpp"
#include "api/visitor_signals.hpp"
#include "net/router.hpp"
#include "persistence/journal.hpp"
#include "persistence/session_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::api {

struct session_options {
  std::vector<std::string> categories;   ///< empty: any
  std::uint32_t creates_per_minute = 60; ///< of one address; 0: no limit
  std::uint32_t messages = 5; ///< of one session in `window`; 0: no limit
  std::chrono::seconds window{10};
};

/// What sessions are made of; all of it outlives the routes.
struct session_tools {
  ticket_tools tickets;
  persistence::journal& journal;
  session_hub& hub;
  /// Who hears what visitors do beside writing.
  visitor_signals signals{};
  /// What somebody is told who opens a ticket now; empty, or an empty text:
  /// nothing.
  std::function<std::string(const domain::session&)> opening_notice{};
};

/// The visitors' door: `/api/session…` and `/api/categories`.
///
/// A session has no actor of its own. Its record changes with its contact only,
/// under the version that was read. Its tickets are claims of the places
/// `1, 2, 3 …` in it, each made by the commit that creates the ticket: so of
/// two messages that find no open ticket one opens it, and the other one finds
/// its place taken and follows.
///
/// Built once; thread-safe.
class session_routes {
public:
  session_routes(session_tools tools, const visitor_door& door,
                 session_options options);

  void add_to(net::router& router);

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_create(net::request& req);
  answer on_change(net::request& req);
  answer on_message(net::request& req);
  answer on_edit(net::request& req);
  answer on_read_mark(net::request& req);
  net::response on_read(const net::request& req) const;
  net::response on_categories() const;
  net::stream_answer on_stream(const net::request& req) const;

  /// Where to go on after the message that the reader has seen last; nothing
  /// when none is named.
  struct place_in_thread {
    std::optional<persistence::thread_position> at;
    std::optional<net::response> refusal;
  };
  [[nodiscard]] place_in_thread place_of(const domain::session& session,
                                         std::string_view field,
                                         std::string_view message) const;

  session_tools tools_;
  const visitor_door& door_;
  session_options options_;
  persistence::record_views records_;
  persistence::session_views sessions_;
  session_agents agents_;
  rate_limiter creates_;
  flood_limiter messages_;
};

} // namespace switchboard::api
