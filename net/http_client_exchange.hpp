#pragma once

#include "net/http_client_core.hpp"
#include "net/http_client_pool.hpp"
#include "net/url.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::net {

/// One request on its way:
///
///     waiting ──► connecting ──► writing ──► reading ──► answer
///        │   a kept connection ─────▲  │        │
///        │                          │  └────────┤ closed before any byte of
///        └──────────────────────────┘           ▼ an answer: connecting, once
///
/// Lives as long as its coroutine. Thread contract: the client's strand.
class http_exchange final : public pool_waiter,
                            public std::enable_shared_from_this<http_exchange> {
public:
  using clock = std::chrono::steady_clock;

  http_exchange(std::shared_ptr<http_client_core> core, client_request request,
                http_client_core::callback done);
  http_exchange(const http_exchange&) = delete;
  http_exchange& operator=(const http_exchange&) = delete;
  ~http_exchange() override;

  void start();
  /// Ends whatever goes on with `shutting_down`.
  void shut_down();

  void on_slot() override;

private:
  enum class phase : std::uint8_t { waiting, connecting, writing, reading };
  enum class interruption : std::uint8_t { none, out_of_time, shut_down };

  boost::asio::awaitable<void> run();
  bool prepare();
  boost::asio::awaitable<bool> wait_for_slot();
  boost::asio::awaitable<bool> open();
  boost::asio::awaitable<bool> resolve();
  bool addresses_allowed();
  boost::asio::awaitable<bool> connect_to_any();
  boost::asio::awaitable<bool> encrypt();
  /// Writes and reads; false when a kept connection turned out to be closed.
  boost::asio::awaitable<bool> transact(bool kept);
  void accept_answer(read_outcome outcome);
  void judge_broken(const boost::system::error_code& write_problem,
                    const boost::system::error_code& read_problem);

  /// Waits until `wake` or an interruption.
  boost::asio::awaitable<void> pause();
  void wake();
  void arm(clock::time_point at);
  void interrupt(interruption why);
  /// Sets the failure; always false, so that callers can return it.
  bool fail(client_failure why, std::string detail);
  bool fail_interrupted();
  void finish();

  std::shared_ptr<http_client_core> core_;
  client_request request_;
  http_client_core::callback done_;
  client_answer answer_;

  url url_;
  std::string pool_key_;
  std::string head_;
  clock::time_point started_;
  clock::time_point total_deadline_;
  clock::time_point connect_deadline_;

  phase phase_ = phase::waiting;
  interruption interruption_ = interruption::none;
  bool has_slot_ = false;
  bool is_queued_ = false;
  std::vector<boost::asio::ip::address> addresses_;
  std::unique_ptr<client_connection> connection_;
  boost::asio::steady_timer alarm_; ///< deadlines
  boost::asio::steady_timer pause_; ///< never expires, only cancelled
};

} // namespace switchboard::net
