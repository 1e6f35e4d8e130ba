#pragma once

#include "net/http_client.hpp"
#include "tests/support/loopback_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace switchboard::net {

inline std::ostream& operator<<(std::ostream& out, client_failure f) {
  return out << to_string(f);
}

/// A client whose `io_context` runs on threads of its own. Requests are trusted
/// unless a test says otherwise, since all servers stand on the loopback.
class HttpClient : public testing::Test {
protected:
  HttpClient() {
    run_threads(1);
  }

  ~HttpClient() override {
    client_.reset();
    work_.reset();
    for (auto& one : threads_)
      one.join();
  }

  void run_threads(std::size_t count) {
    while (threads_.size() < count)
      threads_.emplace_back([this] { io_.run(); });
  }

  http_client& client() {
    if (!client_)
      client_.emplace(io_, options);
    return *client_;
  }

  static client_request request_to(std::string url) {
    client_request out;
    out.url = std::move(url);
    out.public_only = false;
    return out;
  }

  std::future<client_answer> begin(client_request request) {
    const auto done = std::make_shared<std::promise<client_answer>>();
    auto out = done->get_future();
    client().send(std::move(request), [done](client_answer answer) {
      done->set_value(std::move(answer));
    });
    return out;
  }

  client_answer call(client_request request) {
    return take(begin(std::move(request)));
  }

  client_answer get(std::string url) {
    auto request = request_to(std::move(url));
    request.method = "GET";
    return call(std::move(request));
  }

  static client_answer take(std::future<client_answer> from) {
    if (from.wait_for(support::patience) == std::future_status::ready)
      return from.get();
    ADD_FAILURE() << "the callback did not come";
    return {};
  }

  static void expect_failure(const client_answer& got, client_failure want) {
    EXPECT_EQ(got.failure, want) << got.detail;
    EXPECT_FALSE(got.detail.empty());
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(got.body, "");
  }

  http_client_options options; ///< take effect with the first request

  boost::asio::io_context& io() {
    return io_;
  }

private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
    work_{io_.get_executor()};
  std::vector<std::thread> threads_;
  std::optional<http_client> client_;
};

/// Answers every request on every connection.
inline void answer_all(support::loopback_peer& peer) {
  while (peer.read_request())
    peer.answer(200, "fine");
}

} // namespace switchboard::net
