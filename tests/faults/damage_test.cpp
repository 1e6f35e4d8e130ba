// Goal: a torn last record is cut off and reported; any other damage is told in
// plain words instead of being built upon. Method: a killed server's files are
// damaged by hand.
#include "tests/faults/fault_world.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace switchboard::faults {
namespace {

namespace fs = std::filesystem;

constexpr int refused_to_start = 1;

std::string read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

void write_file(const fs::path& file, const std::string& bytes) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << bytes;
  if (!out.flush())
    throw std::runtime_error{"cannot write " + file.string()};
}

class Damage : public fault_world {
protected:
  void SetUp() override {
    // Nothing but what the test does itself goes into the log.
    make_server({}, {{"N8N_TICKET_CREATED_WEBHOOK", ""}});
    server->start();
  }

  [[nodiscard]] fs::path journal() const {
    return server->data() / "journal";
  }

  [[nodiscard]] std::vector<fs::path>
  files(const std::string& extension) const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator{journal()})
      if (entry.path().extension() == extension && entry.file_size() > 0)
        out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
  }

  [[nodiscard]] fs::path last_log() const {
    return files(".log").back();
  }

  std::string add_ticket(std::string_view word) {
    return ref_of(create(word));
  }

  int status_of(const std::string& ref) {
    return get("/api/ticket/" + ref).status;
  }

  /// So that there are sorted files: a start turns the log into some.
  void make_sorted_files() {
    for (int i = 0; i < 50; ++i)
      add_ticket("sorted-" + std::to_string(i));
    server->kill();
    server->start();
    server->kill();
    ASSERT_FALSE(files(".sst").empty());
  }

  void expect_refusal() {
    EXPECT_EQ(server->run_to_end(), refused_to_start) << server->log();
    EXPECT_NE(server->log().find("the journal in"), std::string::npos)
      << server->log();
    EXPECT_NE(server->log().find("restore a backup"), std::string::npos)
      << server->log();
  }
};

TEST_F(Damage, TornLastRecordIsCutOffAndReported) {
  const auto first = add_ticket("first");
  const auto second = add_ticket("second");
  const auto last = add_ticket("last");
  server->kill();
  const auto log = last_log();
  fs::resize_file(log, fs::file_size(log) - 3);
  server->start();
  EXPECT_TRUE(server->wait_for_log(
    "a torn record at the end of " + log.filename().string(),
    std::chrono::seconds{5}))
    << server->log();
  EXPECT_EQ(status_of(first), 200);
  EXPECT_EQ(status_of(second), 200);
  EXPECT_EQ(status_of(last), 404) << "a record that is not whole was read";
  // The same request again makes it anew, and only once.
  add_ticket("last");
  EXPECT_EQ(server->terminate(), 0);
  const auto found = verify();
  EXPECT_EQ(found.status, 0) << found.text;
  EXPECT_EQ(found.count("tickets"), 3U) << found.text;
}

TEST_F(Damage, HalfARecordAtTheEndIsCutOffAndReported) {
  begin_load();
  std::this_thread::sleep_for(random_delay(50, 150));
  kill_under_load();
  const auto log = last_log();
  auto bytes = read_file(log);
  // A write that the end of the process cut in two leaves its beginning.
  const std::size_t piece = std::min<std::size_t>(bytes.size(), 40);
  bytes.append(bytes.substr(0, piece / 2));
  write_file(log, bytes);
  server->start();
  EXPECT_TRUE(server->wait_for_log("a torn record at the end of",
                                   std::chrono::seconds{5}))
    << server->log();
  settle();
  EXPECT_EQ(server->terminate(), 0);
  expect_exactly_what_is_known();
}

TEST_F(Damage, InTheMiddleOfTheLogRefusesToStart) {
  for (int i = 0; i < 20; ++i)
    add_ticket("word-" + std::to_string(i));
  server->kill();
  const auto log = last_log();
  auto bytes = read_file(log);
  bytes[bytes.size() / 2] ^= 0x10;
  write_file(log, bytes);
  expect_refusal();
  EXPECT_EQ(read_file(log), bytes) << "a refused start changed the log";
}

TEST_F(Damage, InTheManifestRefusesToStart) {
  make_sorted_files();
  for (const auto& entry : fs::directory_iterator{journal()}) {
    if (!entry.path().filename().string().starts_with("MANIFEST"))
      continue;
    auto bytes = read_file(entry.path());
    bytes[bytes.size() / 2] ^= 0x10;
    write_file(entry.path(), bytes);
  }
  expect_refusal();
}

TEST_F(Damage, MissingManifestRefusesToStart) {
  make_sorted_files();
  fs::remove(journal() / "CURRENT");
  expect_refusal();
}

TEST_F(Damage, MissingSortedFileRefusesToStart) {
  make_sorted_files();
  fs::remove(files(".sst").front());
  expect_refusal();
}

TEST_F(Damage, AtTheEndOfASortedFileRefusesToStart) {
  make_sorted_files();
  const auto file = files(".sst").front();
  fs::resize_file(file, fs::file_size(file) - 10);
  expect_refusal();
}

// To read every row at each start would take minutes, so decay within a file is
// met where it is read: it is told, and never answered with as if it were data.
TEST_F(Damage, WithinASortedFileIsToldAndNeverServed) {
  const auto ref = add_ticket("read-me");
  make_sorted_files();
  for (const auto& file : files(".sst")) {
    auto bytes = read_file(file);
    for (std::size_t at = 8; at < bytes.size() / 2; at += 64)
      bytes[at] ^= 0x10;
    write_file(file, bytes);
  }
  const auto found = verify();
  EXPECT_NE(found.status, 0) << found.text;
  EXPECT_LT(found.status, 128) << "verify crashed: " << found.text;
  EXPECT_NE(found.text.find("orruption"), std::string::npos) << found.text;
  try {
    server->start();
  } catch (const std::runtime_error&) {
    EXPECT_NE(server->log().find("restore a backup"), std::string::npos)
      << server->log();
    EXPECT_FALSE(server->is_running());
    return;
  }
  EXPECT_NE(status_of(ref), 200);
  const auto status = server->wait_for_end(std::chrono::seconds{10});
  ASSERT_TRUE(status.has_value());
  EXPECT_LT(*status, 128) << server->log();
  EXPECT_NE(server->log().find("restore a backup"), std::string::npos)
    << server->log();
}

} // namespace
} // namespace switchboard::faults
