#include "metrics/http_probe.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <unordered_map>

namespace switchboard::metrics {

namespace {

constexpr unsigned status_min = 100;
constexpr unsigned status_max = 599;
constexpr std::string_view unmatched = "unmatched";

const family_info requests_family{
  "switchboard_http_requests_total",
  "Requests answered, by route pattern and HTTP status.",
  {"route", "status"}};
const family_info seconds_family{
  "switchboard_http_request_seconds",
  "From a request's first byte to its answer's last, by route pattern.",
  {"route"}};
const family_info connections_family{"switchboard_http_connections",
                                     "Connections that are open now."};
const family_info accepted_family{"switchboard_http_connections_total",
                                  "Connections accepted."};
const family_info paused_family{
  "switchboard_http_accept_pauses_total",
  "How often accepting paused: no descriptors left, or too many connections."};

/// The series of one route. A counter is looked up once for each status that
/// occurs and then found by its number.
struct route_series {
  route_series(registry& owner, std::string name)
    : all{&owner},
      route{std::move(name)},
      seconds{&owner.histogram(seconds_family, duration_bounds(),
                               {{"route", route}})} {}

  prometheus::Counter& requests(unsigned status) {
    const bool is_known = status >= status_min && status <= status_max;
    auto& slot
      = by_status[is_known ? status - status_min : by_status.size() - 1];
    auto* counter = slot.load(std::memory_order_acquire);
    if (counter == nullptr) {
      const auto word = is_known ? std::to_string(status) : "other";
      counter
        = &all->counter(requests_family, {{"route", route}, {"status", word}});
      slot.store(counter, std::memory_order_release);
    }
    return *counter;
  }

  registry* all;
  std::string route;
  histogram* seconds;
  std::array<std::atomic<prometheus::Counter*>, status_max - status_min + 2>
    by_status{};
};

struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

} // namespace

struct http_probe::impl {
  explicit impl(registry& all)
    : rest{all, std::string{unmatched}},
      connections{all.gauge(connections_family)},
      accepted{all.counter(accepted_family)},
      paused{all.counter(paused_family)} {}

  // Written before the first request, then only read.
  std::unordered_map<std::string, std::unique_ptr<route_series>, text_hash,
                     std::equal_to<>>
    routes;
  route_series rest;
  prometheus::Gauge& connections;
  prometheus::Counter& accepted;
  prometheus::Counter& paused;
};

http_probe::http_probe(registry& all, const std::vector<std::string>& routes)
  : impl_{std::make_unique<impl>(all)} {
  for (const auto& route : routes) {
    auto& series = impl_->routes[route];
    if (!series)
      series = std::make_unique<route_series>(all, route);
  }
  // The family exists from the start, not only from the first request.
  impl_->rest.requests(404);
}

http_probe::~http_probe() = default;

void http_probe::request_done(std::string_view route, unsigned status,
                              std::chrono::nanoseconds took) {
  const auto found = impl_->routes.find(route);
  auto& series = found == impl_->routes.end() ? impl_->rest : *found->second;
  series.requests(status).Increment();
  series.seconds->observe(took);
}

void http_probe::connection_opened() {
  impl_->connections.Increment();
  impl_->accepted.Increment();
}

void http_probe::connection_closed() {
  impl_->connections.Decrement();
}

void http_probe::accept_paused() {
  impl_->paused.Increment();
}

} // namespace switchboard::metrics
