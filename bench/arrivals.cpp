#include "bench/arrivals.hpp"

#include <cassert>

namespace switchboard::bench {

arrivals::arrivals(arrival_kind kind, double per_second, std::uint64_t seed)
  : kind_{kind}, gap_ns_{1e9 / per_second}, random_{seed} {
  assert(per_second > 0);
}

arrivals::duration arrivals::next() {
  if (kind_ == arrival_kind::poisson) {
    std::exponential_distribution<double> gap{1.0 / gap_ns_};
    at_ns_ += gap(random_);
  } else {
    at_ns_ += gap_ns_;
  }
  return duration{static_cast<std::int64_t>(at_ns_)};
}

} // namespace switchboard::bench
