// Goal: pin how a stream goes out as server-sent events, and how it begins and
// ends. Method: real sockets, a source that does what the test says.

#include "net/wake_list.hpp"
#include "tests/unit/net_stream_fixture.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace switchboard::net {
namespace {

using namespace std::chrono_literals;

class EventStream : public StreamTest {};

TEST_F(EventStream, BeginsWithAHeadThatNobodyKeepsBack) {
  start_streams();
  auto line = open_events();
  const auto head = read_to(line, "retry: ");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  for (const auto* field :
       {"Content-Type: text/event-stream\r\n", "Cache-Control: no-store\r\n",
        "X-Accel-Buffering: no\r\n", "Transfer-Encoding: chunked\r\n",
        "X-Extra: yes\r\n", "Connection: close\r\n"})
    EXPECT_NE(head.find(field), std::string::npos) << field;
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
}

TEST_F(EventStream, SendsMessagesAsChunks) {
  start_streams();
  feed_->push({"ticket", "7", "{\"a\":\n1}"});
  auto line = open_events();
  const auto text = read_to(line, "data: 1}\n\n\r\n");
  EXPECT_EQ(text.substr(text.find("\r\n\r\n") + 4),
            "37\r\nretry: 2000\n\n"
            "id: 7\nevent: ticket\ndata: {\"a\":\ndata: 1}\n\n\r\n");
}

TEST_F(EventStream, TellsItsSourceWhereToResume) {
  start_streams();
  auto line = connect();
  line.send_bytes(
    "GET /feed?after=5 HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 42\r\n\r\n");
  wait_until_started();
  EXPECT_EQ(asked_, "42|after=5");
}

TEST_F(EventStream, SendsWhatComesLater) {
  start_streams();
  auto line = open_events();
  read_to(line, "retry: ");
  for (int i = 0; i < 100; ++i) {
    const auto id = std::to_string(i);
    feed_->push({"n", id, id});
    ASSERT_NE(read_to(line, "data: " + id + "\n").find("id: " + id),
              std::string::npos);
  }
}

TEST_F(EventStream, ShowsThatItIsAlive) {
  options_.stream_heartbeat = 50ms;
  start_streams();
  auto line = open_events();
  const auto text = read_to(line, "3\r\n:\n\n\r\n3\r\n:\n\n\r\n");
  EXPECT_FALSE(text.empty());
  EXPECT_NE(text.find(":\n\n"), std::string::npos);
}

TEST_F(EventStream, OutlivesTheIdleTime) {
  options_.idle_timeout = 100ms;
  options_.request_timeout = 100ms;
  options_.stream_heartbeat = 50ms;
  start_streams();
  auto line = open_events();
  std::string text;
  for (int beats = 0; beats < 8; ++beats)
    ASSERT_TRUE(line.socket().receive_some(text));
  feed_->push({"n", "1", "1"});
  EXPECT_NE(read_to(line, "data: 1").find("data: 1"), std::string::npos);
}

TEST_F(EventStream, EndsWhenItsSourceDoes) {
  start_streams();
  auto line = open_events();
  feed_->push({"last", "", "1"});
  feed_->end();
  const auto text = line.read_until_close().value_or("kept open");
  EXPECT_NE(text.find("data: 1\n\n\r\n0\r\n\r\n"), std::string::npos) << text;
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(EventStream, BreaksOffWhenItsSourceFails) {
  start_streams();
  auto line = open_events();
  read_to(line, "retry: ");
  feed_->fail();
  const auto text = line.read_until_close().value_or("kept open");
  EXPECT_EQ(text.find("0\r\n\r\n"), std::string::npos) << text;
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(EventStream, EndsItsBodyWhenTheServerStops) {
  start_streams();
  auto line = open_events();
  read_to(line, "retry: ");
  server_->stop(1h);
  EXPECT_TRUE(
    line.read_until_close().value_or("kept open").ends_with("0\r\n\r\n"));
  EXPECT_TRUE(server_->wait_stopped(10s));
  EXPECT_TRUE(feed_->wait_until_gone());
  feed_->wake(); // late ones do no harm
}

TEST_F(EventStream, ForgetsClientsThatVanish) {
  start_streams();
  {
    auto line = open_events();
    wait_until_started();
  }
  EXPECT_TRUE(feed_->wait_until_gone());
  {
    auto line = open_events();
    ASSERT_TRUE(feed_->wait_until([this] { return feed_->started == 2; }));
    line.socket().reset();
  }
  EXPECT_TRUE(feed_->wait_until_gone());
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 2; }));
}

TEST_F(EventStream, AsksNoMoreThanAReaderTakes) {
  options_.request_timeout = 300ms;
  start_streams();
  feed_->flood(std::size_t{16} * 1024);
  auto deaf = open_events();
  ASSERT_TRUE(feed_->wait_until_gone()); // cut, as it took nothing
  EXPECT_LT(feed_->bytes_taken, 64u << 20U);
}

