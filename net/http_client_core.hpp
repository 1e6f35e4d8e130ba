#pragma once

#include "net/http_client_pool.hpp"
#include "net/http_client_resolver.hpp"
#include "net/http_client_types.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_set>

namespace switchboard::net {

class http_exchange;

/// What all requests of one client share. Lives as long as the client or the
/// last of its requests. Members are used on the strand, except where it says
/// otherwise.
class http_client_core : public std::enable_shared_from_this<http_client_core> {
public:
  using callback = std::function<void(client_answer)>;

  http_client_core(boost::asio::io_context& io, http_client_options options);

  void send(client_request request, callback done);  ///< any thread
  void stop();                                       ///< any thread
  [[nodiscard]] http_client_figures figures() const; ///< any thread

  boost::asio::io_context& io;
  const http_client_options options;
  const address_rules rules;
  http_client_resolver::strand strand;
  boost::asio::ssl::context tls;
  http_client_pool pool;
  http_client_resolver trusted_names;
  http_client_resolver public_names;

  /// An exchange lists itself while it lives, so that `stop` finds it.
  std::unordered_set<http_exchange*> exchanges;

  void count_opened() noexcept {
    ++opened_;
  }
  void count_reused() noexcept {
    ++reused_;
  }
  void count_stale() noexcept {
    ++stale_;
  }
  /// The exchange is over: its answer goes to `done`.
  void finish(const callback& done, client_answer answer);
  /// To be called after the pool has changed.
  void pool_changed();

private:
  void start(client_request request, callback done);
  void close_all();

  boost::asio::steady_timer pruning_;
  bool pruning_armed_ = false;
  bool stopping_ = false;
  std::atomic<std::size_t> in_flight_ = 0;
  std::atomic<std::size_t> waiting_ = 0;
  std::atomic<std::size_t> idle_ = 0;
  std::atomic<std::uint64_t> opened_ = 0;
  std::atomic<std::uint64_t> reused_ = 0;
  std::atomic<std::uint64_t> stale_ = 0;
};

} // namespace switchboard::net
