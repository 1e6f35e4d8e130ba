#include "net/http_client_core.hpp"

#include "net/http_client_exchange.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <stdexcept>
#include <utility>

#include <openssl/ssl.h>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;

http_client_pool::limits pool_limits(const http_client_options& from) {
  return {from.connections_per_host_max, from.waiting_per_host_max,
          from.idle_per_host_max, from.idle_max, from.idle_timeout};
}

asio::ssl::context make_tls(const std::string& ca_file) {
  asio::ssl::context out{asio::ssl::context::tls_client};
  ::SSL_CTX_set_min_proto_version(out.native_handle(), TLS1_2_VERSION);
  // Some servers speak HTTP/2 to clients that do not say what they want.
  constexpr std::array<unsigned char, 9> protocols{8,   'h', 't', 't', 'p',
                                                   '/', '1', '.', '1'};
  ::SSL_CTX_set_alpn_protos(out.native_handle(), protocols.data(),
                            protocols.size());
  out.set_default_verify_paths();
  out.set_verify_mode(asio::ssl::verify_peer);
  if (ca_file.empty())
    return out;
  boost::system::error_code ec;
  out.load_verify_file(ca_file, ec);
  if (ec)
    throw std::runtime_error{"the certificates in " + ca_file
                             + " cannot be read: " + ec.message()};
  return out;
}

} // namespace

http_client_core::http_client_core(asio::io_context& context,
                                   http_client_options chosen)
  : io{context},
    options{std::move(chosen)},
    rules{options.allowed},
    strand{asio::make_strand(context)},
    tls{make_tls(options.ca_file)},
    pool{pool_limits(options)},
    trusted_names{strand, options.resolve, options.resolver_threads},
    public_names{strand, options.resolve, options.resolver_threads},
    pruning_{strand} {}

void http_client_core::send(client_request request, callback done) {
  const auto before = in_flight_.fetch_add(1);
  if (before >= options.requests_max) {
    asio::post(strand, [self = shared_from_this(), done = std::move(done)] {
      client_answer answer;
      answer.failure = client_failure::connect_failed;
      answer.detail = "too many requests are under way";
      self->finish(done, std::move(answer));
    });
    return;
  }
  asio::post(strand, [self = shared_from_this(), request = std::move(request),
                      done = std::move(done)]() mutable {
    self->start(std::move(request), std::move(done));
  });
}

void http_client_core::start(client_request request, callback done) {
  if (stopping_) {
    client_answer answer;
    answer.failure = client_failure::shutting_down;
    answer.detail = "the client is shutting down";
    finish(done, std::move(answer));
    return;
  }
  const auto exchange = std::make_shared<http_exchange>(
    shared_from_this(), std::move(request), std::move(done));
  exchange->start();
}

void http_client_core::finish(const callback& done, client_answer answer) {
  in_flight_.fetch_sub(1);
  done(std::move(answer));
}

void http_client_core::stop() {
  // At once, since their threads must not touch the strand when it is gone.
  trusted_names.stop();
  public_names.stop();
  asio::post(strand, [self = shared_from_this()] { self->close_all(); });
}

void http_client_core::close_all() {
  stopping_ = true;
  pruning_.cancel();
  // Their coroutines resume later, so the set does not change here.
  for (auto* one : exchanges)
    one->shut_down();
  pool.close_idle();
  pool_changed();
}

void http_client_core::pool_changed() {
  // What exchanges give back while they end is closed, not kept.
  if (stopping_)
    pool.close_idle();
  waiting_ = pool.waiting();
  idle_ = pool.idle();
  if (pool.idle() == 0 || pruning_armed_)
    return;
  const auto next = pool.prune(http_client_pool::clock::now());
  idle_ = pool.idle();
  if (pool.idle() == 0)
    return;
  pruning_armed_ = true;
  pruning_.expires_at(next);
  pruning_.async_wait(
    [weak = weak_from_this()](const boost::system::error_code&) {
      const auto self = weak.lock();
      if (!self)
        return;
      self->pruning_armed_ = false;
      self->pool_changed();
    });
}

http_client_figures http_client_core::figures() const {
  http_client_figures out;
  out.connections_opened = opened_;
  out.connections_reused = reused_;
  out.stale_retries = stale_;
  out.in_flight = in_flight_;
  out.waiting = waiting_;
  out.idle = idle_;
  return out;
}

} // namespace switchboard::net
