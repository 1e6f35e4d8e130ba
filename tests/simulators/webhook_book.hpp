#pragma once

#include "tests/simulators/webhook_receiver.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace switchboard::simulators {

/// What the receiver remembers and what it has been told to do; outlives its
/// restarts. Any thread.
class webhook_book {
public:
  explicit webhook_book(webhook_receiver_options options);

  void add(const std::string& path, webhook_endpoint_options options);
  void set_secrets(const std::string& path, std::vector<std::string> secrets);
  void script(const std::string& path, std::vector<webhook_reaction> next);
  void usually(const std::string& path, webhook_reaction usual);
  void forget();

  /// Enters a call and decides what becomes of it.
  webhook_reaction enter(webhook_request request, std::size_t connection);

  [[nodiscard]] std::vector<webhook_call> calls(std::string_view path) const;
  [[nodiscard]] webhook_tally tally(std::string_view path) const;
  [[nodiscard]] std::vector<std::string> violations() const;
  bool wait_until(std::string_view path,
                  const std::function<bool(const webhook_tally&)>& enough,
                  std::chrono::milliseconds timeout);

  [[nodiscard]] const webhook_receiver_options& options() const noexcept {
    return options_;
  }

private:
  /// How far one ticket's events have come at one endpoint.
  struct progress {
    std::int64_t sequence = 0;
    /// The ids of that sequence's events, by type: one change of a ticket may
    /// be more than one event.
    std::map<std::string, std::string> ids;
  };

  struct endpoint {
    webhook_endpoint_options options;
    std::mt19937_64 random;
    std::deque<webhook_reaction> script;
    webhook_reaction usual;
    webhook_tally tally;
    std::unordered_set<std::string> known_ids;
    std::unordered_map<std::string, progress> tickets;
  };

  webhook_reaction decide(endpoint& to, webhook_call& call);
  static webhook_reaction next_reaction(endpoint& to);
  void note_accepted(endpoint& to, webhook_call& call);
  void check_order(endpoint& to, const webhook_call& call);
  void object(const webhook_call& call, std::string_view what);

  /// Empty `path`: of all.
  [[nodiscard]] webhook_tally sum(std::string_view path) const;

  const webhook_receiver_options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, endpoint, std::less<>> endpoints_;
  std::uint64_t strays_ = 0; ///< calls for no known path
  std::vector<webhook_call> calls_;
  std::vector<std::string> violations_;
};

} // namespace switchboard::simulators
