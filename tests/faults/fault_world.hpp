#pragma once

#include "tests/faults/customer.hpp"
#include "tests/simulators/n8n_simulator.hpp"
#include "tests/support/server_process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

namespace switchboard::faults {

/// How long a loop of faults runs: `SWITCHBOARD_FAULTS_SECONDS`, or this.
std::chrono::seconds fault_time(std::chrono::seconds usual);

/// Of `SWITCHBOARD_FAULTS_SEED`, or a new one.
std::uint64_t fault_seed();

/// Asks again and again, with a short rest between, until `holds` says so;
/// false in vain.
bool wait_until(const std::function<bool()>& holds,
                std::chrono::milliseconds timeout);

/// The ids of the tickets that n8n has heard of and said so. Any thread.
class announcements {
public:
  void add(const std::string& ticket_id);
  /// Waits until every acknowledged ticket is among them.
  bool wait_for(const std::vector<customer>& customers,
                std::chrono::milliseconds timeout);
  [[nodiscard]] std::size_t call_count() const;

private:
  [[nodiscard]] bool has_all(const std::vector<customer>& customers) const;

  mutable std::mutex mutex_;
  std::unordered_set<std::string> ids_;
  std::size_t calls_ = 0;
};

/// What `switchboard verify` said.
struct verification {
  int status = -1;
  std::string text;
  [[nodiscard]] std::size_t count(std::string_view of_what) const;
};

/// A server, an n8n and some customers, with faults between them.
class fault_world : public ::testing::Test {
protected:
  static constexpr std::size_t customer_count = 8;
  static constexpr const char* admin_key = "admin-key-of-the-fault-tests";

  fault_world();

  /// `data` empty: a temporary folder. Call it once, before anything else.
  void make_server(std::filesystem::path data = {},
                   const std::map<std::string, std::string>& more = {});

  void begin_load();
  /// From here on no answer acknowledges anything: the fault begins. Customers
  /// stop after the answer that they wait for.
  void stop_listening();
  /// Ends the customers' work; call it after the fault.
  void end_load();
  /// Ends the customers' work and has the server killed in the midst of it.
  void kill_under_load();
  /// All customers at once: everything acknowledged is there, once.
  void settle();

  /// On the stopped server's data, which must hold exactly what the customers
  /// know.
  void expect_exactly_what_is_known();
  /// Runs `switchboard verify` on the data of the stopped server.
  verification verify();

  /// The server answers; every acknowledged ticket has been announced.
  void expect_all_announced();

  support::http_reply get(std::string_view target);
  /// Creates a ticket of +12025550123; the same word, the same ticket.
  support::http_reply create(std::string_view word);
  /// The reference in the answer to a creation.
  static std::string ref_of(const support::http_reply& reply);

  [[nodiscard]] std::size_t ticket_count() const;
  [[nodiscard]] std::size_t message_count() const;
  [[nodiscard]] std::size_t acknowledged() const;
  [[nodiscard]] std::size_t refused() const;
  std::chrono::milliseconds random_delay(int from_ms, int to_ms);

  std::uint64_t seed = fault_seed();
  std::mt19937_64 random{seed};
  announcements told;
  std::unique_ptr<simulators::n8n_simulator> n8n;
  std::unique_ptr<support::server_process> server;
  std::vector<customer> customers;

private:
  void run_all(const std::function<void(customer&)>& what);
  void expect_no_problems();

  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

} // namespace switchboard::faults
