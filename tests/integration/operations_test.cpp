#include "tests/integration/n8n_fixture.hpp"
#include "tests/integration/telegram_fixture.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <sys/stat.h>

namespace switchboard::test {
namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string read_secret(const std::filesystem::path& file) {
  auto text = read_file(file);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

mode_t rights(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(Operations, TellThatTheProcessIsUpAndReady) {
  test_server server;
  const auto up = server.get("/healthz");
  EXPECT_EQ(up.status, 200);
  EXPECT_EQ(up.body, R"({"ok":true})");
  const auto ready = server.get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"ok":true,"reasons":[]})");
}

TEST(Operations, TellWhyTheServerIsNotReady) {
  // More than is free here: writes are refused from the start.
  constexpr std::uintmax_t reserve_max = 1'099'511'627'776;
  if (std::filesystem::space(std::filesystem::temp_directory_path()).available
      >= reserve_max)
    GTEST_SKIP() << "this disk has more room than can be reserved";
  test_server server{
    {{"SWITCHBOARD_STORAGE_RESERVE_BYTES", std::to_string(reserve_max)}}};
  ASSERT_TRUE(
    eventually([&] { return server.create(ticket_body()).status == 503; }));
  const auto refused = server.create(ticket_body());
  EXPECT_TRUE(is_error(refused, 503, "storage_unavailable"));
  EXPECT_FALSE(refused.header("Retry-After").empty());
  const auto ready = server.get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(parsed(ready).at("ok"), false);
  EXPECT_FALSE(parsed(ready).at("reasons").as_array().empty());
  EXPECT_EQ(server.get("/healthz").status, 200);
}

/// The names of the table in metrics/README.md.
std::set<std::string> documented_metrics() {
  std::set<std::string> out;
  const auto page = read_file(std::filesystem::path{SWITCHBOARD_SOURCE_DIR}
                              / "metrics" / "README.md");
  const std::regex row{"\\| `([a-z0-9_]+)` \\| (counter|gauge|histogram)"};
  for (std::sregex_iterator i{page.begin(), page.end(), row}, end; i != end;
       ++i)
    out.insert((*i)[1]);
  return out;
}

class Metrics : public n8n_test {};

TEST_F(Metrics, AreAllThereAfterSomeTraffic) {
  telegram_world world{
    {.more = with({{"SWITCHBOARD_WHATSAPP_BAILEYS_API_KEY", "sidecar-key"}})}};
  auto& server = world.server();
  const auto made = server.create_ticket();
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hello")).status, 200);
  EXPECT_EQ(server.get("/nothing").status, 404);
  ASSERT_TRUE(eventually([&] { return attempts(server, "delivered") >= 1; }));
  const auto reply = server.get("/metrics");
  EXPECT_EQ(reply.header("Content-Type"),
            "text/plain; version=0.0.4; charset=utf-8");
  const std::regex help{"# HELP [a-z_:][a-z0-9_:]* .+"};
  const std::regex type{
    "# TYPE ([a-z_:][a-z0-9_:]*) "
    "(counter|gauge|histogram|summary|untyped)"};
  const std::regex sample{
    R"re(([a-z_:][a-z0-9_:]*)(\{([a-z_]+="[^"]*",?)*\})? )re"
    "([-+0-9.eE]+|NaN|[+-]Inf)"};
  std::set<std::string> found;
  std::istringstream lines{reply.body};
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, type))
      found.insert(match[1]);
    else
      EXPECT_TRUE(line.empty() || std::regex_match(line, help)
                  || std::regex_match(line, sample))
        << line;
  }
  EXPECT_EQ(found, documented_metrics());
}

