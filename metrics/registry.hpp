#pragma once

#include "metrics/histogram.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Registry;
}

/// What the server tells about itself. Components speak to probes, probes to
/// the registry; README.md lists every metric.
namespace switchboard::metrics {

enum class family_type : std::uint8_t { counter, gauge, histogram };

std::string_view to_string(family_type t) noexcept;

/// One row of the catalogue in README.md.
struct family_info {
  std::string name;
  std::string help;
  std::vector<std::string> labels{}; ///< the names; values come with a series
};

using label_values = std::map<std::string, std::string>;

/// Owns every metric of the process and writes them out. One per process, made
/// by `app` before the components and outliving them. Thread-safe; the metrics
/// that it hands out live as long as it does and cost an atomic operation or
/// two each. Registering takes a lock: do it at the start and keep the
/// reference.
class registry {
public:
  registry();
  ~registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  /// The series with these label values, made at the first call. The values'
  /// names are the family's labels; asserts that a name has one type only.
  prometheus::Counter& counter(const family_info& info,
                               const label_values& labels = {});
  prometheus::Gauge& gauge(const family_info& info,
                           const label_values& labels = {});
  metrics::histogram& histogram(const family_info& info,
                                std::span<const double> bounds,
                                const label_values& labels = {});

  /// Calls `refresh` before each exposition, one at a time, on the thread that
  /// asks: for gauges whose values are read somewhere else.
  void on_expose(std::function<void()> refresh);

  /// Everything in the text format 0.0.4, sorted by name.
  [[nodiscard]] std::string expose();

  struct family {
    std::string name;
    std::string help;
    family_type type = family_type::counter;
    std::vector<std::string> labels;
  };

  /// Every family that was registered, sorted by name.
  [[nodiscard]] std::vector<family> families() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::metrics
