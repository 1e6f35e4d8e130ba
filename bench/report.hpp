#pragma once

#include "bench/load_figures.hpp"

#include <cstdint>
#include <string>

namespace switchboard::bench {

/// What a report says about the run beside its figures.
struct report_header {
  std::string scenario;
  std::string server;
  std::uint32_t connections = 0;
  double rate = 0;                         ///< 0: as fast as answered
  std::uint64_t server_resident_bytes = 0; ///< 0: not watched
};

/// One line for a running load.
std::string to_line(const load_progress& progress);

/// For people: a line for each kind of request, errors, CPU times.
std::string to_table(const report_header& header, const load_figures& figures);

/// A JSON object with the quantiles of latencies, in microseconds.
std::string to_json(const histogram& latency);

/// For scripts: one JSON object. Latencies in microseconds.
std::string to_json(const report_header& header, const load_figures& figures);

} // namespace switchboard::bench
