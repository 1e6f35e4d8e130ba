#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/gate.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/awaitable.hpp>

namespace switchboard::api {

/// Dead letters: `GET /api/v1/dead-letters` and
/// `POST /api/v1/dead-letters/:id/replay`.
class delivery_routes {
public:
  delivery_routes(actors::engine& engine, persistence::journal& journal,
                  actors::clock_fn now);

  void add_to(net::router& router, gate& door);

private:
  net::response on_list(net::request& req);
  boost::asio::awaitable<net::response> on_replay(net::request& req);

  actors::engine& engine_;
  persistence::journal& journal_;
  persistence::delivery_views deliveries_;
  actors::clock_fn now_;
};

} // namespace switchboard::api