TEST_F(EventStream, LetsOthersHaveTheirTurn) {
  start_streams();
  feed_->flood(1024);
  auto greedy = open_events();
  read_to(greedy, "retry: ");
  EXPECT_EQ(get("/hello").status, 200);
}

TEST_F(EventStream, CutsWhatDoesNotEndInTime) {
  start_streams();
  feed_->flood(std::size_t{16} * 1024);
  auto deaf = open_events();
  ASSERT_TRUE(
    feed_->wait_until([this] { return feed_->bytes_taken > 100'000; }));
  server_->stop(100ms);
  EXPECT_TRUE(server_->wait_stopped(10s));
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(EventStream, CountsOnceWhenItBegins) {
  start_streams();
  auto line = open_events();
  ASSERT_TRUE(seen_.wait_until([&] { return seen_.requests.size() == 1; }));
  EXPECT_EQ(seen_.requests[0].route, "/feed");
  EXPECT_EQ(seen_.requests[0].status, 200u);
  EXPECT_EQ(server_->connection_count(), 1u);
  feed_->end();
  line.read_until_close();
  ASSERT_TRUE(seen_.wait_until([&] { return seen_.closed == 1; }));
  EXPECT_EQ(seen_.requests.size(), 1u);
}

TEST_F(EventStream, ServesOldClientsWithoutChunks) {
  start_streams();
  feed_->push({"n", "", "1"});
  feed_->end();
  const auto text = raw("GET /feed HTTP/1.0\r\n\r\n");
  EXPECT_EQ(text.find("Transfer-Encoding"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\nretry: 2000\n\nevent: n\ndata: 1\n\n"))
    << text;
}

TEST_F(EventStream, AnswersHeadWithItsHeadOnly) {
  start_streams();
  auto line = connect();
  line.send_bytes(
    "HEAD /feed HTTP/1.1\r\nHost: a\r\n\r\n"
    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = line.read_reply(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(line.read_reply().body, R"({"ok":true})");
  EXPECT_TRUE(feed_->wait_until([this] {
    return feed_->made == 1 && feed_->started == 0 && feed_->alive == 0;
  }));
}

TEST_F(EventStream, RefusesAndGoesOn) {
  start_streams();
  auto line = connect();
  EXPECT_EQ(line.call(verb::get, "/closed").status, 401);
  EXPECT_EQ(line.call(verb::get, "/throws").status, 500);
  EXPECT_EQ(line.call(verb::get, "/hello").status, 200);
  const auto wrong = line.call(verb::post, "/feed");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
}

TEST_F(EventStream, FollowsTheAnswersBeforeIt) {
  start_streams();
  feed_->end();
  const auto text = raw(
    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
    "GET /feed HTTP/1.1\r\nHost: a\r\n\r\n"
    "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_LT(text.find(R"({"ok":true})"), text.find("retry: "));
  EXPECT_EQ(text.find(R"({"ok":true})"), text.rfind(R"({"ok":true})"));
}

TEST_F(EventStream, CutsClientsThatTalk) {
  start_streams();
  auto line = open_events();
  wait_until_started();
  line.send_bytes(std::string(200'000, 'x'));
  EXPECT_TRUE(feed_->wait_until_gone());
}

/// Counts what a bell said; many streams look at one count.
class counting_source final : public stream_source {
public:
  counting_source(wake_list& bell, const std::atomic<int>& count)
    : bell_{bell}, count_{count} {}

  void start(std::function<void()> wake) override {
    subscription_ = bell_.subscribe(std::move(wake));
  }
  stream_progress take(std::size_t, std::vector<stream_message>& to) override {
    for (const auto now = count_.load(); sent_ < now; ++sent_)
      to.push_back({"", "", std::to_string(sent_)});
    return stream_progress::drained;
  }

private:
  wake_list& bell_;
  const std::atomic<int>& count_;
  wake_list::subscription subscription_;
  int sent_ = 0;
};

// Several threads make strands necessary, and the sanitizers look at them here.
TEST(EventStreams, HearOneBellOnSeveralThreads) {
  constexpr int count_max = 500;
  caf::actor_system_config config;
  io_runtime runtime{config, 3};
  wake_list bell{runtime.io(), 1ms};
  std::atomic<int> count{0};
  router routes;
  routes.stream("/count", [&](request&) -> stream_answer {
    return std::make_unique<counting_source>(bell, count);
  });
  server_options options;
  options.port = 0;
  server one{runtime, options, std::move(routes)};
  one.start();
  std::atomic<int> whole{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c)
    clients.emplace_back([&one, &whole] {
      support::http_connection line{one.port()};
      line.send_bytes("GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
      const auto last = "data: " + std::to_string(count_max - 1) + "\n";
      std::string text;
      while (text.find(last) == std::string::npos
             && line.socket().receive_some(text)) {
      }
      std::size_t at = 0;
      for (int i = 0; i < count_max && at != std::string::npos; ++i)
        at = text.find("data: " + std::to_string(i) + "\n", at);
      if (at != std::string::npos)
        ++whole;
    });
  while (count < count_max) {
    ++count;
    bell.ring();
  }
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(whole, 8);
}

} // namespace
} // namespace switchboard::net
