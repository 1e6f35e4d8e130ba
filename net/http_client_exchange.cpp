#include "net/http_client_exchange.hpp"

#include "net/http_client_head.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace switchboard::net {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t addresses_tried_max = 8;

/// Whether the peer, or the network, ended the connection.
bool is_closed(const error_code& ec) {
  return ec == asio::error::eof || ec == http::error::end_of_stream
         || ec == asio::error::connection_reset
         || ec == asio::error::connection_aborted
         || ec == asio::error::broken_pipe
         || ec == asio::ssl::error::stream_truncated;
}

bool is_http_problem(const error_code& ec) {
  static const auto& category = error_code{http::error::bad_status}.category();
  return ec.category() == category && ec != http::error::end_of_stream
         && ec != http::error::partial_message;
}

} // namespace

http_exchange::http_exchange(std::shared_ptr<http_client_core> core,
                             client_request request,
                             http_client_core::callback done)
  : core_{std::move(core)},
    request_{std::move(request)},
    done_{std::move(done)},
    started_{clock::now()},
    alarm_{core_->strand},
    pause_{core_->strand} {
  const auto total
    = std::max(request_.total_timeout, std::chrono::milliseconds{0});
  total_deadline_ = started_ + total;
  core_->exchanges.insert(this);
}

http_exchange::~http_exchange() {
  core_->exchanges.erase(this);
}

void http_exchange::start() {
  asio::co_spawn(core_->strand, run(),
                 [self = shared_from_this()](const std::exception_ptr& e) {
                   // Only when memory or another resource of the process is at
                   // its end.
                   if (e != nullptr)
                     self->fail(client_failure::connect_failed,
                                "the request could not be carried out");
                   self->finish();
                 });
}

void http_exchange::shut_down() {
  interrupt(interruption::shut_down);
}

void http_exchange::on_slot() {
  is_queued_ = false;
  has_slot_ = true;
  wake();
}

asio::awaitable<void> http_exchange::run() {
  if (!prepare())
    co_return;
  arm(total_deadline_);
  const auto has_slot = co_await wait_for_slot();
  if (!has_slot)
    co_return;
  connection_ = core_->pool.take(pool_key_, clock::now());
  core_->pool_changed();
  if (connection_) {
    core_->count_reused();
    const auto over = co_await transact(true);
    if (over)
      co_return;
    core_->count_stale();
    connection_.reset();
  }
  const auto opened = co_await open();
  if (opened)
    co_await transact(false);
}

bool http_exchange::prepare() {
  std::string problem;
  const auto parsed = parse_url(request_.url, problem);
  if (!parsed)
    return fail(client_failure::bad_url, std::move(problem));
  problem = find_request_problem(request_, core_->options);
  if (!problem.empty())
    return fail(client_failure::bad_url, std::move(problem));
  url_ = *parsed;
  pool_key_ = (request_.public_only ? "public " : "trusted ")
              + std::string{url_.tls ? "https " : "http "} + url_.host + " "
              + std::to_string(url_.port);
  head_ = write_request_head(request_, url_, core_->options.user_agent);
  return true;
}

asio::awaitable<bool> http_exchange::wait_for_slot() {
  using slot = http_client_pool::slot;
  const auto given = core_->pool.enter(pool_key_, *this);
  has_slot_ = given == slot::granted;
  is_queued_ = given == slot::queued;
  core_->pool_changed();
  if (given == slot::refused)
    co_return fail(client_failure::connect_failed,
                   "too many requests wait for this host");
  while (!has_slot_ && interruption_ == interruption::none)
    co_await pause();
  if (interruption_ != interruption::none)
    co_return fail_interrupted();
  co_return true;
}

asio::awaitable<bool> http_exchange::open() {
  phase_ = phase::connecting;
  connect_deadline_
    = std::min(clock::now() + request_.connect_timeout, total_deadline_);
  arm(connect_deadline_);
  const auto resolved = co_await resolve();
  if (!resolved || !addresses_allowed())
    co_return false;
  const auto connected = co_await connect_to_any();
  if (!connected)
    co_return false;
  if (!url_.tls)
    co_return true;
  arm(connect_deadline_);
  const auto encrypted = co_await encrypt();
  co_return encrypted;
}

asio::awaitable<bool> http_exchange::resolve() {
  addresses_.clear();
  if (url_.host_is_address) {
    addresses_.push_back(asio::ip::make_address(url_.host));
    co_return true;
  }
  struct answer_slot {
    bool is_here = false;
    resolved_host found;
  };
  const auto slot = std::make_shared<answer_slot>();
  auto& names
    = request_.public_only ? core_->public_names : core_->trusted_names;
  // A look-up may end long after this exchange gave it up.
  names.look_up(url_.host,
                [weak = weak_from_this(), slot](const resolved_host& found) {
                  slot->is_here = true;
                  slot->found = found;
                  if (const auto self = weak.lock())
                    self->wake();
                });
  while (!slot->is_here && interruption_ == interruption::none)
    co_await pause();
  if (interruption_ != interruption::none)
    co_return fail_interrupted();
  if (slot->found.addresses.empty())
    co_return fail(
      client_failure::resolve_failed,
      "the name " + url_.host + " was not found: " + slot->found.problem);
  addresses_ = std::move(slot->found.addresses);
  co_return true;
}

bool http_exchange::addresses_allowed() {
  if (!request_.public_only)
    return true;
  // One bad address refuses all: else whoever owns the name could mix them and
  // wait for the day on which the good one does not answer.
  for (const auto& one : addresses_) {
    const auto range = core_->rules.refusal(one);
    if (!range.empty())
      return fail(client_failure::address_refused,
                  "the host " + url_.host
                    + " has an address that is not public ("
                    + std::string{range} + ")");
  }
  return true;
}

