// Goal: show how the server begins and ends, and that it outlives a lack of
// descriptors and too many clients. Method: real sockets; the descriptor limit
// of the process is lowered and restored.

#include "tests/unit/net_server_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace switchboard::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class ServerLife : public ServerTest {
protected:
  std::string start_failure() {
    try {
      start();
    } catch (const std::runtime_error& e) {
      server_.reset();
      return e.what();
    }
    return "started";
  }
};

TEST_F(ServerLife, SaysWhyItCannotListen) {
  support::listener taken;
  options_.port = taken.port();
  EXPECT_EQ(start_failure(),
            "cannot listen on 127.0.0.1:" + std::to_string(taken.port())
              + ": Address already in use");
  options_.host = "192.0.2.1";
  options_.port = 0;
  EXPECT_EQ(start_failure(),
            "cannot listen on 192.0.2.1:0: Cannot assign "
            "requested address");
}

TEST_F(ServerLife, RefusesProxiesThatAreNoAddresses) {
  options_.trusted_proxies = {"10.0.0.0/8", "proxy"};
  EXPECT_EQ(start_failure(),
            "trusted proxy 'proxy' is neither an address nor a CIDR block");
}

TEST_F(ServerLife, ListensOnANameAndOnIpv6) {
  options_.host = "localhost";
  start();
  EXPECT_NE(server_->port(), 0);
}

TEST_F(ServerLife, CanListenAgainAtOnce) {
  start();
  options_.port = server_->port();
  EXPECT_EQ(get("/hello").status, 200);
  server_.reset();
  start();
  EXPECT_EQ(get("/hello").status, 200);
}

