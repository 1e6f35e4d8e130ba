// Attachments' bytes on a real disk.
#include "persistence/attachment_store.hpp"
#include "persistence/media_sniffer.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/records.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace switchboard::persistence {
namespace {

namespace fs = std::filesystem;
using kind = file_problem::kind;

constexpr std::chrono::seconds patience{20};

class AttachmentStore : public testing::Test {
protected:
  AttachmentStore() {
    static std::atomic<int> count{0};
    options.folder = fs::path{testing::TempDir()}
                     / ("attachments_" + std::to_string(::getpid()) + "_"
                        + std::to_string(++count));
    fs::remove_all(options.folder);
    options.reserve_bytes = 0;
    options.file_bytes_max = 1'000'000;
  }

  ~AttachmentStore() override {
    store.reset();
    fs::remove_all(options.folder);
  }

  void open() {
    auto opened = attachment_store::open(options);
    ASSERT_TRUE(opened) << opened.error().detail;
    store = std::move(opened).value();
  }

  std::variant<stored_file, file_problem> write(new_file file) {
    std::promise<std::variant<stored_file, file_problem>> told;
    auto answer = told.get_future();
    store->write(std::move(file),
                 [&told](auto result) { told.set_value(std::move(result)); });
    return answer.get();
  }

  stored_file keep(std::string bytes) {
    const auto result = write({std::move(bytes), "a.txt", {}});
    const auto* const stored = std::get_if<stored_file>(&result);
    EXPECT_NE(stored, nullptr);
    return stored != nullptr ? *stored : stored_file{};
  }

  std::variant<std::string, file_problem> read(const std::string& sha256,
                                               file_range range = {}) {
    std::promise<std::variant<std::string, file_problem>> told;
    auto answer = told.get_future();
    store->read(sha256, range,
                [&told](auto result) { told.set_value(std::move(result)); });
    return answer.get();
  }

  template <class Result>
  static std::optional<kind> problem_of(const Result& result) {
    const auto* const problem = std::get_if<file_problem>(&result);
    return problem != nullptr ? std::optional{problem->what} : std::nullopt;
  }

  [[nodiscard]] std::size_t count_files() const {
    std::size_t count = 0;
    for (const auto& one : fs::recursive_directory_iterator{options.folder})
      count += one.is_regular_file() ? 1U : 0U;
    return count;
  }

