#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <atomic>
#include <fstream>
#include <mutex>
#include <regex>

namespace switchboard::test {
namespace {

constexpr int bad_configuration = 78;

bool says(const command_result& run, std::string_view text) {
  return run.output.find(text) != std::string::npos;
}

class Maintenance : public testing::Test {
protected:
  std::filesystem::path file_with(const std::string& text) {
    auto file = folder.path() / "test.toml";
    std::ofstream{file} << text;
    return file;
  }

  command_result check(const std::string& text, const settings& more = {}) {
    return run_command(
      data(), {"check-config", "--config", file_with(text).string()}, more);
  }

  [[nodiscard]] std::filesystem::path data() const {
    return folder.path() / "data";
  }

  http_reply back_up(test_server& server, const std::filesystem::path& to) {
    return server.post("/api/v1/backup",
                       json::serialize(json::object{{"folder", to.string()}}),
                       joined(json_type, as_admin));
  }

  support::temporary_folder folder;
};

TEST_F(Maintenance, TellsTheVersion) {
  const auto run = run_command(data(), {"--version"});
  EXPECT_EQ(run.code, 0);
  EXPECT_TRUE(std::regex_match(
    run.output, std::regex{"switchboard [0-9]+\\.[0-9]+\\.[0-9]+\n"}))
    << run.output;
}

TEST_F(Maintenance, WantsACommandThatExists) {
  EXPECT_NE(run_command(data(), {}).code, 0);
  EXPECT_NE(run_command(data(), {"surf"}).code, 0);
  EXPECT_NE(run_command(data(), {"serve", "--port", "1"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Maintenance, FindsTheShippedConfigurationGood) {
  const auto shipped = std::filesystem::path{SWITCHBOARD_SOURCE_DIR} / "config"
                       / "switchboard.toml";
  const auto run
    = run_command(data(), {"check-config", "--config", shipped.string()});
  EXPECT_EQ(run.code, 0) << run.output;
  EXPECT_TRUE(says(run, "limits.body_bytes = 1048576\n")) << run.output;
  EXPECT_FALSE(says(run, admin_key));
  EXPECT_FALSE(says(run, inbound_key));
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Maintenance, NamesWhatIsWrongInAConfiguration) {
  struct row {
    const char* text;
    const char* told;
  };
  const std::vector<row> rows{
    {"[http]\nprot = 1\n", "http.prot"},
    {"[htpp]\nport = 1\n", "htpp"},
    {"[http]\nport = 70000\n", "http.port = 70000"},
    {"[http]\nport = \"many\"\n", "http.port"},
    {"[n8n]\nticket_created_url = \"ftp://x\"\n", "n8n.ticket_created_url"},
    {"[website]\nagent_phone = \"12\"\n", "website.agent_phone"},
    {"[log]\nlevel = \"loud\"\n", "log.level"},
    {"[http]\ntls_cert = \"/x\"\n", "http.tls_key"},
    {"[http\n", "test.toml:1"},
  };
  for (const auto& row : rows) {
    const auto run = check(row.text);
    EXPECT_EQ(run.code, bad_configuration) << row.text;
    EXPECT_TRUE(says(run, row.told)) << row.text << run.output;
    EXPECT_TRUE(says(run, "switchboard: ")) << run.output;
    // And `serve` does not start with it.
    EXPECT_EQ(
      run_command(data(), {"serve", "--config", file_with(row.text).string()})
        .code,
      bad_configuration);
  }
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Maintenance, NamesWhatIsWrongInTheEnvironment) {
  const auto number = check("", {{"SWITCHBOARD_N8N_RETRIES", "many"}});
  EXPECT_EQ(number.code, bad_configuration);
  EXPECT_TRUE(says(number, "SWITCHBOARD_N8N_RETRIES")) << number.output;
  const auto unknown = check("", {{"SWITCHBOARD_HTTP_PROT", "1"}});
  EXPECT_EQ(unknown.code, bad_configuration);
  EXPECT_TRUE(says(unknown, "SWITCHBOARD_HTTP_PROT")) << unknown.output;
  const auto secret = check("", {{"N8N_SHARED_SECRET", "no no"}});
  EXPECT_EQ(secret.code, bad_configuration);
  EXPECT_TRUE(says(secret, "n8n.shared_secret"));
  EXPECT_FALSE(says(secret, "no no"));
  const auto none = run_command(
    data(), {"check-config", "--config", (folder.path() / "none").string()});
  EXPECT_EQ(none.code, bad_configuration);
  EXPECT_TRUE(says(none, "none"));
}

TEST_F(Maintenance, VerifiesExportsAndCopiesAFolderAtRest) {
  test_server server{{}, data()};
  const auto made = server.create_ticket();
  EXPECT_EQ(server.inbound(inbound_body(made.ref, "hello")).status, 200);
  EXPECT_EQ(server.process().terminate(), 0);

  const auto checked = run_command(data(), {"verify"});
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_TRUE(says(checked, "3 events, 1 tickets, 2 messages"))
    << checked.output;

  const auto events = exported(data());
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(text_at(events[0], "/type"), "ticket_created");
  EXPECT_EQ(text_at(events[0], "/ref"), made.ref);
  EXPECT_EQ(text_at(events[0], "/ticket"), made.id);
  EXPECT_EQ(text_at(events[2], "/message/body"), "hello");

  const auto copy = folder.path() / "copy";
  EXPECT_EQ(run_command(data(), {"backup", copy.string()}).code, 0);
  const auto again = run_command(data(), {"backup", copy.string()});
  EXPECT_NE(again.code, 0);
  EXPECT_TRUE(says(again, "not empty")) << again.output;

  const auto restored = folder.path() / "restored";
  EXPECT_EQ(run_command(restored, {"restore", copy.string()}).code, 0);
  const auto over = run_command(data(), {"restore", copy.string()});
  EXPECT_NE(over.code, 0);
  EXPECT_TRUE(says(over, "not empty")) << over.output;
  EXPECT_EQ(run_command(restored, {"verify"}).code, 0);
  EXPECT_EQ(exported(restored), events);
  test_server second{{}, restored};
  EXPECT_EQ(second.bodies(made.ref).size(), 2U);
}

TEST_F(Maintenance, RefusesFoldersThatHoldNothing) {
  for (const std::string command : {"verify", "export"}) {
    const auto run = run_command(data(), {command});
    EXPECT_NE(run.code, 0);
    EXPECT_TRUE(says(run, "no journal in")) << run.output;
  }
  const auto run
    = run_command(data(), {"restore", (folder.path() / "none").string()});
  EXPECT_NE(run.code, 0);
  EXPECT_TRUE(says(run, "no backup in")) << run.output;
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Maintenance, BacksUpARunningServer) {
  test_server server;
  std::mutex mutex;
  std::vector<std::string> before;
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i)
    writers.emplace_back([&] {
      http_connection wire{server.port()};
      const auto body = json::serialize(ticket_body());
      while (!stop) {
        const auto reply
          = wire.call(verb::post, "/api/ticket", json_type, body);
        EXPECT_EQ(reply.status, 201);
        const auto ref = text_at(parsed(reply), "/ticketRef");
        const std::lock_guard lock{mutex};
        before.push_back(ref);
      }
    });
  EXPECT_TRUE(eventually([&] {
    std::this_thread::yield();
    const std::lock_guard lock{mutex};
    return before.size() >= 50;
  }));
  std::vector<std::string> acknowledged;
  {
    const std::lock_guard lock{mutex};
    acknowledged = before;
  }
  const auto copy = folder.path() / "copy";
  const auto reply = back_up(server, copy);
  EXPECT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(text_at(parsed(reply), "/folder"), copy.string());
  EXPECT_TRUE(is_error(back_up(server, copy), 409, "conflict"));
  stop = true;
  for (auto& one : writers)
    one.join();

  EXPECT_EQ(run_command(data(), {"restore", copy.string()}).code, 0);
  const auto checked = run_command(data(), {"verify"});
  EXPECT_EQ(checked.code, 0) << checked.output;
  test_server second{{}, data()};
  for (const auto& ref : acknowledged)
    EXPECT_EQ(second.get("/api/ticket/" + ref).status, 200);
}

TEST_F(Maintenance, WantsToBeToldWhereABackupGoes) {
  test_server server;
  const auto headers = joined(json_type, as_admin);
  for (const std::string body : {"{}", R"({"folder":""})", R"({"folder":7})",
                                 R"({"folder":"/a\nb"})", "["})
    EXPECT_TRUE(is_error(server.post("/api/v1/backup", body, headers), 400,
                         "validation_failed"))
      << body;
  EXPECT_TRUE(is_error(server.post("/api/v1/backup", "{}", as_admin), 415,
                       "unsupported_media_type"));
  EXPECT_TRUE(
    is_error(back_up(server, "/proc/no/such/place"), 409, "conflict"));
}

TEST_F(Maintenance, LetsOneProcessUseAFolder) {
  test_server server{{}, data()};
  const auto second = run_command(data(), {"serve"});
  EXPECT_EQ(second.code, 1);
  EXPECT_TRUE(says(second, "is in use by another process")) << second.output;
  const auto verify = run_command(data(), {"verify"});
  EXPECT_EQ(verify.code, 1);
  EXPECT_TRUE(says(verify, "is in use by another process")) << verify.output;
  EXPECT_EQ(server.get("/readyz").status, 200);
}

TEST_F(Maintenance, SaysThatAPortIsTaken) {
  test_server server;
  const auto port = std::to_string(server.port());
  const auto run
    = run_command(data(), {"serve"}, {{"SWITCHBOARD_HTTP_PORT", port}});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(says(run, "cannot listen on 127.0.0.1:" + port)) << run.output;
  EXPECT_TRUE(says(run, "Address already in use")) << run.output;
}

} // namespace
} // namespace switchboard::test
