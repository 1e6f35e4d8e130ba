// What is taken away, and what stays.
#include "persistence/attachment_sweep.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/ticket_changes.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace switchboard::persistence {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class AttachmentSweep : public testing::Test {
protected:
  AttachmentSweep() {
    fs::remove_all(folder);
    attachment_store_options options;
    options.folder = folder;
    options.reserve_bytes = 0;
    auto opened = attachment_store::open(options);
    EXPECT_TRUE(opened);
    store = std::move(opened).value();
  }

  ~AttachmentSweep() override {
    store.reset();
    fs::remove_all(folder);
  }

  void commit(changes what) {
    journal.commit(std::move(what), [](const auto& outcome) {
      EXPECT_TRUE(std::holds_alternative<committed>(outcome));
    });
  }

  stored_file keep(std::string bytes) {
    std::promise<stored_file> told;
    auto answer = told.get_future();
    store->write({std::move(bytes), "a.txt", {}}, [&told](auto result) {
      told.set_value(std::get<stored_file>(std::move(result)));
    });
    auto file = answer.get();
    fs::last_write_time(folder / attachment_path(file.sha256),
                        fs::file_time_type::clock::now() - 2h);
    return file;
  }

  domain::attachment upload(domain::timestamp at, std::string bytes,
                            std::optional<domain::ticket_id> ticket = {}) {
    const auto file = keep(std::move(bytes));
    domain::attachment record;
    record.id = {domain::make_uuid7(at, ++made, made)};
    record.name = "a.txt";
    record.sha256 = file.sha256;
    record.size = file.size;
    record.session = session;
    record.ticket = ticket;
    record.created_at = record.updated_at = at;
    commit(save(std::nullopt, record, at));
    return record;
  }

  /// Opens the session's ticket with a message that carries `file`.
  domain::ticket_id send(const domain::attachment& file) {
    domain::create_ticket create;
    create.id = {domain::uuid_of_number(50)};
    create.number = domain::ticket_number{50};
    create.ref = "T-20260131-00000050";
    create.session = domain::session_place{session, 1};
    create.first_message.id = {domain::uuid_of_number(51)};
    create.first_message.attachments
      = {{file.id, file.name, "text/plain", file.size}};
    std::optional<domain::ticket> ticket;
    const auto events = domain::decide(ticket, create, {start, {}});
    EXPECT_TRUE(events);
    for (const auto& event : events.value())
      domain::apply(ticket, event);
    commit(ticket_changes(std::nullopt, *ticket, events.value()));
    return create.id;
  }

  const domain::timestamp start{std::chrono::hours{24 * 365 * 56}};
  const domain::session_id session{domain::uuid_of_number(100)};
  const fs::path folder
    = fs::path{testing::TempDir()} / ("sweep_" + std::to_string(::getpid()));
  std::uint16_t made = 0;
  memory_journal journal;
  record_views records{journal.rows()};
  std::unique_ptr<attachment_store> store;
};

TEST_F(AttachmentSweep, TakesAwayWhatNoMessageCarries) {
  const auto used = upload(start, "used");
  const auto unused = upload(start, "unused");
  const auto twin = upload(start, "used");
  const auto young = upload(start + 2h, "young");
  const auto rubbish = keep("no record");
  const auto ticket = send(used);
  attachment_sweep sweep{journal, *store};
  const auto done = sweep.run(start + 1h);
  EXPECT_EQ(done.removed, 2U);
  EXPECT_EQ(done.settled, 1U);
  EXPECT_EQ(done.files, 2U);
  EXPECT_EQ(records.find(used.id)->value.ticket, ticket);
  EXPECT_FALSE(records.find(unused.id));
  EXPECT_FALSE(records.find(twin.id));
  EXPECT_TRUE(records.find(young.id));
  EXPECT_TRUE(store->has(used.sha256)) << "its twin had the same bytes";
  EXPECT_TRUE(store->has(young.sha256));
  EXPECT_FALSE(store->has(unused.sha256));
  EXPECT_FALSE(store->has(rubbish.sha256));
}

TEST_F(AttachmentSweep, GoesOnWhereItWas) {
  upload(start, "first");
  const auto second = upload(start + 2h, "second");
  const auto kept = upload(start + 2h, "kept", domain::ticket_id{});
  attachment_sweep sweep{journal, *store};
  EXPECT_EQ(sweep.run(start + 1h).removed, 1U);
  EXPECT_EQ(sweep.run(start + 1h).removed, 0U);
  EXPECT_EQ(sweep.run(start + 3h).removed, 1U);
  EXPECT_FALSE(records.find(second.id));
  EXPECT_TRUE(records.find(kept.id)) << "its record names its ticket";
}

} // namespace
} // namespace switchboard::persistence
