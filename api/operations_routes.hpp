#pragma once

#include "api/gate.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::api {

/// What the operations routes ask of the rest of the process.
struct operations_parts {
  /// The metrics page.
  std::function<std::string()> expose_metrics;
  /// Why the process should get no traffic now; empty when it is ready.
  std::function<std::vector<std::string>()> obstacles;
  /// Writes a backup into a new folder and calls `done` with what went wrong,
  /// or nothing; works on a thread of its own.
  std::function<void(std::string folder,
                     std::function<void(std::optional<std::string>)> done)>
    back_up;
};

/// `GET /healthz`, `GET /readyz`, `GET /metrics` and `POST /api/v1/backup`
/// (scope `admin`).
class operations_routes {
public:
  operations_routes(operations_parts parts, persistence::journal& journal,
                    actors::clock_fn now);

  void add_to(net::router& router, gate& door);

private:
  net::response on_ready();
  boost::asio::awaitable<net::response> on_backup(net::request& req,
                                                  const caller& who);

  operations_parts parts_;
  persistence::journal& journal_;
  actors::clock_fn now_;
};

} // namespace switchboard::api
