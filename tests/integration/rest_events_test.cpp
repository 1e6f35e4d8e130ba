// The history of REST v1, in pages and as a stream.
#include "tests/integration/event_reader.hpp"
#include "tests/integration/rest_client.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

/// A ticket from its beginning to its end.
json::value live_a_life(const rest_client& client, std::string_view title) {
  auto made = make_ticket(client, title, {{"description", "Hello"}});
  client.change(path_of(made), R"({"priority":"high"})");
  client.make(path_of(made, "/messages"), {{"body", "Good day"}});
  client.make(path_of(made, "/notes"), {{"body", "a note"}});
  client.act(path_of(made, "/close"));
  return made;
}

const fields life{"ticket.created", "message.received", "ticket.updated",
                  "message.sent",   "ticket.updated",   "ticket.closed"};

std::vector<json::value> all_events(const rest_client& client,
                                    const std::string& query = {}) {
  return client.read_all("/api/v1/events" + query, 200);
}

std::string offset_of(const json::value& event) {
  return std::to_string(event.at("offset").to_number<std::uint64_t>());
}

class RestEvents : public testing::Test {
protected:
  test_server server_;
  rest_client client_{server_};
};

TEST_F(RestEvents, TellTheWholeStoryOfATicket) {
  const auto made = live_a_life(client_, "story");
  const auto user = make_user(client_, "Ada");
  client_.make(path_of(made, "/mention"), {{"user_id", user}});
  client_.act(path_of(made, "/reopen"));
  client_.act(path_of(made, "/claim"),
              R"({"agent_id":)" + std::to_string(user) + "}");
  const auto events = all_events(client_);
  auto expected = life;
  for (const auto* type : {"user.mentioned", "ticket.updated", "ticket.updated",
                           "ticket.assigned"})
    expected.emplace_back(type);
  ASSERT_EQ(texts_of(events, "/type"), expected);
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].at("sequence").to_number<std::size_t>(), i + 1);
    EXPECT_EQ(text_at(events[i], "/ticket_id"), text_at(made, "/id"));
    EXPECT_EQ(text_at(events[i], "/data/ticket/ref"), text_at(made, "/ref"));
  }
  EXPECT_EQ(text_at(events[1], "/data/message/body"), "Hello");
  EXPECT_EQ(text_at(events[4], "/data/activity/data/body"), "a note");
}

TEST_F(RestEvents, GiveTheSameInPagesOfAnySize) {
  for (int i = 0; i < 3; ++i)
    live_a_life(client_, "pages");
  const auto all = all_events(client_);
  ASSERT_EQ(all.size(), 3 * life.size());
  for (const std::size_t limit : {1U, 2U, 7U, 17U, 18U})
    EXPECT_EQ(client_.read_all("/api/v1/events", limit), all) << limit;
  const auto after
    = client_.read("/api/v1/events?limit=200&after=" + offset_of(all[4]));
  EXPECT_EQ(items_of(after),
            (std::vector<json::value>{all.begin() + 5, all.end()}));
  EXPECT_TRUE(after.at("next_cursor").is_null());
}

TEST_F(RestEvents, GiveOnlyTheTypesAskedFor) {
  for (int i = 0; i < 2; ++i)
    live_a_life(client_, "types");
  for (const std::size_t limit : {1U, 3U, 200U})
    EXPECT_EQ(
      texts_of(client_.read_all(
                 "/api/v1/events?types=ticket.created,message.sent", limit),
               "/type"),
      (fields{"ticket.created", "message.sent", "ticket.created",
              "message.sent"}))
      << limit;
  EXPECT_EQ(all_events(client_, "?types=topic.created").size(), 0U);
  struct row {
    const char* query;
    const char* field;
  };
  for (const auto& [query, field] :
       std::initializer_list<row>{{"types=ticket.eaten", "types"},
                                  {"after=x", "after"},
                                  {"after=-1", "after"},
                                  {"limit=0", "limit"},
                                  {"cursor=now", "cursor"}}) {
    const auto reply = client_.get(std::string{"/api/v1/events?"} + query);
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << query;
    EXPECT_EQ(wrong_fields(reply), fields{field}) << query;
  }
}

TEST_F(RestEvents, MissNothingThatIsWrittenWhileTheyAreRead) {
  std::atomic<bool> written = false;
  std::thread writer{[&] {
    in_parallel(4, [&](std::size_t) {
      for (int i = 0; i < 10; ++i)
        live_a_life(client_, "busy");
    });
    written = true;
  }};
  std::map<std::string, std::uint64_t> last_of;
  std::uint64_t offset = 0;
  std::size_t count = 0;
  for (bool at_end = false; !at_end;) {
    const bool was_written = written;
    const auto page
      = client_.read("/api/v1/events?limit=7&after=" + std::to_string(offset));
    for (const auto& event : items_of(page)) {
      const auto at = event.at("offset").to_number<std::uint64_t>();
      EXPECT_GT(at, offset);
      offset = at;
      auto& last = last_of[text_at(event, "/ticket_id")];
      EXPECT_EQ(event.at("sequence").to_number<std::uint64_t>(), last + 1);
      ++last;
      ++count;
    }
    at_end = was_written && page.at("next_cursor").is_null();
  }
  writer.join();
  EXPECT_EQ(count, 40 * life.size());
}

// -- the stream, as both kinds of clients see it
// --------------------------------

