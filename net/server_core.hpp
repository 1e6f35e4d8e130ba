#pragma once

#include "net/client_address.hpp"
#include "net/connection_list.hpp"
#include "net/cors.hpp"
#include "net/io_runtime.hpp"
#include "net/router.hpp"
#include "net/server_observer.hpp"
#include "net/server_options.hpp"
#include "net/timer_wheel.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace switchboard::net {

/// What all connections of a server share. It lives until the last of them and
/// is not changed after the start, but for the counter and the list.
struct server_core {
  server_core(io_runtime& loop, server_options o, router r,
              server_observer* watcher)
    : runtime{loop},
      wheel{timer_wheel::of(loop.io())},
      options{std::move(o)},
      routes{std::move(r)},
      proxies{options.trusted_proxies},
      cross_origin{options.cross_origin},
      observer{watcher} {}

  io_runtime& runtime;
  timer_wheel& wheel;
  const server_options options;
  const router routes;
  const trusted_proxies proxies;
  const cors cross_origin;
  server_observer* const observer; ///< may be null
  std::atomic<std::uint64_t> last_request_id{0};
  connection_list connections;
};

} // namespace switchboard::net
