#include "bench/trip_book.hpp"

namespace switchboard::bench {

std::string trip_book::begin(std::size_t kind, std::uint64_t destination) {
  const std::lock_guard lock{mutex_};
  const auto number = trips_.size();
  trips_.push_back({kind, destination, clock::now(), false});
  ++figures_[kind].begun;
  return std::string{trip_mark} + std::to_string(number)
         + ". Has it been on its way since Monday?";
}

void trip_book::arrive(std::uint64_t number, std::uint64_t where) {
  const auto now = clock::now();
  const std::lock_guard lock{mutex_};
  if (number >= trips_.size() || trips_[number].destination != where) {
    ++astray_;
    return;
  }
  auto& one = trips_[number];
  if (one.arrived) {
    ++repeated_;
    return;
  }
  one.arrived = true;
  ++arrived_;
  ++figures_[one.kind].arrived;
  if (one.begun < window_)
    return;
  figures_[one.kind].latency.record(now - one.begun);
  last_ = now;
}

void trip_book::arrive_if(std::size_t kind, std::uint64_t number,
                          std::uint64_t where) {
  {
    const std::lock_guard lock{mutex_};
    if (number < trips_.size() && trips_[number].kind != kind)
      return;
  }
  arrive(number, where);
}

void trip_book::open_window() {
  const std::lock_guard lock{mutex_};
  window_ = clock::now();
}

bool trip_book::all_arrived() const {
  const std::lock_guard lock{mutex_};
  return arrived_ == trips_.size();
}

std::uint64_t trip_book::arrived() const {
  const std::lock_guard lock{mutex_};
  return arrived_;
}

trip_figures trip_book::figures(std::size_t kind) const {
  const std::lock_guard lock{mutex_};
  return figures_[kind];
}

std::chrono::nanoseconds trip_book::span() const {
  const std::lock_guard lock{mutex_};
  return last_ > window_ ? last_ - window_ : std::chrono::nanoseconds{};
}

std::string trip_book::problem() const {
  const std::lock_guard lock{mutex_};
  if (arrived_ != trips_.size())
    return std::to_string(trips_.size() - arrived_) + " of "
           + std::to_string(trips_.size()) + " messages did not arrive";
  if (repeated_ > 0)
    return std::to_string(repeated_) + " messages arrived again";
  if (astray_ > 0)
    return std::to_string(astray_) + " messages arrived at somebody else's";
  return {};
}

} // namespace switchboard::bench