asio::awaitable<bool> http_exchange::connect_to_any() {
  if (addresses_.size() > addresses_tried_max)
    addresses_.resize(addresses_tried_max);
  error_code last;
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    // Each gets its share of the time, so that a dead one leaves some to the
    // next.
    const auto now = clock::now();
    const auto share = (connect_deadline_ - now)
                       / static_cast<std::ptrdiff_t>(addresses_.size() - i);
    arm(now + share);
    connection_ = std::make_unique<client_connection>(core_->io);
    const asio::ip::tcp::endpoint to{addresses_[i], url_.port};
    last = co_await connection_->connect(to);
    if (!last && interruption_ == interruption::none) {
      core_->count_opened();
      co_return true;
    }
    if (interruption_ == interruption::shut_down)
      co_return fail_interrupted();
    if (interruption_ == interruption::out_of_time) {
      if (i + 1 == addresses_.size() || clock::now() >= connect_deadline_)
        co_return fail_interrupted();
      interruption_ = interruption::none;
    }
  }
  co_return fail(
    client_failure::connect_failed,
    "no connection to " + url_.authority() + ": " + last.message());
}

asio::awaitable<bool> http_exchange::encrypt() {
  const auto ec = co_await connection_->handshake(core_->tls, url_.host,
                                                  url_.host_is_address);
  if (interruption_ != interruption::none)
    co_return fail_interrupted();
  if (!ec)
    co_return true;
  auto why = connection_->verification_problem();
  if (why.empty())
    why = is_closed(ec) ? "the connection was closed" : ec.message();
  co_return fail(client_failure::tls_failed,
                 "no secure connection to " + url_.authority() + ": " + why);
}

asio::awaitable<bool> http_exchange::transact(bool kept) {
  arm(total_deadline_);
  phase_ = phase::writing;
  const auto write_problem = co_await connection_->write(head_, request_.body);
  if (interruption_ != interruption::none) {
    fail_interrupted();
    co_return true;
  }
  phase_ = phase::reading;
  // Read even when writing broke off: a peer that refuses a body answers first
  // and then closes.
  client_connection::read_limits limits;
  limits.header_max = core_->options.answer_header_max;
  limits.body_max = request_.answer_body_max;
  limits.head_only = request_.method == "HEAD";
  auto outcome = co_await connection_->read(limits);
  if (interruption_ != interruption::none) {
    fail_interrupted();
    co_return true;
  }
  if (!outcome.problem) {
    outcome.reusable = outcome.reusable && !write_problem;
    accept_answer(std::move(outcome));
    co_return true;
  }
  if (kept && !outcome.any_byte && is_closed(outcome.problem))
    co_return false;
  judge_broken(write_problem, outcome.problem);
  co_return true;
}

void http_exchange::accept_answer(read_outcome outcome) {
  answer_.status = outcome.status;
  answer_.body = std::move(outcome.body);
  answer_.location = std::move(outcome.location);
  answer_.retry_after
    = parse_retry_after(outcome.retry_after, std::chrono::system_clock::now());
  if (!outcome.reusable)
    return;
  core_->pool.keep(pool_key_, std::move(connection_), clock::now());
}

void http_exchange::judge_broken(const error_code& write_problem,
                                 const error_code& read_problem) {
  if (is_http_problem(read_problem)) {
    fail(client_failure::bad_answer,
         "the answer cannot be read: " + read_problem.message());
  } else if (write_problem) {
    fail(client_failure::write_failed,
         "the connection broke while sending: " + write_problem.message());
  } else {
    fail(client_failure::no_answer,
         "the connection was closed before the end of an answer");
  }
}

asio::awaitable<void> http_exchange::pause() {
  pause_.expires_at(clock::time_point::max());
  co_await pause_.async_wait(use_tuple);
}

void http_exchange::wake() {
  pause_.cancel();
}

void http_exchange::arm(clock::time_point at) {
  alarm_.expires_at(at);
  alarm_.async_wait([weak = weak_from_this()](const error_code& ec) {
    const auto self = weak.lock();
    // An alarm that was set anew may already have been on its way.
    if (!self || ec || self->alarm_.expiry() > clock::now())
      return;
    self->interrupt(interruption::out_of_time);
  });
}

void http_exchange::interrupt(interruption why) {
  if (interruption_ != interruption::shut_down)
    interruption_ = why;
  if (connection_)
    connection_->close();
  wake();
}

bool http_exchange::fail(client_failure why, std::string detail) {
  answer_.failure = why;
  answer_.detail = std::move(detail);
  return false;
}

bool http_exchange::fail_interrupted() {
  if (interruption_ == interruption::shut_down)
    return fail(client_failure::shutting_down, "the client is shutting down");
  switch (phase_) {
    case phase::waiting:
      return fail(client_failure::connect_timeout,
                  "no connection to this host became free in time");
    case phase::connecting:
      return fail(client_failure::connect_timeout,
                  "no connection to " + url_.authority() + " in time");
    case phase::writing:
      return fail(client_failure::write_failed,
                  "the request could not be sent in time");
    case phase::reading:
      return fail(client_failure::answer_timeout, "no full answer in time");
  }
  return false;
}

void http_exchange::finish() {
  alarm_.cancel();
  if (answer_.failure != client_failure::none) {
    answer_.status = 0;
    answer_.body.clear();
  }
  connection_.reset();
  if (is_queued_)
    core_->pool.leave(pool_key_, *this);
  if (has_slot_)
    core_->pool.release(pool_key_);
  core_->pool_changed();
  answer_.latency = std::chrono::duration_cast<std::chrono::milliseconds>(
    clock::now() - started_);
  core_->finish(done_, std::move(answer_));
}

} // namespace switchboard::net
