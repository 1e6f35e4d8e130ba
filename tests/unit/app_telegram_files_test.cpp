// Files that people send to a bot, fetched from a simulated Telegram.
#include "actors/messages.hpp"
#include "app/telegram_files.hpp"
#include "net/io_runtime.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/records.hpp"
#include "tests/simulators/telegram_simulator.hpp"

#include <gtest/gtest.h>

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <unistd.h>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::app {
namespace {

namespace fs = std::filesystem;
using simulators::telegram_fault;
using state = domain::attachment_state;

constexpr std::chrono::seconds patience{20};

class actor_config final : public caf::actor_system_config {
public:
  actor_config() {
    add_message_types<caf::id_block::switchboard>();
  }
};

net::http_client_options client_options() {
  net::http_client_options out;
  out.request_body_max = std::size_t{1} << 20U;
  return out;
}

class TelegramFiles : public testing::Test {
protected:
  TelegramFiles() {
    fs::remove_all(folder);
    persistence::attachment_store_options options;
    options.folder = folder;
    options.reserve_bytes = 0;
    auto opened = persistence::attachment_store::open(options);
    EXPECT_TRUE(opened);
    store = std::move(opened).value();
    restart();
  }

  ~TelegramFiles() override {
    client.stop();
    files->stop();
    store->close();
    runtime.stop();
    files.reset();
    fs::remove_all(folder);
  }

  void restart(std::size_t bytes_max = std::size_t{20} << 20U) {
    if (files)
      files->stop();
    files
      = std::make_unique<telegram_files>(telegram_files::parts{runtime.actors(),
                                                               runtime.io(),
                                                               client,
                                                               journal,
                                                               *store,
                                                               telegram.url(),
                                                               {bot.token},
                                                               bytes_max});
  }

  /// Somebody sends a file to the bot; it is known as an attachment then.
  domain::attachment_id receive(const simulators::telegram_upload& what) {
    const auto chat = user.chat_with(bot);
    user.sends(chat, what);
    return pending(telegram.last_message(chat)->file_id, what.name);
  }

  domain::attachment_id pending(const std::string& file_id, std::string name) {
    domain::attachment record;
    record.id = {domain::uuid_of_number(++made)};
    record.state = state::pending;
    record.name = std::move(name);
    record.source = domain::telegram_file{bot.id, file_id};
    std::promise<bool> told;
    auto done = told.get_future();
    journal.commit(
      persistence::save(std::nullopt, record, {}),
      [&told](const auto& outcome) {
        told.set_value(std::holds_alternative<persistence::committed>(outcome));
      });
    EXPECT_TRUE(done.get());
    return record.id;
  }

  /// What the ticket's commit plans for a message with these files.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const std::vector<domain::attachment_id>& ids) const {
    domain::message_added added;
    added.number = domain::message_sequence{1};
    for (const auto& id : ids)
      added.message.attachments.push_back({id, "a", "", 0});
    const std::vector<domain::ticket_event> events{
      {domain::sequence{1}, {}, std::move(added)}};
    return files->plan_downloads({}, events);
  }

  channels::http_answer fetch(domain::attachment_id id,
                              std::uint32_t attempts = 0) {
    const auto planned = plan({id});
    EXPECT_EQ(planned.size(), 1U);
    return planned.empty() ? channels::http_answer{}
                           : serve(planned.front(), attempts);
  }

  channels::http_answer serve(const persistence::new_delivery& planned,
                              std::uint32_t attempts = 0) {
    persistence::delivery what;
    what.id = persistence::delivery_id{++deliveries};
    what.lane = planned.lane;
    what.payload = planned.payload;
    what.attempts = attempts;
    const auto channel = files->channel_of(planned.lane);
    EXPECT_NE(channel, nullptr);
    channels::http_answer out;
    if (!channel)
      return out;
    caf::scoped_actor self{runtime.actors()};
    self->request(channel->carrier, patience, what)
      .receive(
        [&out](channels::http_answer& answer) { out = std::move(answer); },
        [](const caf::error&) { FAIL() << "no answer"; });
    return out;
  }

  [[nodiscard]] domain::attachment record(domain::attachment_id id) const {
    const auto found = persistence::record_views{journal.rows()}.find(id);
    EXPECT_TRUE(found);
    return found ? found->value : domain::attachment{};
  }

  std::string bytes_of(const domain::attachment& file) {
    std::promise<std::string> told;
    auto done = told.get_future();
    store->read(file.sha256, {}, [&told](auto result) {
      auto* const bytes = std::get_if<std::string>(&result);
      told.set_value(bytes != nullptr ? *bytes : "(problem)");
    });
    return done.get();
  }

  const fs::path folder = fs::path{testing::TempDir()}
                          / ("telegram_files_" + std::to_string(::getpid()));
  std::uint64_t made = 0;
  std::uint64_t deliveries = 0;
  simulators::telegram_simulator telegram;
  simulators::telegram_bot bot = telegram.add_bot();
  simulators::telegram_user user = telegram.add_user("Ana");
  persistence::memory_journal journal;
  std::unique_ptr<persistence::attachment_store> store;
  actor_config config;
  net::io_runtime runtime{config};
  net::http_client client{runtime.io(), client_options()};
  std::unique_ptr<telegram_files> files;
};

TEST_F(TelegramFiles, AreFetchedAndKept) {
  const auto id
    = receive({"document", "log.txt", "text/plain", "line one\n", {}});
  const auto planned = plan({id});
  ASSERT_EQ(planned.size(), 1U);
  EXPECT_EQ(planned[0].lane, "telegram-files:" + std::to_string(bot.id));
  EXPECT_EQ(planned[0].kind, "telegram.file");
  EXPECT_EQ(planned[0].payload,
            R"({"attachment_id":")" + to_string(id.value) + "\"}");
  EXPECT_EQ(serve(planned[0]).status, 200);
  const auto file = record(id);
  EXPECT_EQ(file.state, state::ready);
  EXPECT_EQ(file.name, "log.txt");
  EXPECT_EQ(file.mime_type, "text/plain");
  EXPECT_EQ(file.size, 9U);
  EXPECT_EQ(bytes_of(file), "line one\n");
  EXPECT_TRUE(plan({id}).empty()) << "it is here already";
  EXPECT_EQ(serve(planned[0]).status, 200);
  EXPECT_EQ(telegram.calls("getFile").size(), 1U);
  EXPECT_TRUE(telegram.violations().empty());
}

