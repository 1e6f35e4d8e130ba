#include "net/http_client.hpp"

#include "net/http_client_core.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace switchboard::net {

namespace asio = boost::asio;

std::string_view to_string(client_failure f) noexcept {
  switch (f) {
    case client_failure::none: return "none";
    case client_failure::bad_url: return "bad_url";
    case client_failure::address_refused: return "address_refused";
    case client_failure::resolve_failed: return "resolve_failed";
    case client_failure::connect_failed: return "connect_failed";
    case client_failure::connect_timeout: return "connect_timeout";
    case client_failure::tls_failed: return "tls_failed";
    case client_failure::write_failed: return "write_failed";
    case client_failure::no_answer: return "no_answer";
    case client_failure::answer_timeout: return "answer_timeout";
    case client_failure::bad_answer: return "bad_answer";
    case client_failure::shutting_down: return "shutting_down";
  }
  return "unknown";
}

http_client::http_client(asio::io_context& io, http_client_options options)
  : core_{std::make_shared<http_client_core>(io, std::move(options))} {}

http_client::~http_client() {
  stop();
}

void http_client::send(client_request request, callback done) {
  core_->send(std::move(request), std::move(done));
}

asio::awaitable<client_answer> http_client::exchange(client_request request) {
  auto initiate = [core = core_](auto handler, client_request&& r) {
    // The handler moves; std::function wants something that copies.
    struct waiting {
      decltype(handler) resume;
      asio::executor_work_guard<asio::associated_executor_t<decltype(handler)>>
        work;
    };
    auto executor = asio::get_associated_executor(handler);
    const auto one = std::make_shared<waiting>(
      waiting{std::move(handler), asio::make_work_guard(executor)});
    core->send(std::move(r), [one](client_answer answer) {
      auto resume = [one, answer = std::move(answer)]() mutable {
        one->work.reset();
        auto handler_now = std::move(one->resume);
        handler_now(std::move(answer));
      };
      asio::post(one->work.get_executor(), std::move(resume));
    });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>,
                              void(client_answer)>(
    std::move(initiate), asio::use_awaitable, std::move(request));
}

void http_client::stop() {
  core_->stop();
}

http_client_figures http_client::figures() const {
  return core_->figures();
}

} // namespace switchboard::net
