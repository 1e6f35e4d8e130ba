#include "tests/unit/net_http_client_fixture.hpp"

#include <atomic>
#include <latch>

namespace switchboard::net {
namespace {

using std::chrono::milliseconds;
using support::loopback_peer;
using support::loopback_server;

class HttpClientPool : public HttpClient {
protected:
  static void expect_good(const client_answer& answer) {
    EXPECT_EQ(answer.failure, client_failure::none) << answer.detail;
    EXPECT_EQ(answer.status, 200);
  }
};

TEST_F(HttpClientPool, KeepsConnectionsForTheNextRequest) {
  loopback_server server{answer_all};
  for (int i = 0; i < 5; ++i)
    expect_good(get(server.url()));
  EXPECT_EQ(server.accepted(), 1U);
  const auto figures = client().figures();
  EXPECT_EQ(figures.connections_opened, 1U);
  EXPECT_EQ(figures.connections_reused, 4U);
  EXPECT_EQ(figures.stale_retries, 0U);
  EXPECT_EQ(figures.idle, 1U);
}

TEST_F(HttpClientPool, KeepsCheckedConnectionsApartFromTrustedOnes) {
  options.allowed = {parse_block("127.0.0.0/8").value()};
  loopback_server server{answer_all};
  expect_good(get(server.url()));
  auto request = request_to(server.url());
  request.public_only = true;
  expect_good(call(request));
  EXPECT_EQ(server.accepted(), 2U);
}

TEST_F(HttpClientPool, DropsConnectionsThatThePeerDoesNotKeep) {
  const std::vector<std::string> answers{
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    // What follows an answer that was not asked for belongs to nobody.
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Oops\r\n"};
  for (const auto& bytes : answers) {
    loopback_server server{[&](loopback_peer& peer) {
      peer.read_request();
      peer.write(bytes);
      peer.wait_for_close();
    }};
    expect_good(get(server.url()));
    expect_good(get(server.url()));
    EXPECT_EQ(server.accepted(), 2U) << bytes;
    EXPECT_EQ(client().figures().idle, 0U) << bytes;
  }
}

TEST_F(HttpClientPool, NoticesThatAnIdleConnectionWasClosed) {
  std::latch closed{1};
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    peer.answer(200);
    if (peer.index() == 0) {
      peer.close();
      closed.count_down();
    } else {
      answer_all(peer);
    }
  }};
  expect_good(get(server.url()));
  closed.wait();
  expect_good(get(server.url()));
  EXPECT_EQ(server.accepted(), 2U);
  EXPECT_EQ(client().figures().stale_retries, 0U);
}

TEST_F(HttpClientPool, SendsAgainOnceWhenAKeptConnectionIsClosedMeanwhile) {
  for (const auto with_reset : {false, true}) {
    std::atomic<int> requests = 0;
    loopback_server server{[&](loopback_peer& peer) {
      while (peer.read_request()) {
        // The second request reaches the first connection as it closes.
        if (++requests == 2) {
          if (with_reset)
            peer.reset();
          return;
        }
        peer.answer(200);
      }
    }};
    const auto before = client().figures().stale_retries;
    expect_good(call(request_to(server.url())));
    expect_good(call(request_to(server.url())));
    EXPECT_EQ(requests, 3);
    EXPECT_EQ(server.accepted(), 2U);
    EXPECT_EQ(client().figures().stale_retries, before + 1);
  }
}

TEST_F(HttpClientPool, SendsAgainOnlyOnce) {
  std::atomic<int> requests = 0;
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    if (++requests > 1)
      return;
    peer.answer(200);
    peer.read_request();
    ++requests;
  }};
  expect_good(call(request_to(server.url())));
  expect_failure(call(request_to(server.url())), client_failure::no_answer);
  EXPECT_EQ(requests, 3);
}

TEST_F(HttpClientPool, DoesNotSendAgainWhenAnAnswerHadBegun) {
  std::atomic<int> requests = 0;
  loopback_server server{[&](loopback_peer& peer) {
    while (peer.read_request()) {
      if (++requests == 2) {
        peer.write("HTTP/1.1 2");
        return;
      }
      peer.answer(200);
    }
  }};
  expect_good(call(request_to(server.url())));
  expect_failure(call(request_to(server.url())), client_failure::no_answer);
  EXPECT_EQ(requests, 2);
}

