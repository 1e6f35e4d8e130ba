#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/access.hpp"
#include "net/router.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/awaitable.hpp>

namespace switchboard::api {

/// Dead letters: `GET /api/v1/dead-letters` and
/// `POST /api/v1/dead-letters/:id/replay`; both want the admin key.
class delivery_routes {
public:
  delivery_routes(actors::engine& engine, persistence::journal& journal,
                  actors::clock_fn now, const secret& admin_key);

  void add_to(net::router& router);

private:
  net::response on_list(net::request& req);
  boost::asio::awaitable<net::response> on_replay(net::request& req);

  actors::engine& engine_;
  persistence::journal& journal_;
  persistence::delivery_views deliveries_;
  actors::clock_fn now_;
  const secret& admin_key_;
};

} // namespace switchboard::api
