#include "config/loader.hpp"

#include "config/keys.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::config {
namespace {

namespace fs = std::filesystem;

const fs::path shipped_file{SWITCHBOARD_SOURCE_DIR "/config/switchboard.toml"};

/// A configuration file of one test.
class Loader : public testing::Test {
protected:
  ~Loader() override {
    std::error_code ignored;
    fs::remove(file_, ignored);
  }

  load_result load_text(const std::string& toml, const environment& env = {}) {
    std::ofstream{file_} << toml;
    return load(file_, env);
  }

  config good(const load_result& loaded) {
    if (const auto* problems = std::get_if<std::vector<problem>>(&loaded))
      for (const auto& p : *problems)
        ADD_FAILURE() << to_string(p);
    const auto* c = std::get_if<config>(&loaded);
    return c == nullptr ? config{} : *c;
  }

  /// The problems as lines, with the file's own folder taken off.
  std::vector<std::string> bad(const load_result& loaded) {
    std::vector<std::string> lines;
    const auto* problems = std::get_if<std::vector<problem>>(&loaded);
    if (problems == nullptr) {
      ADD_FAILURE() << "nothing was wrong";
      return lines;
    }
    for (auto p : *problems) {
      if (p.where.starts_with(file_.string()))
        p.where = "file" + p.where.substr(file_.string().size());
      lines.push_back(to_string(p));
    }
    return lines;
  }

  fs::path file_
    = fs::temp_directory_path()
      / ("switchboard_loader_" + std::to_string(::getpid()) + ".toml");
};

using lines = std::vector<std::string>;

TEST_F(Loader, GivesTheDefaultsWithoutAnything) {
  EXPECT_EQ(good(load(std::nullopt, {})), config{});
}

TEST_F(Loader, FindsTheDefaultsInTheShippedFile) {
  EXPECT_EQ(good(load(shipped_file, {})), config{});
}

TEST_F(Loader, EveryKeyStandsInTheShippedFileUnderAComment) {
  std::ifstream in{shipped_file};
  std::vector<std::string> found;
  std::string section;
  bool commented = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('[')) {
      section = line.substr(1, line.find(']') - 1);
      commented = false;
    } else if (line.starts_with('#')) {
      commented = true;
    } else if (const auto equals = line.find(" = ");
               equals != std::string::npos) {
      found.push_back(section + '.' + line.substr(0, equals));
      // A comment may speak for a run of keys, such as the two TLS files.
      EXPECT_TRUE(commented) << found.back();
    } else {
      commented = false;
    }
  }
  std::vector<std::string> expected;
  for (const auto& spec : keys())
    expected.push_back(full_name(spec));
  EXPECT_EQ(found, expected);
}

TEST_F(Loader, EveryDefaultPassesItsOwnCheck) {
  // The dump of the defaults, read back as a file.
  std::string toml;
  for (const auto& line : describe(config{}))
    toml += line + '\n';
  EXPECT_EQ(good(load_text(toml)), config{});
}

