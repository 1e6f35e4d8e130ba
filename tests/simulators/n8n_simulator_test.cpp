#include "tests/simulators/n8n_simulator.hpp"

#include "tests/support/http_call.hpp"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <string>
#include <vector>

namespace switchboard::simulators {
namespace {

using boost::beast::http::verb;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::http_reply;
using kind = reaction::kind;

using body_fields = std::map<std::string, std::string>;

/// A body as the contract has it; values are JSON.
body_fields good_fields() {
  return {{"event", R"("ticket.created")"},
          {"ticketId", R"("0194bd3c-1a2b-7c3d-8e4f-0123456789ab")"},
          {"ticketRef", R"("T-20260131-0A9KZX7Q")"},
          {"ticketUrl", R"("http://h/ticket/T-20260131-0A9KZX7Q")"},
          {"customerName", R"("Ada")"},
          {"customerPhone", R"("+4915112345678")"},
          {"customerEmail", "null"},
          {"subject", R"("Printer")"},
          {"message", R"("It burns")"},
          {"priority", R"("urgent")"},
          {"createdAt", R"("2026-01-31T12:00:00.000Z")"},
          {"agentPhone", R"("+4915100000000")"}};
}

std::string to_body(const body_fields& fields) {
  std::string out = "{";
  for (const auto& [key, value] : fields) {
    out.append(out.size() > 1 ? "," : "").append("\"").append(key);
    out.append("\":").append(value);
  }
  return out + "}";
}

class N8nSimulator : public testing::Test {
protected:
  http_reply post(const std::string& body = to_body(good_fields())) {
    return support::call(n8n.port(), verb::post, path, headers, body);
  }

  n8n_simulator n8n;
  std::string path = "/webhook/ticket-created";
  support::header_list headers{{"content-type", "application/json"},
                               {"x-api-key", n8n.api_key()}};
};

TEST_F(N8nSimulator, StartsTheWorkflow) {
  const auto reply = post();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"message":"Workflow was started"})");
  ASSERT_EQ(n8n.call_count(), 1U);
  const auto call = n8n.calls().front();
  EXPECT_EQ(call.content.ticket_ref, "T-20260131-0A9KZX7Q");
  EXPECT_EQ(call.content.message, "It burns");
  EXPECT_EQ(call.status, 200);
  EXPECT_EQ(n8n.violations(), std::vector<std::string>{});
}

TEST_F(N8nSimulator, TurnsStrangersAway) {
  headers.back().second = "wrong";
  const auto reply = post();
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.body, "Authorization data is wrong!");
  headers.pop_back();
  EXPECT_EQ(post().status, 403);
  EXPECT_EQ(n8n.calls().back().status, 403);
}

TEST_F(N8nSimulator, KnowsOnePath) {
  path = "/webhook/other";
  const auto reply = post();
  EXPECT_EQ(reply.status, 404);
  EXPECT_NE(
    reply.body.find(R"(The requested webhook \"POST /webhook/other\" is not)"),
    std::string::npos)
    << reply.body;
}

