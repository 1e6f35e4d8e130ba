// Goal: a full disk costs no acknowledged word, first by refusing writes while
// there is some space left, and when it ends all the same, by ending loudly.
// Method: a small disk of the test's own and a file that eats it.
#include "tests/faults/fault_world.hpp"
#include "tests/faults/loop_disk.hpp"

#include <csignal>
#include <iostream>

namespace switchboard::faults {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t disk_bytes = 128 * mib;
constexpr std::uint64_t reserve_bytes = 32 * mib;
constexpr int write_failed_status = 70;
constexpr int abort_status = 128 + SIGABRT;

class FullDisk : public fault_world {
protected:
  void SetUp() override {
    if (const auto why = loop_disk::obstacle())
      GTEST_SKIP() << *why;
    disk = std::make_unique<loop_disk>(disk_bytes);
  }

  void TearDown() override {
    if (server)
      server->kill();
  }

  void start_server(std::uint64_t reserve) {
    make_server(disk->folder() / "data",
                {{"SWITCHBOARD_STORAGE_RESERVE_BYTES", std::to_string(reserve)},
                 {"SWITCHBOARD_STORAGE_WRITE_BUFFER_BYTES", "4194304"}});
    server->start();
  }

  int readiness() {
    return get("/readyz").status;
  }

  std::unique_ptr<loop_disk> disk;
};

TEST_F(FullDisk, RefusesWritesReadsOnAndResumesByItself) {
  start_server(reserve_bytes);
  const auto first = create("before");
  ASSERT_EQ(first.status, 201) << first.body;
  begin_load();
  disk->leave_free(reserve_bytes / 2);
  EXPECT_TRUE(
    wait_until([&] { return create("during").status == 503; }, seconds{5}));
  const auto refusal = create("during");
  EXPECT_EQ(refusal.status, 503) << refusal.body;
  EXPECT_FALSE(refusal.header("Retry-After").empty());
  EXPECT_NE(refusal.body.find(R"("code":"storage_unavailable")"),
            std::string::npos)
    << refusal.body;
  const auto ready = get("/readyz");
  EXPECT_EQ(ready.status, 503) << ready.body;
  EXPECT_NE(ready.body.find("no room on the disk"), std::string::npos)
    << ready.body;
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/api/ticket/" + ref_of(first)).status, 200);
  EXPECT_TRUE(server->wait_for_log("no room on the disk", seconds{5}));

  disk->remove_ballast();
  EXPECT_TRUE(
    wait_until([&] { return create("after").status == 201; }, seconds{5}));
  EXPECT_TRUE(wait_until([&] { return readiness() == 200; }, seconds{5}));
  EXPECT_TRUE(
    server->wait_for_log("there is room on the disk again", seconds{5}));
  end_load();
  for (const auto& one : customers)
    EXPECT_FALSE(one.broke_off()) << "a connection was cut";
  EXPECT_GT(refused(), 0U);
  settle();
  expect_all_announced();
  EXPECT_EQ(server->terminate(), 0);
  EXPECT_EQ(verify().status, 0);
}

TEST_F(FullDisk, ThatEndsAllTheSameStopsTheProcessAndLosesNothing) {
  start_server(0);
  begin_load();
  // What is left goes to the customers' words.
  disk->leave_free(2 * mib);
  const auto status = server->wait_for_end(seconds{60});
  end_load();
  ASSERT_TRUE(status.has_value())
    << "the disk is full and nobody noticed: " << disk->free_bytes()
    << " bytes are free";
  std::cout << "ended with status " << *status << std::endl;
  EXPECT_TRUE(*status == write_failed_status || *status == abort_status)
    << "status " << *status;
  EXPECT_NE(server->log().find("No space left on device"), std::string::npos)
    << server->log();
  disk->remove_ballast();
  server->start();
  settle();
  expect_all_announced();
  EXPECT_EQ(server->terminate(), 0);
  expect_exactly_what_is_known();
}

} // namespace
} // namespace switchboard::faults
