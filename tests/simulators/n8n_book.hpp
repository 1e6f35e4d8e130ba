#pragma once

#include "tests/simulators/http_peer.hpp"
#include "tests/simulators/n8n_simulator.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::simulators {

/// What the simulator remembers and what it has been told to do; outlives its
/// restarts. Any thread.
class n8n_book {
public:
  explicit n8n_book(n8n_simulator_options options);

  /// Enters a call and decides what becomes of it. A refused call (wrong key,
  /// wrong path) gets its status, whatever the script says.
  struct decision {
    reaction react;
    bool unknown_path = false;
    bool wrong_key = false;
  };
  decision enter(const peer_request& request);

  void script(std::vector<reaction> next);
  void usually(reaction usual);
  void forget();

  [[nodiscard]] std::vector<received_call> calls() const;
  [[nodiscard]] std::size_t call_count() const;
  [[nodiscard]] std::vector<std::string> violations() const;
  bool wait_until(
    const std::function<bool(const std::vector<received_call>&)>& enough,
    std::chrono::milliseconds timeout);

  [[nodiscard]] const n8n_simulator_options& options() const noexcept {
    return options_;
  }

private:
  void check(const peer_request& request, received_call& call);
  reaction next_reaction();

  const n8n_simulator_options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<received_call> calls_;
  std::vector<std::string> violations_;
  std::deque<reaction> script_;
  reaction usual_;
};

} // namespace switchboard::simulators