TEST_F(Metrics, CountWhatHappened) {
  test_server server{with()};
  const auto made = server.create_ticket();
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hello")).status, 200);
  EXPECT_EQ(server.get("/api/ticket/T-20260131-ZZZZZZZZ").status, 404);
  EXPECT_EQ(server.get("/nothing").status, 404);
  ASSERT_TRUE(eventually([&] { return attempts(server, "delivered") >= 1; }));
  const std::vector<std::pair<std::string, double>> expected{
    {R"(switchboard_http_requests_total{route="/api/ticket",status="201"})", 1},
    {R"(switchboard_http_requests_total{route="/api/ticket/inbound",)"
     R"(status="200"})",
     1},
    {R"(switchboard_http_requests_total{route="/api/ticket/:ticketRef",)"
     R"(status="404"})",
     1},
    {R"(switchboard_http_requests_total{route="unmatched",status="404"})", 1},
    {R"(switchboard_http_request_seconds_count{route="/api/ticket"})", 1},
    {"switchboard_journal_events_total", 3},
    {R"(switchboard_delivery_latency_seconds_count{lane_kind="n8n"})", 1},
    {R"(switchboard_outbox_deliveries{lane_kind="n8n"})", 0},
    {R"(switchboard_actors_awake{kind="ticket"})", 1},
    {"switchboard_dead_letters", 0},
  };
  for (const auto& [series, value] : expected)
    EXPECT_EQ(server.metric(series), value) << series;
  EXPECT_GE(server.metric("switchboard_journal_commits_total"), 2);
  EXPECT_GT(server.metric("process_resident_memory_bytes"), 1e6);
  // No text from outside becomes a label.
  EXPECT_EQ(server.get("/metrics").body.find("nothing"), std::string::npos);
}

TEST(Secrets, AreMadeOnceAndKeptToThemselves) {
  test_server server{{{"SWITCHBOARD_ADMIN_KEY", ""},
                      {"RAILWAY_INBOUND_SECRET", ""},
                      {"SWITCHBOARD_LOG_LEVEL", "trace"}}};
  const auto folder = server.data() / "secrets";
  EXPECT_EQ(rights(folder), 0700U);
  for (const std::string name : {"admin.key", "inbound.key", "visitor_jwt.key"})
    EXPECT_EQ(rights(folder / name), 0600U) << name;
  const auto admin = read_secret(folder / "admin.key");
  const auto inbound = read_secret(folder / "inbound.key");
  const std::regex form{"sb_[0-9A-Za-z]+_[0-9A-Za-z]{32,}"};
  EXPECT_TRUE(std::regex_match(admin, form));
  EXPECT_GE(inbound.size(), 32U);

  const header_list with_admin{{"Authorization", "Bearer " + admin}};
  const auto with_inbound = joined(json_type, {{"x-api-key", inbound}});
  EXPECT_EQ(server.get("/api/v1/dead-letters", with_admin).status, 200);
  EXPECT_EQ(server.get("/api/v1/dead-letters", as_admin).status, 401);
  const auto made = server.create_ticket();
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hi"), with_inbound).status,
            200);
  server.restart();
  EXPECT_EQ(read_secret(folder / "admin.key"), admin);
  EXPECT_EQ(server.get("/api/v1/dead-letters", with_admin).status, 200);

  const auto log = server.process().log();
  EXPECT_NE(log.find("admin.key"), std::string::npos);
  for (const auto& secret :
       {admin, inbound, read_secret(folder / "visitor_jwt.key")})
    EXPECT_EQ(log.find(secret), std::string::npos);
}

class Log : public n8n_test {};

TEST_F(Log, TellsNoSecretAndNoWordOfAConversation) {
  n8n.usually(reaction::with_status(500));
  test_server server{with(
    {{"SWITCHBOARD_LOG_LEVEL", "trace"}, {"SWITCHBOARD_LOG_FORMAT", "json"}})};
  auto body = ticket_body();
  body["customerName"] = "Name-marker";
  body["customerEmail"] = "mail-marker@example.com";
  body["subject"] = "Subject-marker";
  body["message"] = "Message-marker";
  const auto made = server.create_ticket(body);
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "Reply-marker")).status, 200);
  body["priority"] = "Priority-marker";
  EXPECT_EQ(server.create(body).status, 400);
  dead_letters(server, 1);
  EXPECT_EQ(server.process().terminate(), 0);
  const auto log = server.process().log();
  EXPECT_EQ(log.find("marker"), std::string::npos);
  for (const auto& secret : {std::string{admin_key}, std::string{inbound_key},
                             n8n.api_key(), std::string{customer_phone}})
    EXPECT_EQ(log.find(secret), std::string::npos) << secret;
  // Every line of it is JSON, but for the one that scripts wait for.
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("switchboard: listening on ")) {
      http_reply as_reply;
      as_reply.body = line;
      const std::vector<std::string> keys{"ts", "level", "msg"};
      EXPECT_EQ(keys_of(parsed(as_reply)), keys) << line;
    }
}

} // namespace
} // namespace switchboard::test