  attachment_store_options options;
  std::unique_ptr<attachment_store> store;
};

TEST_F(AttachmentStore, GivesBackWhatItTook) {
  open();
  const std::string bytes{"line\r\n\0end", 10};
  const auto stored = keep(bytes);
  EXPECT_EQ(stored.size, bytes.size());
  EXPECT_EQ(stored.sha256.size(), 32U);
  EXPECT_TRUE(store->has(stored.sha256));
  EXPECT_EQ(std::get<std::string>(read(stored.sha256)), bytes);
  EXPECT_EQ(std::get<std::string>(read(stored.sha256, {2, 3})), "ne\r");
  EXPECT_EQ(std::get<std::string>(read(stored.sha256, {7, {}})), "end");
  EXPECT_EQ(std::get<std::string>(read(stored.sha256, {7, 100})), "end");
  EXPECT_EQ(problem_of(read(stored.sha256, {10, {}})), kind::missing);
  EXPECT_EQ(problem_of(read(std::string(32, 'x'))), kind::missing);
  EXPECT_EQ(problem_of(read("short")), kind::missing);
  store.reset();
  open();
  EXPECT_EQ(std::get<std::string>(read(stored.sha256)), bytes);
}

TEST_F(AttachmentStore, NamesFilesByTheirContentAndKeepsThemOnce) {
  open();
  const auto stored = keep("abc");
  // The hash of "abc" in FIPS 180-2.
  EXPECT_EQ(attachment_path(stored.sha256),
            fs::path{"ba"}
              / "7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
                "ad");
  EXPECT_TRUE(fs::exists(options.folder / attachment_path(stored.sha256)));
  EXPECT_EQ(keep("abc"), stored);
  EXPECT_EQ(count_files(), 1U);
}

TEST_F(AttachmentStore, TellsTypesByTheBytes) {
  open();
  const std::string png{
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", 29};
  const auto result = write({png, "a.jpg", "image/jpeg"});
  EXPECT_EQ(std::get<stored_file>(result).media_type, "image/png");
  const auto table = write({"a,b\n1,2\n", "a.csv", "text/csv"});
  EXPECT_EQ(std::get<stored_file>(table).media_type, "text/csv");
}

TEST_F(AttachmentStore, RefusesProgramsAndWhatIsTooLarge) {
  open();
  const std::string elf{
    "\x7f"
    "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0",
    24};
  EXPECT_EQ(problem_of(write({elf + std::string(100, '\0'), "a.jpg", {}})),
            kind::program);
  EXPECT_EQ(problem_of(write({"#!/bin/sh\nrm -rf /\n", "a.txt", {}})),
            kind::program);
  EXPECT_EQ(problem_of(write({"MsgBox 1", "a.vbs", {}})), kind::program);
  EXPECT_EQ(problem_of(write({std::string(1'000'001, 'a'), "a.txt", {}})),
            kind::too_large);
  EXPECT_EQ(count_files(), 0U);
}

TEST_F(AttachmentStore, LeavesTheReserveFree) {
  std::atomic<std::uint64_t> free{1'000};
  options.reserve_bytes = 990;
  options.free_bytes = [&free] { return std::optional{free.load()}; };
  open();
  const auto small = keep("0123456789");
  EXPECT_EQ(problem_of(write({"0123456789+", "a", {}})), kind::no_room);
  free = 0;
  // What is there already needs no room.
  EXPECT_EQ(keep("0123456789"), small);
  EXPECT_EQ(std::get<std::string>(read(small.sha256)), "0123456789");
}

TEST_F(AttachmentStore, RemovesWhatACrashLeftHalfWritten) {
  fs::create_directories(options.folder / "part");
  std::ofstream{options.folder / "part" / "7"} << "half";
  open();
  EXPECT_EQ(count_files(), 0U);
  keep("whole");
  EXPECT_EQ(count_files(), 1U);
}

TEST_F(AttachmentStore, SweepsWhatNobodyNeeds) {
  open();
  const auto needed = keep("needed");
  const auto rubbish = keep("rubbish");
  const auto is_needed
    = [&needed](const std::string& hash) { return hash == needed.sha256; };
  EXPECT_EQ(store->sweep(is_needed), 0U) << "both are young";
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours{2};
  for (const auto& one : {needed, rubbish})
    fs::last_write_time(options.folder / attachment_path(one.sha256), old);
  const auto again = keep("rubbish");
  EXPECT_EQ(store->sweep(is_needed), 0U) << "it was sent again just now";
  fs::last_write_time(options.folder / attachment_path(again.sha256), old);
  EXPECT_EQ(store->sweep(is_needed), 1U);
  EXPECT_TRUE(store->has(needed.sha256));
  EXPECT_FALSE(store->has(rubbish.sha256));
}

TEST_F(AttachmentStore, RefusesMoreThanItCanHold) {
  options.threads = 1;
  options.waiting_max = 2;
  open();
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  std::promise<void> begun;
  store->read(std::string(32, 'x'), {}, [&begun, gate](const auto&) {
    begun.set_value();
    gate.wait();
  });
  begun.get_future().wait();
  std::vector<std::future<std::optional<kind>>> answers;
  for (int i = 0; i < 3; ++i) {
    auto told = std::make_shared<std::promise<std::optional<kind>>>();
    answers.push_back(told->get_future());
    store->read(std::string(32, 'y'), {}, [told](const auto& result) {
      told->set_value(problem_of(result));
    });
  }
  EXPECT_EQ(answers.back().get(), kind::overloaded);
  go_on.set_value();
  EXPECT_EQ(answers[0].get(), kind::missing);
  EXPECT_EQ(answers[1].get(), kind::missing);
}

TEST_F(AttachmentStore, AnswersEverybodyWhenItCloses) {
  options.threads = 1;
  open();
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  std::promise<void> begun;
  store->read(std::string(32, 'x'), {}, [&begun, gate](const auto&) {
    begun.set_value();
    gate.wait();
  });
  begun.get_future().wait();
  std::promise<std::optional<kind>> told;
  store->write({"late", "a", {}}, [&told](const auto& result) {
    told.set_value(problem_of(result));
  });
  auto closing = std::async(std::launch::async, [this] { store->close(); });
  go_on.set_value();
  closing.get();
  auto answer = told.get_future();
  ASSERT_EQ(answer.wait_for(patience), std::future_status::ready);
  const auto what = answer.get();
  // It may have been begun before the store heard that it is to close.
  EXPECT_TRUE(!what || *what == kind::closed);
  EXPECT_EQ(problem_of(read(std::string(32, 'x'))), kind::closed);
}

TEST_F(AttachmentStore, FindsRecordsWithoutTheirFiles) {
  open();
  memory_journal journal;
  const auto put = [&](std::uint64_t number, const stored_file& file,
                       domain::attachment_state state) {
    domain::attachment record;
    record.id = {domain::uuid_of_number(number)};
    record.state = state;
    record.name = "a";
    record.sha256 = file.sha256;
    record.size = file.size;
    journal.commit(save(std::nullopt, record, {}), [](const auto& outcome) {
      EXPECT_TRUE(std::holds_alternative<committed>(outcome));
    });
  };
  const auto there = keep("there");
  put(1, there, domain::attachment_state::ready);
  put(2, {}, domain::attachment_state::pending);
  put(3, {std::string(32, 'x'), {}, 5}, domain::attachment_state::ready);
  put(4, {there.sha256, {}, 99}, domain::attachment_state::ready);
  const auto found = find_missing_files(journal.rows(), options.folder);
  EXPECT_EQ(found.looked_at, 4U);
  EXPECT_EQ(found.count, 2U);
  ASSERT_EQ(found.problems.size(), 2U);
  EXPECT_NE(found.problems[0].find("missing"), std::string::npos);
  EXPECT_NE(found.problems[1].find("size"), std::string::npos);
}

TEST(MediaSniffer, HasItsRules) {
  const media_sniffer sniffer;
  EXPECT_EQ(sniffer.problem(), "");
  EXPECT_EQ(sniffer.sniff("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n"), "application/pdf");
  EXPECT_EQ(sniffer.sniff(std::string{"\0\1\2\3", 4}),
            "application/octet-stream");
}

} // namespace
} // namespace switchboard::persistence
