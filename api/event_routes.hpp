#pragma once

#include "api/gate.hpp"
#include "net/wake_list.hpp"
#include "persistence/journal.hpp"

#include <cstddef>

namespace switchboard::api {

/// What happened: `GET /api/v1/events` pages through it, `GET /api/v1/stream`
/// pushes it. Both read the journal's feed, so neither can miss or repeat an
/// event, and a reader that comes back goes on where it was. Built once;
/// thread-safe.
class event_routes {
public:
  struct options {
    /// How many events a reader of the stream may lag behind before it is told
    /// to resynchronise.
    std::size_t lag_max = 100'000;
  };

  /// `bell` rings when something was committed.
  event_routes(const persistence::journal& journal, net::wake_list& bell,
               options o);

  void add_to(net::router& router, gate& door);

private:
  net::response on_list(net::request& req) const;

  const persistence::journal& journal_;
  net::wake_list& bell_;
  options options_;
};

} // namespace switchboard::api
