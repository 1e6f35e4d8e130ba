#pragma once

#include "actors/engine.hpp"
#include "api/gate.hpp"
#include "persistence/error_records.hpp"

namespace switchboard::api {

/// How it goes: `GET /api/v1/stats` and `GET /api/v1/errors`. Built once;
/// thread-safe.
class report_routes {
public:
  report_routes(const actors::engine& engine,
                const persistence::row_reader& rows, actors::clock_fn now);

  void add_to(net::router& router, gate& door);

private:
  [[nodiscard]] net::response on_stats() const;
  [[nodiscard]] net::response on_errors(net::request& req) const;

  const actors::engine& engine_;
  persistence::error_views errors_;
  actors::clock_fn now_;
};

} // namespace switchboard::api
