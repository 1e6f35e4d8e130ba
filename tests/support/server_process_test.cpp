#include "tests/support/server_process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace switchboard::support {
namespace {

using std::chrono::seconds;

/// A shell stands in for the server.
server_process_options shell(std::string script) {
  server_process_options out;
  out.binary = "/bin/sh";
  out.arguments = {"-c", std::move(script)};
  out.start_timeout = seconds{10};
  return out;
}

/// Says that it listens, and waits for its end.
constexpr const char* listens
  = "trap 'echo bye; exit 3' TERM; "
    "echo 'switchboard: listening on http://127.0.0.1:4711'; "
    "while :; do sleep 0.01; done";

TEST(ServerProcess, ListensEndsWhenToldAndComesBack) {
  server_process one{shell(listens)};
  for (int i = 0; i < 2; ++i) {
    one.start();
    EXPECT_TRUE(one.is_running());
    EXPECT_EQ(one.port(), 4711);
    EXPECT_EQ(one.url(), "http://127.0.0.1:4711");
    EXPECT_EQ(one.terminate(), 3);
    EXPECT_FALSE(one.is_running());
  }
  EXPECT_TRUE(one.wait_for_log("bye", seconds{1}));
}

TEST(ServerProcess, GetsItsEnvironmentAndNothingOfOurs) {
  ::setenv("SWITCHBOARD_LIMITS_CONNECTIONS", "1", 1);
  ::setenv("PORT", "2", 1);
  auto options = shell("env; exit 0");
  options.environment["N8N_SHARED_SECRET"] = "abc";
  server_process one{std::move(options)};
  EXPECT_EQ(one.run_to_end(), 0);
  const auto log = "\n" + one.log();
  EXPECT_EQ(log.find("SWITCHBOARD_LIMITS_CONNECTIONS"), std::string::npos);
  EXPECT_EQ(log.find("\nPORT="), std::string::npos);
  EXPECT_NE(log.find("\nN8N_SHARED_SECRET=abc\n"), std::string::npos);
  EXPECT_NE(log.find("\nSWITCHBOARD_HTTP_PORT=0\n"), std::string::npos);
  EXPECT_NE(log.find("\nSWITCHBOARD_STORAGE_PATH=" + one.data().string()),
            std::string::npos);
  ::unsetenv("SWITCHBOARD_LIMITS_CONNECTIONS");
  ::unsetenv("PORT");
}

TEST(ServerProcess, SaysWhyItDidNotStart) {
  server_process one{shell("echo the disk is full >&2; exit 1")};
  try {
    one.start();
    FAIL() << "it started";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string{e.what()}.find("the disk is full"),
              std::string::npos);
  }
  EXPECT_FALSE(one.is_running());
}

TEST(ServerProcess, IsKilled) {
  server_process one{shell(listens)};
  one.start();
  one.kill();
  EXPECT_FALSE(one.is_running());
  one.start();
  ::kill(one.pid(), SIGKILL);
  EXPECT_EQ(one.wait_for_end(seconds{10}), 128 + SIGKILL);
}

TEST(ServerProcess, TakesItsFolderAlong) {
  std::filesystem::path data;
  {
    server_process one{shell("mkdir \"$SWITCHBOARD_STORAGE_PATH\"")};
    EXPECT_EQ(one.run_to_end(), 0);
    data = one.data();
    EXPECT_TRUE(std::filesystem::exists(data));
  }
  EXPECT_FALSE(std::filesystem::exists(data));
}

} // namespace
} // namespace switchboard::support