TEST_F(HttpClientPool, DoesNotSendAgainAfterATimeout) {
  std::atomic<int> requests = 0;
  loopback_server server{[&](loopback_peer& peer) {
    while (peer.read_request()) {
      if (++requests == 2) {
        peer.wait_for_close();
        return;
      }
      peer.answer(200);
    }
  }};
  auto request = request_to(server.url());
  expect_good(call(request));
  request.total_timeout = milliseconds{100};
  expect_failure(call(request), client_failure::answer_timeout);
  EXPECT_EQ(requests, 2);
}

TEST_F(HttpClientPool, ClosesWhatIsIdleTooLong) {
  options.idle_timeout = milliseconds{50};
  std::promise<bool> was_closed;
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    peer.answer(200);
    if (peer.index() == 0)
      was_closed.set_value(peer.wait_for_close());
  }};
  expect_good(get(server.url()));
  EXPECT_TRUE(was_closed.get_future().get());
  expect_good(get(server.url()));
  EXPECT_EQ(server.accepted(), 2U);
  EXPECT_EQ(client().figures().connections_reused, 0U);
}

TEST_F(HttpClientPool, KeepsNoMoreThanItMay) {
  constexpr std::ptrdiff_t together = 4;
  options.idle_per_host_max = 2;
  std::latch all_here{together};
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    all_here.arrive_and_wait();
    peer.answer(200);
    answer_all(peer);
  }};
  std::vector<std::future<client_answer>> all;
  for (std::ptrdiff_t i = 0; i < together; ++i)
    all.push_back(begin(request_to(server.url())));
  for (auto& one : all)
    expect_good(take(std::move(one)));
  EXPECT_EQ(client().figures().connections_opened, 4U);
  EXPECT_EQ(client().figures().idle, 2U);
}

TEST_F(HttpClientPool, LetsRequestsWaitForAConnection) {
  options.connections_per_host_max = 1;
  std::latch go{1};
  std::vector<std::string> order;
  loopback_server server{[&](loopback_peer& peer) {
    while (auto request = peer.read_request()) {
      order.push_back(request->target);
      go.wait();
      peer.answer(200);
    }
  }};
  std::vector<std::future<client_answer>> all;
  for (const auto* path : {"/1", "/2", "/3"})
    all.push_back(begin(request_to(server.url(path))));
  go.count_down();
  for (auto& one : all)
    expect_good(take(std::move(one)));
  EXPECT_EQ(order, (std::vector<std::string>{"/1", "/2", "/3"}));
  EXPECT_EQ(server.accepted(), 1U);
  EXPECT_EQ(client().figures().waiting, 0U);
}

TEST_F(HttpClientPool, RequestsWaitNoLongerThanTheirTime) {
  options.connections_per_host_max = 1;
  options.waiting_per_host_max = 1;
  std::latch arrived{1};
  std::latch go{1};
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    arrived.count_down();
    go.wait();
    peer.answer(200);
    answer_all(peer);
  }};
  auto first = begin(request_to(server.url()));
  arrived.wait();
  auto request = request_to(server.url());
  request.total_timeout = milliseconds{100};
  auto second = begin(request);
  // The queue has room for one.
  expect_failure(call(request_to(server.url())),
                 client_failure::connect_failed);
  expect_failure(take(std::move(second)), client_failure::connect_timeout);
  go.count_down();
  expect_good(take(std::move(first)));
  expect_good(get(server.url()));
}

TEST_F(HttpClientPool, RefusesMoreRequestsThanItMayHold) {
  options.requests_max = 1;
  std::latch arrived{1};
  std::latch go{1};
  loopback_server server{[&](loopback_peer& peer) {
    peer.read_request();
    arrived.count_down();
    go.wait();
    peer.answer(200);
  }};
  auto first = begin(request_to(server.url()));
  arrived.wait();
  expect_failure(get(server.url("/other")), client_failure::connect_failed);
  go.count_down();
  expect_good(take(std::move(first)));
}

} // namespace
} // namespace switchboard::net