TEST_F(TelegramFiles, AreTriedAgainWhileTelegramHasTrouble) {
  const auto id = receive({});
  telegram.fail(
    telegram_fault::of(telegram_fault::kind::html, 502).on("getFile"));
  EXPECT_EQ(fetch(id).status, 503);
  telegram.fail(telegram_fault::slow_down(7).on("getFile"));
  const auto slowed = fetch(id);
  EXPECT_EQ(slowed.status, 429);
  EXPECT_EQ(slowed.retry_after, std::chrono::seconds{7});
  // A kept connection that breaks is replaced once, by the client.
  auto reset = telegram_fault::of(telegram_fault::kind::reset).on("file");
  reset.times = 2;
  telegram.fail(reset);
  EXPECT_NE(fetch(id).failure, channels::http_failure::none);
  EXPECT_EQ(record(id).state, state::pending);
  EXPECT_EQ(fetch(id).status, 200);
  EXPECT_EQ(bytes_of(record(id)), "bytes of a picture");
}

TEST_F(TelegramFiles, ThatAreTooLargeOrProgramsFailForGood) {
  restart(10);
  const auto large = receive({});
  EXPECT_EQ(fetch(large).status, 200);
  EXPECT_EQ(record(large).state, state::failed);
  EXPECT_NE(record(large).failure.find("larger"), std::string::npos);
  const auto program
    = receive({"document", "a.bat", "text/plain", "@echo off", {}});
  EXPECT_EQ(fetch(program).status, 200);
  EXPECT_EQ(record(program).state, state::failed);
  telegram.fail(
    telegram_fault::refuse(400, "Bad Request: file is too big").on("getFile"));
  const auto refused = receive({"document", "a", "text/plain", "small", {}});
  EXPECT_EQ(fetch(refused).status, 200);
  EXPECT_EQ(record(refused).state, state::failed);
}

TEST_F(TelegramFiles, FailWhenTheLaneGivesUpAndComeWithAReplay) {
  const auto id = receive({});
  const auto planned = plan({id}).at(0);
  const auto tries
    = files->channel_of(planned.lane)->policy.retry_delays.size();
  telegram.fail(
    telegram_fault::of(telegram_fault::kind::html, 502).on("getFile"));
  EXPECT_EQ(serve(planned, static_cast<std::uint32_t>(tries)).status, 503);
  EXPECT_EQ(record(id).state, state::failed);
  EXPECT_EQ(serve(planned).status, 200);
  EXPECT_EQ(record(id).state, state::ready);
  EXPECT_EQ(record(id).failure, "");
}

TEST_F(TelegramFiles, OfOtherBotsWait) {
  EXPECT_EQ(files->channel_of("telegram-files:1"), nullptr);
  EXPECT_EQ(files->channel_of("telegram:1:2"), nullptr);
  auto planned = plan({receive({})}).at(0);
  planned.payload = "{}";
  EXPECT_EQ(serve(planned).status, 400);
}

} // namespace
} // namespace switchboard::app
