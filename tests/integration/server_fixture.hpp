#pragma once

#include "tests/support/http_call.hpp"
#include "tests/support/server_process.hpp"

#include <boost/beast/http/verb.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// What the integration tests share: the real server as a child process with a
/// data folder of its own, and words for what clients do with it.
namespace switchboard::test {

namespace json = boost::json;
using boost::beast::http::verb;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::header_list;
using support::http_connection;
using support::http_reply;
using settings = std::map<std::string, std::string>;

inline constexpr const char* inbound_key = "inbound-key-of-the-tests";
inline constexpr const char* admin_key = "sb_tests_admin-key-of-the-tests";
inline constexpr const char* manager_phone = "+919655716000";
inline constexpr const char* customer_phone = "+12025550123";

inline const header_list json_type{{"Content-Type", "application/json"}};
inline const header_list as_admin{
  {"Authorization", std::string{"Bearer "} + admin_key}};
inline const header_list as_inbound{{"Content-Type", "application/json"},
                                    {"x-api-key", inbound_key}};

/// For conditions that need more than one look over the wire.
inline constexpr seconds patience{20};

/// Every answer that a test gets by `http_connection::call`, `support::call` or
/// `test_server` is held against the API's description, and the test fails when
/// they disagree. While one of these lives it is not: for tests that send what
/// is no proper HTTP, or call somebody else.
class unjudged_answers {
public:
  unjudged_answers();
  unjudged_answers(const unjudged_answers&) = delete;
  unjudged_answers& operator=(const unjudged_answers&) = delete;
  ~unjudged_answers();
};

header_list joined(header_list a, const header_list& b);

/// A good body of `POST /api/ticket`.
json::object ticket_body();
/// A good body of `POST /api/ticket/inbound`, from the manager.
json::object inbound_body(const std::string& ref, std::string message);

/// The body as JSON; null, and a test failure, when it is none.
json::value parsed(const http_reply& reply);
/// The string at a JSON pointer; "(none)" when there is no string.
std::string text_at(const json::value& in, std::string_view pointer);
/// The object's keys, in their order.
std::vector<std::string> keys_of(const json::value& object);

/// Whether this is an error answer of the documented shape.
testing::AssertionResult is_error(const http_reply& reply, int status,
                                  std::string_view code);
/// The fields that a 400 names, sorted, each once.
std::vector<std::string> wrong_fields(const http_reply& reply);

struct created_ticket {
  std::string ref;
  std::string id;
  std::string url;

  friend bool operator==(const created_ticket&, const created_ticket&)
    = default;
};

/// A started server: no limits for its one client, fixed keys. Thread contract:
/// what starts and ends it from one thread, the calls from any.
class test_server {
public:
  explicit test_server(const settings& more = {},
                       const std::filesystem::path& data = {});

  http_reply get(std::string_view target, const header_list& headers = {});
  http_reply post(std::string_view target, std::string_view body,
                  const header_list& headers = json_type);
  http_reply create(const json::object& body,
                    const header_list& headers = json_type);
  http_reply inbound(const json::object& body,
                     const header_list& headers = as_inbound);

  /// Creates a ticket; a test failure when that is not answered with 201.
  created_ticket create_ticket(const json::object& body = ticket_body());
  /// The thread of a ticket that must exist.
  json::value thread(const std::string& ref);
  std::vector<std::string> bodies(const std::string& ref);
  /// The value of a series, written as on the metrics page; 0 when absent.
  double metric(std::string_view series);

  void restart_after_kill();
  /// SIGTERM, expecting a good end, and a start.
  void restart();

  support::server_process& process() noexcept {
    return process_;
  }
  [[nodiscard]] std::uint16_t port() const noexcept {
    return process_.port();
  }
  [[nodiscard]] const std::filesystem::path& data() const noexcept {
    return process_.data();
  }

private:
  support::server_process process_;
};

/// The environment of a test server; also for processes that are to fail.
support::server_process_options server_options(const settings& more = {},
                                               const std::filesystem::path& data
                                               = {});

struct command_result {
  int code = -1;
  std::string output;
};

/// Runs `switchboard <arguments>` on a data folder to its end.
command_result run_command(const std::filesystem::path& data,
                           std::vector<std::string> arguments,
                           const settings& more = {});
/// All events of a data folder that no server uses.
std::vector<json::object> exported(const std::filesystem::path& data);
std::size_t count_events(const std::vector<json::object>& events,
                         std::string_view type);

/// Asks until it holds or the time is over. The condition is expected to do
/// something that takes time, like a call over the wire.
template <class Condition>
bool eventually(Condition holds, milliseconds timeout = patience) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// Runs `work(i)` on `count` threads at once and waits for all of them.
template <class Work>
void in_parallel(std::size_t count, Work work) {
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&work, i] { work(i); });
  for (auto& one : threads)
    one.join();
}

/// One server for all tests of a suite. A suite with settings of its own
/// shadows `make_settings`.
template <class Suite>
class shared_server_test : public testing::Test {
public:
  static settings make_settings() {
    return {};
  }

protected:
  static void SetUpTestSuite() {
    shared_ = std::make_unique<test_server>(Suite::make_settings());
  }
  static void TearDownTestSuite() {
    shared_.reset();
  }
  void SetUp() override {
    ASSERT_TRUE(shared_) << "the server did not start";
  }

  static test_server& server() {
    return *shared_;
  }

private:
  static inline std::unique_ptr<test_server> shared_;
};

} // namespace switchboard::test
