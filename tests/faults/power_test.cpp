// Goal: a power cut loses nothing that was acknowledged, and a disk that fails
// ends the process with a plain message. Method: the data lies on a disk of its
// own whose power goes at random moments under load; ext4 recovers it.
#include "tests/faults/fault_world.hpp"
#include "tests/faults/loop_disk.hpp"

#include <csignal>
#include <iostream>
#include <optional>

namespace switchboard::faults {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::uint64_t disk_bytes = std::uint64_t{512} << 20U;
constexpr int write_failed_status = 70;
constexpr int abort_status = 128 + SIGABRT;

class Power : public fault_world {
protected:
  void SetUp() override {
    if (const auto why = loop_disk::obstacle())
      GTEST_SKIP() << *why;
    disk = std::make_unique<loop_disk>(disk_bytes);
    make_server(disk->folder() / "data",
                {{"SWITCHBOARD_STORAGE_RESERVE_BYTES", "67108864"},
                 {"SWITCHBOARD_STORAGE_WRITE_BUFFER_BYTES", "8388608"}});
  }

  // The server must let go of the disk before that goes.
  void TearDown() override {
    if (server)
      server->kill();
  }

  /// In a real cut nobody lives to hear an answer. Here the server does for a
  /// moment, and ext4 may tell it that a sync which the cut fell into went well
  /// although its log was dropped; so nothing counts from here on.
  void cut_power() {
    stop_listening();
    disk->cut_power();
  }

  std::unique_ptr<loop_disk> disk;
};

TEST_F(Power, CutLosesNothingAndRepeatsNothing) {
  server->start();
  const auto end = steady_clock::now() + fault_time(seconds{12});
  std::size_t cycles = 0;
  // All of it has to fit on the disk.
  const auto full = disk_bytes / 3;
  while (steady_clock::now() < end && !HasFailure()
         && disk->free_bytes() > full) {
    begin_load();
    // The moment of the cut is the fault itself.
    std::this_thread::sleep_for(random_delay(50, 300));
    cut_power();
    kill_under_load();
    disk->restore_power();
    server->start();
    settle();
    ++cycles;
  }
  for (auto& one : customers)
    one.check_all(server->port());
  settle();
  expect_all_announced();
  std::cout << "power cuts: " << cycles << ", " << ticket_count()
            << " tickets, " << message_count() << " messages" << std::endl;
  EXPECT_GT(cycles, 0U);
  EXPECT_EQ(server->terminate(), 0);
  expect_exactly_what_is_known();
}

TEST_F(Power, FailingWritesEndTheProcessWithAPlainMessage) {
  server->start();
  begin_load();
  std::this_thread::sleep_for(random_delay(50, 100));
  cut_power();
  end_load();
  std::optional<int> status;
  const auto deadline = steady_clock::now() + seconds{30};
  while (!status && steady_clock::now() < deadline) {
    create("after the cut");
    status = server->wait_for_end(std::chrono::milliseconds{10});
  }
  ASSERT_TRUE(status.has_value()) << "the server goes on without a disk";
  std::cout << "ended with status " << *status << std::endl;
  EXPECT_TRUE(*status == write_failed_status || *status == abort_status)
    << "status " << *status << "\n"
    << server->log();
  EXPECT_NE(server->log().find("ending, so that a restart can recover"),
            std::string::npos)
    << server->log();
  disk->restore_power();
  server->start();
  settle();
  EXPECT_EQ(server->terminate(), 0);
  EXPECT_EQ(verify().status, 0);
}

} // namespace
} // namespace switchboard::faults