TEST_F(ServerLife, ClosesIdleConnectionsAtOnceWhenItStops) {
  start();
  auto idle = connect();
  EXPECT_EQ(idle.call(verb::get, "/hello").status, 200);
  server_->stop(1h);
  EXPECT_EQ(idle.read_until_close(), "");
  EXPECT_TRUE(server_->wait_stopped(10s));
  EXPECT_FALSE(connect().is_open());
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(ServerLife, FinishesWhatHasBegunWhenItStops) {
  start();
  auto waiting = connect();
  ASSERT_TRUE(waiting.send_bytes("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
  auto half = connect();
  ASSERT_TRUE(
    half.send_bytes("POST /echo HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 4\r\n\r\nab"));
  // An answer shows that what was sent before has arrived as well.
  EXPECT_EQ(get("/hello").status, 200);
  std::promise<void> done;
  server_->stop(1h, [&done] { done.set_value(); });
  EXPECT_FALSE(server_->wait_stopped(150ms));
  open_gate();
  const auto answer = waiting.read_reply();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Connection"), "close");
  ASSERT_TRUE(half.send_bytes("cd"));
  EXPECT_EQ(half.read_reply().body, "abcd");
  EXPECT_TRUE(server_->wait_stopped(10s));
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

TEST_F(ServerLife, CutsOffWhatIsLeftAfterTheGrace) {
  start();
  auto waiting = connect();
  ASSERT_TRUE(waiting.send_bytes("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
  auto half = connect();
  ASSERT_TRUE(
    half.send_bytes("POST /echo HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 4\r\n\r\nab"));
  auto deaf = connect();
  ASSERT_TRUE(
    deaf.send_bytes("GET /size/50000000 HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(get("/hello").status, 200);
  server_->stop(100ms);
  EXPECT_TRUE(server_->wait_stopped(10s));
  EXPECT_EQ(seen_.look(&remembering_observer::opened),
            seen_.look(&remembering_observer::closed));
}

TEST_F(ServerLife, IsStoppedWhenItNeverStarted) {
  server_.emplace(runtime_, options_, make_routes(), &seen_);
  server_->stop(1h);
  EXPECT_TRUE(server_->wait_stopped(0ms));
}

TEST_F(ServerLife, LetsClientsWaitBeyondItsMaximum) {
  options_.connections_max = 3;
  start();
  std::vector<support::http_connection> lines;
  for (int i = 0; i < 3; ++i) {
    lines.push_back(connect());
    EXPECT_EQ(lines.back().call(verb::get, "/hello").status, 200);
  }
  auto waiting = connect();
  ASSERT_TRUE(waiting.send_bytes("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.pauses == 1; }));
  EXPECT_EQ(lines.front().call(verb::get, "/hello").status, 200);
  EXPECT_EQ(server_->connection_count(), 3u);
  lines.pop_back();
  EXPECT_EQ(waiting.read_reply().status, 200);
}

/// Takes all descriptors that the process may still open, but the given number.
class descriptor_shortage {
public:
  explicit descriptor_shortage(int left) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto lowered = before_;
    lowered.rlim_cur = std::min<rlim_t>(before_.rlim_cur, 256);
    ::setrlimit(RLIMIT_NOFILE, &lowered);
    for (;;) {
      const int one = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
      if (one < 0)
        break;
      taken_.push_back(one);
    }
    for (int i = 0; i < left; ++i)
      give_back();
  }
  descriptor_shortage(const descriptor_shortage&) = delete;
  descriptor_shortage& operator=(const descriptor_shortage&) = delete;
  ~descriptor_shortage() {
    while (!taken_.empty())
      give_back();
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

  void give_back() {
    ::close(taken_.back());
    taken_.pop_back();
  }

private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST_F(ServerLife, OutlivesALackOfDescriptors) {
  start();
  auto old = connect();
  EXPECT_EQ(old.call(verb::get, "/hello").status, 200);
  // One for the client's end of the next connection, none for the server's.
  std::optional<descriptor_shortage> shortage{1};
  auto waiting = connect();
  ASSERT_TRUE(waiting.is_open());
  ASSERT_TRUE(waiting.send_bytes("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.pauses >= 1; }));
  // Connections that are open are served, and others find descriptors.
  EXPECT_EQ(old.call(verb::get, "/hello").status, 200);
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_GE(file, 0);
  ::close(file);
  EXPECT_EQ(seen_.look(&remembering_observer::opened), 1);
  const auto begin = std::chrono::steady_clock::now();
  shortage.reset();
  EXPECT_EQ(waiting.read_reply().status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
}

TEST_F(ServerLife, BelievesProxiesThatItTrusts) {
  start();
  EXPECT_EQ(get("/client", {{"X-Forwarded-For", "203.0.113.9"}}).body,
            "127.0.0.1");
  options_.trusted_proxies = {"127.0.0.0/8"};
  start();
  EXPECT_EQ(get("/client", {{"X-Forwarded-For", "203.0.113.9"}}).body,
            "203.0.113.9");
  EXPECT_EQ(get("/client").body, "127.0.0.1");
}

// Several threads make strands necessary, and the sanitizers look at them here.
TEST(ServerThreads, ServeTogether) {
  caf::actor_system_config config;
  io_runtime runtime{config, 3};
  const auto echo
    = runtime.actors().spawn([](caf::event_based_actor*) -> caf::behavior {
        return {[](int x) { return x; }};
      });
  router routes;
  routes.get("/echo/:number",
             async_handler{[&echo](request& r) -> asio::awaitable<response> {
               const auto number = std::stoi(r.params[0]);
               auto same = co_await ask<int>(r.actors(), echo, 10s, number);
               co_return response{200, std::to_string(same ? *same : -1)};
             }});
  {
    server_options options;
    options.port = 0;
    server one{runtime, options, std::move(routes)};
    one.start();
    std::vector<std::thread> clients;
    std::atomic<int> right{0};
    for (int c = 0; c < 8; ++c)
      clients.emplace_back([&one, &right, c] {
        support::http_connection line{one.port()};
        for (int i = 0; i < 200; ++i) {
          const auto text = std::to_string(c * 1'000 + i);
          if (line.call(boost::beast::http::verb::get, "/echo/" + text).body
              == text)
            ++right;
        }
      });
    for (auto& client : clients)
      client.join();
    EXPECT_EQ(right, 1'600);
  }
  caf::anon_send_exit(echo, caf::exit_reason::user_shutdown);
}

} // namespace
} // namespace switchboard::net
