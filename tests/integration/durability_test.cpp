#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>

namespace switchboard::test {
namespace {

/// Writes tickets and replies until the server goes away; what was
/// acknowledged.
class writers {
public:
  explicit writers(test_server& server) : server_{server} {}

  /// Returns when `enough` tickets are acknowledged and `end` has been called.
  template <class End>
  void run(std::size_t enough, End end) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < 4; ++i)
      threads.emplace_back([this, i] { write(i); });
    EXPECT_TRUE(eventually([&] {
      std::this_thread::yield();
      const std::lock_guard lock{mutex_};
      return acknowledged_.size() >= enough;
    }));
    end();
    stop_ = true;
    for (auto& one : threads)
      one.join();
  }

  /// Message bodies by ref.
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>&
  acknowledged() const {
    return acknowledged_;
  }

private:
  void write(std::size_t writer) {
    http_connection wire{server_.port()};
    for (int i = 0; !stop_; ++i) {
      const auto name = std::to_string(writer) + "/" + std::to_string(i);
      auto body = ticket_body();
      body["message"] = name;
      const auto reply = wire.call(verb::post, "/api/ticket", json_type,
                                   json::serialize(body));
      if (reply.status != 201)
        return;
      const auto ref = text_at(parsed(reply), "/ticketRef");
      note(ref, name);
      const auto words = "reply to " + name;
      const auto added
        = wire.call(verb::post, "/api/ticket/inbound", as_inbound,
                    json::serialize(inbound_body(ref, words)));
      if (added.status != 200)
        return;
      note(ref, words);
    }
  }

  void note(const std::string& ref, const std::string& words) {
    const std::lock_guard lock{mutex_};
    acknowledged_[ref].push_back(words);
  }

  test_server& server_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> acknowledged_;
};

/// All that was acknowledged is there, in order; a reply whose answer was lost
/// may be there too.
void expect_all(test_server& server, const writers& wrote) {
  http_connection wire{server.port()};
  for (const auto& [ref, words] : wrote.acknowledged()) {
    const auto reply = wire.call(verb::get, "/api/ticket/" + ref);
    ASSERT_EQ(reply.status, 200) << ref;
    const auto thread = parsed(reply);
    const auto& messages = thread.at("messages").as_array();
    ASSERT_GE(messages.size(), words.size());
    ASSERT_LE(messages.size(), 2U);
    for (std::size_t i = 0; i < words.size(); ++i)
      EXPECT_EQ(text_at(messages.at(i), "/body"), words[i]);
  }
}

TEST(Durability, OutlivesAKillUnderLoad) {
  test_server server;
  writers wrote{server};
  wrote.run(100, [&] { server.process().kill(); });
  server.process().start();
  expect_all(server, wrote);
  EXPECT_EQ(server.process().terminate(), 0);
  const auto checked = run_command(server.data(), {"verify"});
  EXPECT_EQ(checked.code, 0) << checked.output;
}

TEST(Durability, OutlivesATerminationUnderLoad) {
  test_server server;
  writers wrote{server};
  wrote.run(100, [&] { EXPECT_EQ(server.process().terminate(), 0); });
  EXPECT_TRUE(server.process().wait_for_log("stopped", seconds{1}));
  server.process().start();
  expect_all(server, wrote);
}

TEST(Durability, KeepsNumbersGoingUpOverRestarts) {
  test_server server;
  for (int i = 0; i < 3; ++i) {
    server.create_ticket();
    server.restart_after_kill();
  }
  EXPECT_EQ(server.process().terminate(), 0);
  std::vector<std::int64_t> numbers;
  for (const auto& event : exported(server.data()))
    if (text_at(event, "/type") == "ticket_created")
      numbers.push_back(event.at("number").to_number<std::int64_t>());
  ASSERT_EQ(numbers.size(), 3U);
  EXPECT_LT(numbers[0], numbers[1]);
  EXPECT_LT(numbers[1], numbers[2]);
}

TEST(Durability, LetsARequestThatHasBegunFinish) {
  test_server server;
  const auto body = json::serialize(ticket_body());
  http_connection wire{server.port()};
  // The interim answer tells that the server has begun to read.
  ASSERT_TRUE(wire.send_bytes(
    "POST /api/ticket HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Expect: 100-continue\r\nContent-Length: "
    + std::to_string(body.size()) + "\r\n\r\n"));
  std::string interim;
  while (interim.find("\r\n\r\n") == std::string::npos)
    ASSERT_TRUE(wire.socket().receive_some(interim));
  EXPECT_TRUE(interim.starts_with("HTTP/1.1 100 ")) << interim;
  http_connection idle{server.port()};
  EXPECT_EQ(idle.call(verb::get, "/healthz").status, 200);

  ASSERT_EQ(::kill(server.process().pid(), SIGTERM), 0);
  EXPECT_TRUE(idle.socket().wait_for_close());
  ASSERT_TRUE(wire.send_bytes(body));
  const auto reply = wire.read_reply();
  EXPECT_EQ(reply.status, 201) << reply.problem;
  EXPECT_FALSE(reply.keep_alive);
  EXPECT_TRUE(wire.socket().wait_for_close());
  EXPECT_EQ(server.process().wait_for_end(patience), 0);

  server.process().start();
  const auto ref = text_at(parsed(reply), "/ticketRef");
  EXPECT_EQ(server.get("/api/ticket/" + ref).status, 200);
}

TEST(Durability, WaitsNoLongerThanTheGraceForARequest) {
  test_server server{{{"SWITCHBOARD_HTTP_SHUTDOWN_GRACE_S", "1"}}};
  http_connection wire{server.port()};
  ASSERT_TRUE(
    wire.send_bytes("POST /api/ticket HTTP/1.1\r\nHost: x\r\n"
                    "Expect: 100-continue\r\n"
                    "Content-Length: 10\r\n\r\n"));
  std::string interim;
  ASSERT_TRUE(wire.socket().receive_some(interim));
  EXPECT_EQ(server.process().terminate(), 0);
}

} // namespace
} // namespace switchboard::test
