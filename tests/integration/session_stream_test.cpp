// What visitors' streams bring, as both kinds of clients see it.
#include "tests/integration/event_reader.hpp"
#include "tests/integration/visitor_client.hpp"

#include <boost/json/serialize.hpp>

#include <thread>

namespace switchboard::test {
namespace {

template <class Reader>
class SessionStream : public testing::Test {
protected:
  Reader open(const visitor_client& visitor, const std::string& query = {},
              const std::string& last_id = {}) {
    auto headers = visitor.headers();
    if (!last_id.empty())
      headers.emplace_back("Last-Event-ID", last_id);
    return Reader{server_.port(), visitor.path("/stream" + query), headers};
  }

  /// The next event as `type: what it says`.
  static std::string next(Reader& stream) {
    const auto event = stream.next();
    if (!event)
      return "(silence)";
    last_id_ = event->id;
    for (const auto* key : {"/body", "/status", "/name", "/sender"})
      if (const auto text = text_at(event->data, key); text != "(none)")
        return event->type + ": " + text;
    return event->type + ": " + json::serialize(event->data);
  }

  static void expect_greeting(Reader& stream, const std::string& status) {
    EXPECT_EQ(stream.status() == 200 || stream.status() == 101, true)
      << stream.status();
    EXPECT_EQ(next(stream), "ticket: " + status);
    EXPECT_EQ(next(stream), "agent: null");
  }

  test_server server_{{{"SWITCHBOARD_LIMITS_SESSION_MESSAGES", "0"}}};
  rest_client admin_{server_};
  static inline std::string last_id_;
};

using readers = testing::Types<sse_reader, websocket_reader>;
TYPED_TEST_SUITE(SessionStream, readers);

TYPED_TEST(SessionStream, BringsWhatHappens) {
  visitor_client visitor{this->server_};
  auto stream = this->open(visitor);
  this->expect_greeting(stream, "null");
  const auto ticket = ticket_of(visitor.write("Help"));
  EXPECT_EQ(this->next(stream), "ticket: open");
  EXPECT_EQ(this->next(stream), "message: Help");
  const auto ana = make_user(this->admin_, "Ana");
  const rest_client agent{
    this->server_,
    make_key(this->admin_, {"tickets:write", "messages:write"}, ana)};
  const auto v1 = "/api/v1/tickets/" + ticket;
  agent.act(v1 + "/claim");
  EXPECT_EQ(this->next(stream), "ticket: claimed");
  EXPECT_EQ(this->next(stream), "agent: Ana");
  EXPECT_EQ(agent.post("/api/tickets/" + ticket + "/typing").status, 200);
  EXPECT_EQ(this->next(stream), "typing: agent");
  agent.make(v1 + "/messages", {{"body", "Here I am."}});
  EXPECT_EQ(this->next(stream), "message: Here I am.");
  agent.make(v1 + "/notes", {{"body", "not for visitors"}});
  EXPECT_EQ(visitor.close(ticket).status, 200);
  EXPECT_EQ(this->next(stream), "ticket: closed");
}

TYPED_TEST(SessionStream, ResumesWhereItWasLost) {
  visitor_client visitor{this->server_};
  const auto first = visitor.write("1");
  visitor.write("2");
  {
    auto stream
      = this->open(visitor, "?after=" + text_at(first, "/message_id"));
    this->expect_greeting(stream, "open");
    EXPECT_EQ(this->next(stream), "message: 2");
  }
  visitor.write("3");
  visitor.write("4");
  auto again = this->open(visitor, "?after=0", this->last_id_);
  this->expect_greeting(again, "open");
  EXPECT_EQ(this->next(again), "message: 3");
  EXPECT_EQ(this->next(again), "message: 4");
  auto whole = this->open(visitor, "?after=0");
  this->expect_greeting(whole, "open");
  for (const auto* body : {"1", "2", "3", "4"})
    EXPECT_EQ(this->next(whole), std::string{"message: "} + body);
}

TYPED_TEST(SessionStream, BringsEveryMessageOnceInOrder) {
  visitor_client visitor{this->server_};
  auto stream = this->open(visitor);
  this->expect_greeting(stream, "null");
  std::thread writer{[&] {
    for (int i = 0; i < 100; ++i)
      visitor.write(std::to_string(i));
  }};
  EXPECT_EQ(this->next(stream), "ticket: open");
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(this->next(stream), "message: " + std::to_string(i));
  writer.join();
}

TYPED_TEST(SessionStream, KeepsSessionsApart) {
  visitor_client visitor{this->server_};
  visitor_client stranger{this->server_};
  auto stream = this->open(visitor);
  this->expect_greeting(stream, "null");
  stranger.write("not yours");
  visitor.write("mine");
  EXPECT_EQ(this->next(stream), "ticket: open");
  EXPECT_EQ(this->next(stream), "message: mine");
}

TYPED_TEST(SessionStream, OpensWithItsTokenAlone) {
  visitor_client visitor{this->server_};
  visitor_client stranger{this->server_};
  const auto path = visitor.path("/stream");
  const auto status
    = [&](const std::string& target, const header_list& headers) {
        return TypeParam{this->server_.port(), target, headers}.status();
      };
  EXPECT_EQ(status(path, {}), 401);
  EXPECT_EQ(status(path, as_admin), 401);
  EXPECT_EQ(status(path, stranger.headers()), 403);
  EXPECT_EQ(status(path + "?access_token=" + stranger.token(), {}), 403);
  EXPECT_EQ(status(path + "?access_token=x", {}), 401);
  EXPECT_EQ(
    status(path + "?access_token=" + visitor.token(), visitor.headers()), 401);
  EXPECT_EQ(status(path + "?after=x", visitor.headers()), 400);
  TypeParam stream{
    this->server_.port(), path + "?access_token=" + visitor.token(), {}};
  this->expect_greeting(stream, "null");
}

} // namespace
} // namespace switchboard::test