template <class Reader>
class RestStream : public testing::Test {
protected:
  Reader open(const std::string& query = {}, const std::string& last_id = {}) {
    auto headers = as_key(client_.key());
    if (!last_id.empty())
      headers.emplace_back("Last-Event-ID", last_id);
    return Reader{server_.port(), "/api/v1/stream" + query, headers};
  }

  /// Reads on until an event with this offset has come.
  static void read_to(Reader& stream, const std::string& offset,
                      std::vector<json::value>& to) {
    while (to.empty() || offset_of(to.back()) != offset) {
      auto event = stream.next();
      ASSERT_TRUE(event) << "the stream fell silent before " << offset;
      EXPECT_EQ(event->id, offset_of(event->data));
      EXPECT_EQ(event->type, text_at(event->data, "/type"));
      to.push_back(std::move(event->data));
    }
  }

  std::string last_offset() {
    const auto all = all_events(client_);
    return all.empty() ? "0" : offset_of(all.back());
  }

  test_server server_;
  rest_client client_{server_};
};

using readers = testing::Types<sse_reader, websocket_reader>;
TYPED_TEST_SUITE(RestStream, readers);

TYPED_TEST(RestStream, PushesWhatHappensNow) {
  live_a_life(this->client_, "before");
  const auto before = this->last_offset();
  auto stream = this->open();
  live_a_life(this->client_, "now");
  std::vector<json::value> seen;
  this->read_to(stream, this->last_offset(), seen);
  EXPECT_EQ(seen, all_events(this->client_, "?after=" + before));
}

TYPED_TEST(RestStream, BeginsWhereItIsTold) {
  for (int i = 0; i < 3; ++i)
    live_a_life(this->client_, "past");
  const auto all = all_events(this->client_);
  ASSERT_EQ(all.size(), 3 * life.size());
  const auto last = offset_of(all.back());
  std::vector<json::value> seen;
  auto from_start = this->open("?after=0");
  this->read_to(from_start, last, seen);
  EXPECT_EQ(seen, all);
  // The header wins: a client that reconnects keeps its address.
  seen.clear();
  auto resumed = this->open("?after=0", offset_of(all[6]));
  this->read_to(resumed, last, seen);
  EXPECT_EQ(seen, (std::vector<json::value>{all.begin() + 7, all.end()}));
}

TYPED_TEST(RestStream, PushesOnlyTheTypesAskedFor) {
  auto stream = this->open("?types=ticket.closed,message.sent&after=0");
  live_a_life(this->client_, "types");
  live_a_life(this->client_, "types");
  std::vector<json::value> seen;
  this->read_to(stream, this->last_offset(), seen);
  EXPECT_EQ(texts_of(seen, "/type"), (fields{"message.sent", "ticket.closed",
                                             "message.sent", "ticket.closed"}));
}

TYPED_TEST(RestStream, ResumesAfterRestartsWithoutLossOrRepetition) {
  std::vector<json::value> seen;
  std::string last{"0"};
  for (int round = 0; round < 4; ++round) {
    auto stream = this->open({}, last);
    ASSERT_TRUE(stream.status() == 200 || stream.status() == 101);
    live_a_life(this->client_, "resumed");
    // Some of what was written is left for the next round.
    const auto all = all_events(this->client_);
    ASSERT_GE(all.size(), life.size());
    this->read_to(stream, offset_of(all[all.size() - 3]), seen);
    if (round % 2 == 0)
      this->server_.restart();
    else
      this->server_.restart_after_kill();
    live_a_life(this->client_, "while nobody listened");
    last = offset_of(seen.back());
  }
  auto stream = this->open({}, last);
  this->read_to(stream, this->last_offset(), seen);
  EXPECT_EQ(seen, all_events(this->client_));
}

TYPED_TEST(RestStream, KeepsUpWithManyWriters) {
  auto stream = this->open();
  std::thread writers{[&] {
    in_parallel(4, [&](std::size_t) {
      for (int i = 0; i < 15; ++i)
        live_a_life(this->client_, "many");
    });
  }};
  std::vector<json::value> seen;
  while (seen.size() < 60 * life.size()) {
    auto event = stream.next();
    if (!event)
      break;
    seen.push_back(std::move(event->data));
  }
  writers.join();
  EXPECT_EQ(seen, all_events(this->client_));
}

TYPED_TEST(RestStream, EndsWithItsKey) {
  const auto key = this->client_.make(
    "/api/v1/api-keys", {{"name", "k"}, {"scopes", {"tickets:read"}}});
  TypeParam stream{this->server_.port(), "/api/v1/stream",
                   as_key(text_at(key, "/key"))};
  make_ticket(this->client_, "seen");
  ASSERT_TRUE(stream.next());
  EXPECT_EQ(
    this->client_.send(verb::delete_, "/api/v1/api-keys/" + text_at(key, "/id"))
      .status,
    204);
  make_ticket(this->client_, "unseen");
  EXPECT_FALSE(stream.next());
  EXPECT_TRUE(stream.at_end());
}

TYPED_TEST(RestStream, IsForThoseWhoMayRead) {
  const auto open_with = [&](const header_list& headers) {
    return TypeParam{this->server_.port(), "/api/v1/stream", headers}.status();
  };
  EXPECT_EQ(open_with({}), 401);
  EXPECT_EQ(open_with(as_key("sb_1_wrong")), 401);
  EXPECT_EQ(open_with(as_key(make_key(this->client_, {"tickets:write"}))), 403);
  EXPECT_EQ((TypeParam{this->server_.port(), "/api/v1/stream?after=x", as_admin}
               .status()),
            400);
}

} // namespace
} // namespace switchboard::test