TEST_F(N8nSimulator, FindsEveryDeviation) {
  struct row {
    const char* key;
    const char* value; ///< nullptr: leave it out
  };
  const std::vector<row> rows{
    {"event", R"("ticket.updated")"},
    {"ticketId", R"("0194bd3c-1a2b-4c3d-8e4f-0123456789ab")"},
    {"ticketId", R"("0194BD3C-1A2B-7C3D-8E4F-0123456789AB")"},
    {"ticketId", "17"},
    {"ticketRef", R"("T-20260131-0A9KZX7U")"},
    {"ticketRef", R"("T-20260131-0A9")"},
    {"ticketUrl", R"("/ticket/T-20260131-0A9KZX7Q")"},
    {"ticketUrl", R"("http://h/ticket/T-20260131-0A9KZX7A")"},
    {"customerName", R"("")"},
    {"customerName", "null"},
    {"customerPhone", R"("")"},
    {"customerPhone", R"("015112345678")"},
    {"customerPhone", "null"}, // with customerEmail null as well
    {"customerPhone", nullptr},
    {"customerEmail", R"("nobody")"},
    {"customerEmail", R"("")"},
    {"subject", "[]"},
    {"message", R"("")"},
    {"priority", R"("normal")"},
    {"createdAt", R"("2026-01-31T12:00:00Z")"},
    {"createdAt", R"("2026-01-31T12:00:00.000+00:00")"},
    {"createdAt", R"("2026-13-31T12:00:00.000Z")"},
    {"agentPhone", "null"},
    {"agentPhone", R"("4915100000000")"},
    {"extra", "1"},
  };
  for (const auto& r : rows) {
    auto fields = good_fields();
    fields.erase(r.key);
    if (r.value != nullptr)
      fields[r.key] = r.value;
    std::vector<std::string> found;
    check_ticket_created(to_body(fields), found);
    EXPECT_EQ(found.size(), 1U)
      << r.key << " " << (r.value != nullptr ? r.value : "is absent");
  }
}

TEST_F(N8nSimulator, FindsWhatIsNoObjectAndWhatIsThereTwice) {
  for (const std::string& body :
       {std::string{}, std::string{"[]"}, std::string{"{"}, std::string{"null"},
        to_body(good_fields()) + "x"}) {
    std::vector<std::string> found;
    check_ticket_created(body, found);
    EXPECT_FALSE(found.empty()) << body;
  }
  auto twice = to_body(good_fields());
  twice.insert(1, R"("event":"ticket.created",)");
  std::vector<std::string> found;
  check_ticket_created(twice, found);
  EXPECT_EQ(found, std::vector<std::string>{"key twice: event"});
}

TEST_F(N8nSimulator, FindsTheWrongContentType) {
  headers.front().second = "text/plain";
  post();
  EXPECT_EQ(n8n.violations().size(), 1U);
  n8n.forget();
  EXPECT_TRUE(n8n.violations().empty());
  EXPECT_EQ(n8n.call_count(), 0U);
}

TEST_F(N8nSimulator, PlaysItsScript) {
  n8n.script({reaction::with_status(500), reaction::with_status(429, "3"),
              reaction::of(kind::not_registered), reaction::of(kind::reset),
              reaction::of(kind::close), reaction::of(kind::garbage),
              reaction::of(kind::huge_body),
              reaction::after(milliseconds{20})});
  EXPECT_EQ(post().status, 500);
  const auto slow_down = post();
  EXPECT_EQ(slow_down.status, 429);
  EXPECT_EQ(slow_down.header("Retry-After"), "3");
  EXPECT_EQ(post().status, 404);
  EXPECT_EQ(post().status, 0);
  EXPECT_EQ(post().status, 0);
  EXPECT_EQ(post().status, 0);
  EXPECT_GT(post().body.size(), 4'000'000U);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(post().status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{20});
  EXPECT_EQ(post().status, 200);
  n8n.usually(reaction::with_status(503));
  EXPECT_EQ(post().status, 503);
  EXPECT_EQ(n8n.call_count(), 10U);
  EXPECT_EQ(n8n.violations(), std::vector<std::string>{});
}

TEST_F(N8nSimulator, HangsUntilItIsToldToGoOn) {
  n8n.script({reaction::of(kind::hang)});
  auto hanging = std::async(std::launch::async, [this] { return post(); });
  ASSERT_TRUE(n8n.wait_for_calls(1, seconds{10}));
  EXPECT_EQ(post().status, 200);
  // The call is entered a moment before it begins to wait.
  while (hanging.wait_for(milliseconds{1}) != std::future_status::ready)
    n8n.release_hanging();
  EXPECT_EQ(hanging.get().status, 200);
}

TEST_F(N8nSimulator, GoesDownAndComesBackOnTheSamePort) {
  const auto port = n8n.port();
  support::http_connection kept{port};
  EXPECT_EQ(kept.call(verb::post, path, headers, to_body(good_fields())).status,
            200);
  n8n.stop();
  EXPECT_TRUE(kept.socket().wait_for_close());
  EXPECT_EQ(post().problem, "no connection");
  n8n.start();
  EXPECT_EQ(n8n.port(), port);
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(n8n.call_count(), 2U);
  EXPECT_EQ(n8n.connection_count(), 2U);
  EXPECT_FALSE(n8n.wait_for_calls(3, milliseconds{1}));
}

} // namespace
} // namespace switchboard::simulators