TEST_F(Loader, ReadsEveryKindOfValue) {
  const auto c = good(load_text(R"(
[http]
port = 9000
host = "::1"
trusted_proxies = ["10.0.0.0/8", "::1"]
allowed_origins = ["https://shop.example", "http://localhost:3000"]
idle_timeout_s = 5
[limits]
connections = 0
[actors]
command_timeout_ms = 250
[ticket]
reopen_window_h = 1
)"));
  EXPECT_EQ(c.http.port, 9000);
  EXPECT_EQ(c.http.host, "::1");
  EXPECT_EQ(c.http.trusted_proxies, (lines{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(c.http.allowed_origins,
            (lines{"https://shop.example", "http://localhost:3000"}));
  EXPECT_EQ(c.http.idle_timeout, std::chrono::seconds{5});
  EXPECT_EQ(c.limits.connections, 0U);
  EXPECT_EQ(c.actors.command_timeout, std::chrono::milliseconds{250});
  EXPECT_EQ(c.ticket.reopen_window, std::chrono::hours{1});
}

TEST_F(Loader, TellsEverythingThatIsWrongAtOnce) {
  const auto problems = bad(load_text(
    R"([http]
port = 99999
host = 5
[ticket]
ref_length = 3
ref_lenght = 9
[n8n]
ticket_created_url = "ftp://example.com"
[sotrage]
path = "x"
)",
    {{"SWITCHBOARD_LOG_LEVEL", "loud"}, {"SWITCHBOARD_HTTP_PROT", "1"}}));
  const lines expected{
    "file:3: http.host = 5: must be a text in quotes",
    "file:2: http.port = 99999: must be a whole number from 0 to 65535",
    "file:8: n8n.ticket_created_url = \"ftp://example.com\": must be an http "
    "or https address without user name or fragment, like "
    "https://n8n.example.com/webhook/created",
    "file:9: sotrage: there is no section [sotrage]; did you mean storage?",
    "file:6: ticket.ref_lenght: there is no such key; did you mean "
    "ticket.ref_length?",
    "file:5: ticket.ref_length = 3: must be a whole number from 4 to 26",
    "SWITCHBOARD_LOG_LEVEL: log.level = \"loud\": must be one of trace, debug, "
    "info, warn, error, critical, off",
    "SWITCHBOARD_HTTP_PROT: no key has this name; did you mean "
    "SWITCHBOARD_HTTP_PORT?",
  };
  EXPECT_EQ(problems, expected);
}

TEST_F(Loader, HintsAtTheSectionOfAMisplacedKey) {
  EXPECT_EQ(bad(load_text("port = 1\n")),
            lines{"file:1: port: there is no such key; did you mean "
                  "http.port?"});
  EXPECT_EQ(bad(load_text("http = 1\n")),
            lines{"file:1: http: is a section: write [http]"});
  EXPECT_EQ(bad(load_text("[log]\ncolour = 1\n")),
            lines{"file:2: log.colour: there is no such key"});
}

TEST_F(Loader, RefusesValuesOfTheWrongKind) {
  struct row {
    const char* toml;
    const char* shown;
  };
  const std::vector<row> rows{
    {"[http]\nport = \"8080\"", "http.port = \"8080\""},
    {"[http]\nport = 80.5", "http.port = 80.5"},
    {"[http]\nport = true", "http.port = true"},
    {"[http]\nport = -1", "http.port = -1"},
    {"[http]\nport = 9223372036854775807", "http.port = 9223372036854775807"},
    {"[http]\nport = 2026-01-31", "http.port = 2026-01-31"},
    {"[http]\nhost = [\"a\"]", "http.host = [\"a\"]"},
    {"[http]\ntrusted_proxies = \"10.0.0.0/8\"",
     "http.trusted_proxies = \"10.0.0.0/8\""},
    {"[http.port]\nx = 1", "http.port"},
    {"[[http]]\nport = 1", "http"},
    {"[limits]\nbody_bytes = 1", "limits.body_bytes = 1"},
    {"[log]\nformat = \"xml\"", "log.format = \"xml\""},
    {"[storage]\npath = \"\"", "storage.path = \"\""},
    {"[storage]\npath = \"a\\nb\"", R"(storage.path = "a\u000ab")"},
  };
  for (const auto& r : rows) {
    const auto problems = bad(load_text(r.toml));
    ASSERT_EQ(problems.size(), 1U) << r.toml;
    EXPECT_NE(problems[0].find(r.shown), std::string::npos) << problems[0];
  }
}

TEST_F(Loader, NamesTheLineWhereTheFileIsNoToml) {
  const auto problems = bad(load_text("[http]\nport = = 1\n"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].starts_with("file:2: this is no TOML: "))
    << problems[0];
  EXPECT_EQ(bad(load_text("[http]\nport = 1\nport = 2\n")).size(), 1U);
  EXPECT_EQ(bad(load_text("[log]\nlevel = \"\xFF\"\n")).size(), 1U);
}

TEST_F(Loader, SaysWhenThereIsNoFile) {
  EXPECT_EQ(bad(load(fs::path{"/nowhere/switchboard.toml"}, {})),
            lines{"/nowhere/switchboard.toml: there is no such file"});
  EXPECT_EQ(bad(load(fs::path{"/"}, {})).size(), 1U);
}

TEST_F(Loader, RefusesAHugeFile) {
  const auto problems = bad(load_text(std::string(2'000'000, '#')));
  EXPECT_EQ(problems, lines{"file: the file is larger than 1 MiB"});
}

TEST_F(Loader, TakesTheEnvironmentBeforeTheFile) {
  const auto c = good(load_text(
    "[http]\nport = 1\n[storage]\npath = \"a\"\n",
    {{"SWITCHBOARD_HTTP_PORT", "2"}, {"SWITCHBOARD_STORAGE_PATH", "b"}}));
  EXPECT_EQ(c.http.port, 2);
  EXPECT_EQ(c.storage.path, "b");
}

TEST_F(Loader, KnowsAVariableForEveryKey) {
  for (const auto& spec : keys()) {
    const auto name = environment_name(spec);
    // A value that no key takes: it must be the key's own check that refuses.
    const auto problems = bad(load(std::nullopt, {{name, "\x01"}}));
    ASSERT_EQ(problems.size(), 1U) << name;
    EXPECT_TRUE(problems[0].starts_with(name + ": " + full_name(spec) + " = "))
      << problems[0];
  }
}

TEST_F(Loader, ReadsListsFromTheEnvironment) {
  struct row {
    const char* text;
    lines expected;
  };
  const std::vector<row> rows{
    {"", {}},
    {"  ", {}},
    {"10.0.0.0/8", {"10.0.0.0/8"}},
    {"10.0.0.0/8, ::1 ,192.168.0.1", {"10.0.0.0/8", "::1", "192.168.0.1"}},
  };
  for (const auto& r : rows)
    EXPECT_EQ(
      good(load(std::nullopt, {{"SWITCHBOARD_HTTP_TRUSTED_PROXIES", r.text}}))
        .http.trusted_proxies,
      r.expected)
      << r.text;
  for (const auto* text : {",", "10.0.0.0/8,", "10.0.0.0/33", "::1/129", "x",
                           "10.0.0/8", "10.0.0.0/", "10.0.0.0/08", "::1/-1"})
    EXPECT_EQ(
      bad(load(std::nullopt, {{"SWITCHBOARD_HTTP_TRUSTED_PROXIES", text}}))
        .size(),
      1U)
      << text;
}

TEST_F(Loader, ReadsTheNamesOfOlderDeployments) {
  const auto c
    = good(load(std::nullopt, {{"PORT", "9000"},
                               {"BASE_URL", "https://support.example.com/"},
                               {"N8N_TICKET_CREATED_WEBHOOK", "http://n8n/x?y"},
                               {"N8N_SHARED_SECRET", "shared-secret"},
                               {"RAILWAY_INBOUND_SECRET", "inbound-secret"},
                               {"AGENT_PHONE", "+1 (234) 567-890"},
                               {"JWT_SECRET", "visitors-secret"},
                               {"HOME", "/root"}}));
  EXPECT_EQ(c.http.port, 9000);
  EXPECT_EQ(c.http.base_url, "https://support.example.com");
  EXPECT_EQ(c.n8n.ticket_created_url, "http://n8n/x?y");
  EXPECT_EQ(c.n8n.shared_secret, "shared-secret");
  EXPECT_EQ(c.website.inbound_secret, "inbound-secret");
  EXPECT_EQ(c.website.agent_phone, "+1234567890");
  EXPECT_EQ(c.desk.jwt_secret, "visitors-secret");
}

TEST_F(Loader, ReadsTheCategoriesOfTheDesk) {
  EXPECT_EQ(good(load(std::nullopt, {{"SWITCHBOARD_DESK_CATEGORIES",
                                      "Billing, Late delivery"}}))
              .desk.categories,
            (lines{"Billing", "Late delivery"}));
  EXPECT_EQ(good(load_text("[desk]\ncategories = [\"A, B\"]")).desk.categories,
            lines{"A, B"});
  EXPECT_EQ(bad(load_text("[desk]\ncategories = [\" \"]")).size(), 1U);
}

TEST_F(Loader, ReadsTheBots) {
  const auto c = good(load_text(R"(
[telegram]
bot_token = "123456:ABC-def_1"
mode = "polling"
total_per_second = 0
[telegram.executor]
bot_token = "654321:xyz"
[desk]
support_group = -1001234567890
open_registration = false
hours = ["Mon-Fri 09:00-18:00", "Sat 10:00-14:00"]
time_zone = "Europe/Berlin"
[executor]
prompt_timeout_s = 60
)"));
  EXPECT_EQ(c.telegram.bot_token, "123456:ABC-def_1");
  EXPECT_EQ(c.telegram.mode, "polling");
  EXPECT_EQ(c.telegram.total_per_second, 0U);
  EXPECT_EQ(c.telegram_executor.bot_token, "654321:xyz");
  EXPECT_EQ(c.desk.support_group, -1001234567890);
  EXPECT_FALSE(c.desk.open_registration);
  EXPECT_EQ(c.desk.hours, (lines{"Mon-Fri 09:00-18:00", "Sat 10:00-14:00"}));
  EXPECT_EQ(c.desk.time_zone, "Europe/Berlin");
  EXPECT_EQ(c.executor.prompt_timeout, std::chrono::seconds{60});
}

TEST_F(Loader, ReadsTheBotsFromTheEnvironment) {
  const auto c = good(
    load(std::nullopt,
         {{"TELEGRAM_BOT_TOKEN", "123456:ABC"},
          {"SWITCHBOARD_TELEGRAM_API_URL", "http://127.0.0.1:8081/"},
          {"SWITCHBOARD_TELEGRAM_EXECUTOR_BOT_TOKEN", "654321:xyz"},
          {"SUPPORT_GROUP_CHAT_ID", "-1001234567890"},
          {"SWITCHBOARD_DESK_OPEN_REGISTRATION", "false"},
          {"SWITCHBOARD_DESK_HOURS", "Mon-Fri 09:00-18:00, Sat 10:00-14:00"}}));
  EXPECT_EQ(c.telegram.bot_token, "123456:ABC");
  EXPECT_EQ(c.telegram.api_url, "http://127.0.0.1:8081");
  EXPECT_EQ(c.telegram_executor.bot_token, "654321:xyz");
  EXPECT_EQ(c.desk.support_group, -1001234567890);
  EXPECT_FALSE(c.desk.open_registration);
  EXPECT_EQ(c.desk.hours.size(), 2U);
}

TEST_F(Loader, SaysWhatWouldBeRightForTheBots) {
  const auto problems = bad(load(
    std::nullopt, {{"SWITCHBOARD_DESK_HOURS", "Mon 9-5"},
                   {"SWITCHBOARD_DESK_OPEN_REGISTRATION", "maybe"},
                   {"SWITCHBOARD_DESK_SUPPORT_GROUP", "1001234567890"},
                   {"SWITCHBOARD_DESK_TIME_ZONE", "Berlin"},
                   {"SWITCHBOARD_TELEGRAM_BOT_TOKEN", "not a token"},
                   {"SWITCHBOARD_TELEGRAM_MODE", "push"},
                   {"SWITCHBOARD_TELEGRAM_WEBHOOK_SECRET", "with space"}}));
  const lines expected{
    "SWITCHBOARD_TELEGRAM_BOT_TOKEN: telegram.bot_token = (hidden): must be a "
    "bot's token as @BotFather gives it: a number, a colon, and letters, "
    "digits, - or _",
    "SWITCHBOARD_TELEGRAM_MODE: telegram.mode = \"push\": must be one of "
    "webhook, polling",
    "SWITCHBOARD_TELEGRAM_WEBHOOK_SECRET: telegram.webhook_secret = (hidden): "
    "must be 1 to 256 letters (A to Z), digits, - or _",
    "SWITCHBOARD_DESK_SUPPORT_GROUP: desk.support_group = \"1001234567890\": "
    "must be a whole number from -4503599627370496 to -1, or 0 for none",
    "SWITCHBOARD_DESK_OPEN_REGISTRATION: desk.open_registration = \"maybe\": "
    "must be true or false",
    "SWITCHBOARD_DESK_HOURS: desk.hours = \"Mon 9-5\": each entry must be days "
    "and hours like \"Mon-Fri 09:00-18:00\", \"Sat 10:00-14:00\" or \"Fri "
    "22:00-06:00\"",
    "SWITCHBOARD_DESK_TIME_ZONE: desk.time_zone = \"Berlin\": must be the name "
    "of a time zone that this machine knows, like UTC or Europe/Berlin",
  };
  EXPECT_EQ(problems, expected);
  EXPECT_EQ(bad(load_text("[desk]\nopen_registration = 1\n")),
            lines{"file:2: desk.open_registration = 1: must be true or false"});
}

TEST_F(Loader, KnowsWhatBotsCannotHaveTogether) {
  EXPECT_EQ(bad(load_text("[telegram]\nbot_token = \"1:a\"\n"
                          "[telegram.executor]\nbot_token = \"1:b\"\n")),
            lines{"configuration: telegram.executor.bot_token: must be another "
                  "bot's, or empty; telegram.bot_token is a different token of "
                  "the same bot"});
  good(
    load_text("[telegram]\nbot_token = \"1:a\"\n"
              "[telegram.executor]\nbot_token = \"1:a\"\n"));
  EXPECT_EQ(bad(load_text("[telegram]\nwebhook_url = \"http://a/b\"\n")),
            lines{"configuration: telegram.webhook_url = \"http://a/b\": must "
                  "be an https address, since Telegram calls no other"});
  EXPECT_EQ(bad(load_text("[telegram.executor]\n"
                          "webhook_url = \"https://a/b\"\n"))
              .size(),
            1U);
  good(
    load_text("[telegram]\nwebhook_url = \"http://a/b\"\n"
              "api_url = \"http://127.0.0.1:8081\"\n"));
  EXPECT_EQ(bad(load_text("[telegram]\nmode = \"polling\"\n"
                          "webhook_url = \"https://a/b\"\n")),
            lines{"configuration: telegram.webhook_url = \"https://a/b\": must "
                  "be empty when telegram.mode is polling"});
}

TEST_F(Loader, PrefersItsOwnNamesAndSkipsEmptyOldOnes) {
  EXPECT_EQ(
    good(load(std::nullopt, {{"PORT", "1"}, {"SWITCHBOARD_HTTP_PORT", "2"}}))
      .http.port,
    2);
  EXPECT_EQ(good(load(std::nullopt, {{"PORT", ""}, {"AGENT_PHONE", ""}})),
            config{});
  EXPECT_EQ(good(load(std::nullopt, {{"SWITCHBOARD_WEBSITE_AGENT_PHONE", ""}}))
              .website.agent_phone,
            "");
}

TEST_F(Loader, NamesTheOldVariableThatIsWrong) {
  const auto problems = bad(load(std::nullopt, {{"PORT", "http"}}));
  EXPECT_EQ(problems,
            lines{"PORT: http.port = \"http\": must be a whole number "
                  "from 0 to 65535"});
}

TEST_F(Loader, LeavesTheTestToolsVariablesAlone) {
  EXPECT_EQ(good(load(std::nullopt, {{"SWITCHBOARD_CONFIG", "x"},
                                     {"SWITCHBOARD_TEST_SEED", "1"},
                                     {"SWITCHBOARD_FAULTS_SECONDS", "1"},
                                     {"SWITCHBOARD_SLOW_SYNC_US", "1"}})),
            config{});
}

TEST_F(Loader, ChecksAddresses) {
  for (const auto* url :
       {"http://n8n", "https://n8n.example.com:5678/webhook/a?b=c",
        "http://127.0.0.1:1/", "http://[::1]:5678/x"})
    EXPECT_EQ(good(load(std::nullopt, {{"N8N_TICKET_CREATED_WEBHOOK", url}}))
                .n8n.ticket_created_url,
              url);
  for (const auto* url :
       {"n8n", "//n8n/x", "http://", "http:///x", "https://u:p@n8n/x",
        "http://n8n/x#y", "http://n8n:99999/", "http://n8n:0/", "http://a b/",
        "javascript:alert(1)", "http://n8n/\r\nx"})
    EXPECT_EQ(
      bad(load(std::nullopt, {{"N8N_TICKET_CREATED_WEBHOOK", url}})).size(), 1U)
      << url;
}

TEST_F(Loader, WantsBothTlsFilesOrNone) {
  EXPECT_EQ(bad(load_text("[http]\ntls_cert = \"a\"\n")),
            lines{"configuration: http.tls_key: must be set when http.tls_cert "
                  "is"});
  EXPECT_EQ(bad(load_text("[http]\ntls_key = \"a\"\n")),
            lines{"configuration: http.tls_cert: must be set when http.tls_key "
                  "is"});
  good(load_text("[http]\ntls_cert = \"a\"\ntls_key = \"b\"\n"));
}

TEST_F(Loader, NeverShowsASecret) {
  config c;
  c.n8n.shared_secret = "s3cret-one";
  c.website.inbound_secret = "s3cret-two";
  c.admin.key = "s3cret-three";
  c.telegram.bot_token = "1:s3cret-four";
  c.telegram.webhook_secret = "s3cret-five";
  c.telegram_executor.bot_token = "2:s3cret-six";
  const auto dump = describe(c);
  EXPECT_EQ(dump.size(), keys().size());
  for (const auto& line : dump)
    EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
  EXPECT_NE(std::ranges::find(dump, "admin.key = (hidden)"), dump.end());
  // Nor when it is wrong, misplaced or of the wrong kind.
  const auto problems
    = bad(load_text("[admin]\nkey = \"s3cret with spaces\"\n"
                    "[n8n]\nshared_secrte = \"s3cret\"\n"
                    "[website]\ninbound_secret = [\"s3cret\"]\n",
                    {{"N8N_SHARED_SECRET", "s3cret\n"}}));
  EXPECT_EQ(problems.size(), 4U);
  for (const auto& line : problems)
    EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
}

TEST(PublicUrl, IsMadeOfHostAndPortUnlessGiven) {
  http_section http;
  EXPECT_EQ(public_url(http, 8080), "http://127.0.0.1:8080");
  EXPECT_EQ(public_url(http, 80), "http://127.0.0.1");
  http.host = "0.0.0.0";
  EXPECT_EQ(public_url(http, 1), "http://127.0.0.1:1");
  http.host = "::1";
  http.tls_cert = "cert.pem";
  EXPECT_EQ(public_url(http, 8443), "https://[::1]:8443");
  EXPECT_EQ(public_url(http, 443), "https://[::1]");
  http.base_url = "https://support.example.com";
  EXPECT_EQ(public_url(http, 8443), "https://support.example.com");
}

TEST(ProcessEnvironment, HasThePath) {
  EXPECT_TRUE(process_environment().contains("PATH"));
}

} // namespace
} // namespace switchboard::config
