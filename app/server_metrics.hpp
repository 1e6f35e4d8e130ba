#pragma once

#include "metrics/http_probe.hpp"
#include "net/server_observer.hpp"

#include <string>
#include <vector>

namespace switchboard::app {

/// The server's tale as metrics.
class server_metrics final : public net::server_observer {
public:
  server_metrics(metrics::registry& all, const std::vector<std::string>& routes)
    : probe_{all, routes} {}

  void request_done(std::string_view route, unsigned status,
                    std::chrono::nanoseconds took) override {
    probe_.request_done(route, status, took);
  }
  void connection_opened() override {
    probe_.connection_opened();
  }
  void connection_closed() override {
    probe_.connection_closed();
  }
  void accept_paused() override {
    probe_.accept_paused();
  }

private:
  metrics::http_probe probe_;
};

} // namespace switchboard::app
