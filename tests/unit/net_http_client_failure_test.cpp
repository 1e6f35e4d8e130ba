#include "tests/unit/net_http_client_fixture.hpp"

#include <array>

namespace switchboard::net {
namespace {

using std::chrono::milliseconds;
using support::loopback_peer;
using support::loopback_server;

class HttpClientFailure : public HttpClient {};

TEST_F(HttpClientFailure, NobodyListens) {
  std::uint16_t port = 0;
  {
    const support::listener gone;
    port = gone.port();
  }
  expect_failure(get("http://127.0.0.1:" + std::to_string(port)),
                 client_failure::connect_failed);
}

TEST_F(HttpClientFailure, ConnectingTakesTooLong) {
  // Nobody accepts, so the queue of finished handshakes fills up and the kernel
  // drops what comes then.
  const support::listener deaf{0, 0};
  std::vector<support::socket_handle> queued;
  for (;;) {
    auto one = support::connect_to(deaf.port(), milliseconds{100});
    if (!one.is_open())
      break;
    ASSERT_LT(queued.size(), 16U) << "the queue does not fill up";
    queued.push_back(std::move(one));
  }
  auto request = request_to("http://127.0.0.1:" + std::to_string(deaf.port()));
  request.connect_timeout = milliseconds{100};
  const auto answer = call(request);
  expect_failure(answer, client_failure::connect_timeout);
  EXPECT_GE(answer.latency, milliseconds{100});
}

TEST_F(HttpClientFailure, TheAnswerTakesTooLong) {
  const std::vector<std::string> beginnings{
    "", "HTTP/1.1 200 OK\r\nContent-",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody",
    "HTTP/1.1 100 Continue\r\n\r\n"};
  for (const auto& bytes : beginnings) {
    loopback_server server{[&](loopback_peer& peer) {
      peer.read_request();
      peer.write(bytes);
      peer.wait_for_close();
    }};
    auto request = request_to(server.url());
    request.total_timeout = milliseconds{100};
    expect_failure(call(request), client_failure::answer_timeout);
    EXPECT_EQ(server.accepted(), 1U) << bytes;
  }
}

TEST_F(HttpClientFailure, ThePeerDoesNotReadTheRequest) {
  loopback_server server{[](loopback_peer& peer) { peer.wait_for_close(); }};
  auto request = request_to(server.url());
  request.body.assign(33'554'432, 'x');
  request.total_timeout = milliseconds{200};
  expect_failure(call(request), client_failure::write_failed);
}

TEST_F(HttpClientFailure, ThePeerGoesWithoutAnAnswer) {
  const std::vector<std::string> beginnings{
    "", "HTTP/1.1 200 OK\r\nContent-",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"};
  for (const auto& bytes : beginnings) {
    for (const auto with_reset : {false, true}) {
      loopback_server server{[&](loopback_peer& peer) {
        peer.read_request();
        peer.write(bytes);
        if (with_reset)
          peer.reset();
      }};
      expect_failure(call(request_to(server.url())), client_failure::no_answer);
      // A fresh connection is no stale one: sending again is others' choice.
      EXPECT_EQ(server.accepted(), 1U) << bytes;
    }
  }
}

TEST_F(HttpClientFailure, TheAnswerMakesNoSense) {
  const std::vector<std::string> rows{
    "this is not HTTP\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    std::string{"\x15\x03\x01\0\x02\x02\x46", 7} + "\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'y') + "\r\n\r\n",
  };
  for (const auto& bytes : rows) {
    loopback_server server{[&](loopback_peer& peer) {
      peer.read_request();
      peer.write(bytes);
      peer.wait_for_close();
    }};
    const auto answer = call(request_to(server.url()));
    EXPECT_EQ(answer.failure, client_failure::bad_answer)
      << bytes.substr(0, 80) << answer.detail;
  }
}

TEST_F(HttpClientFailure, EndlessInterimAnswersEnd) {
  loopback_server server{[](loopback_peer& peer) {
    peer.read_request();
    while (peer.write("HTTP/1.1 100 Continue\r\n\r\n")) {
    }
  }};
  expect_failure(call(request_to(server.url())), client_failure::bad_answer);
}

TEST_F(HttpClientFailure, AnEarlyRefusalIsReadAlthoughSendingBroke) {
  loopback_server server{[](loopback_peer& peer) {
    // Closes with most of the body unread, which resets the connection.
    peer.answer(413, "too large");
  }};
  auto request = request_to(server.url());
  request.body.assign(33'554'432, 'x');
  const auto answer = call(request);
  EXPECT_EQ(answer.failure, client_failure::none) << answer.detail;
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(client().figures().idle, 0U);
}

TEST_F(HttpClientFailure, TheNameIsUnknown) {
  options.resolve = [](const std::string&) {
    return resolved_host{{}, "no such name"};
  };
  const auto answer = get("http://nobody.example/");
  expect_failure(answer, client_failure::resolve_failed);
  EXPECT_NE(answer.detail.find("nobody.example"), std::string::npos);
}

TEST_F(HttpClientFailure, StopEndsWhatIsInFlightAndWhatComesLater) {
  std::promise<void> name_asked;
  std::promise<void> end;
  options.resolve = [&](const std::string&) {
    name_asked.set_value();
    end.get_future().wait();
    return resolved_host{{}, "too late"};
  };
  options.connections_per_host_max = 1;
  std::promise<void> arrived;
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    arrived.set_value();
    peer.wait_for_close();
  }};
  std::vector<std::future<client_answer>> all;
  all.push_back(begin(request_to(server.url())));
  arrived.get_future().wait();
  all.push_back(begin(request_to(server.url()))); // waits for the connection
  all.push_back(begin(request_to("http://slow.example/")));
  name_asked.get_future().wait();
  client().stop();
  all.push_back(begin(request_to(server.url())));
  for (auto& one : all)
    expect_failure(take(std::move(one)), client_failure::shutting_down);
  EXPECT_EQ(client().figures().in_flight, 0U);
  EXPECT_EQ(client().figures().waiting, 0U);
  client().stop();
  end.set_value();
}

} // namespace
} // namespace switchboard::net
