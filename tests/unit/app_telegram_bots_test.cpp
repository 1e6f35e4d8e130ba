// Deliveries on their way from the outbox to a simulated Telegram.
#include "actors/messages.hpp"
#include "actors/outbox.hpp"
#include "app/courier.hpp"
#include "app/telegram_bots.hpp"
#include "net/io_runtime.hpp"
#include "persistence/memory_journal.hpp"
#include "tests/simulators/telegram_simulator.hpp"

#include <gtest/gtest.h>

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::app {
namespace {

namespace telegram = channels::telegram;
using simulators::telegram_fault;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

constexpr auto patience = 20s;

class actor_config final : public caf::actor_system_config {
public:
  actor_config() {
    add_message_types<caf::id_block::switchboard>();
  }
};

/// A payload is a text, or `upload:<name>` for a file.
actors::rendering render(const persistence::delivery& d) {
  const auto to = telegram::parse_chat_lane(d.lane).value().chat;
  if (d.payload.starts_with(actors::upload_prefix)) {
    telegram::send_file file;
    file.to.chat = to;
    file.source = d.payload;
    return actors::outgoing{std::move(file)};
  }
  telegram::send_message text;
  text.to.chat = to;
  text.text = d.payload;
  return actors::outgoing{std::move(text), telegram::urgency::mirror, 1};
}

class TelegramBots : public testing::Test {
protected:
  TelegramBots() {
    user.starts(bot);
    telegram.forget();
  }

  ~TelegramBots() override {
    {
      const std::lock_guard lock{mutex};
      if (post)
        caf::anon_send_exit(post, caf::exit_reason::user_shutdown);
      post = nullptr;
    }
    client.stop();
    if (bots)
      bots->stop();
    caf::anon_send_exit(courier, caf::exit_reason::user_shutdown);
    courier = nullptr;
    lanes.reset();
    runtime.stop();
    bots.reset();
  }

  void start() {
    telegram_bots_options options;
    options.api_url = telegram.url() + "/";
    options.tokens = {bot.token, "no token", bot.token};
    telegram_bots_parts parts{runtime.actors(), courier,
                              [this](auto, const auto& d) {
                                if (crashes.exchange(false))
                                  throw 1; // no exception that it expects
                                return render(d);
                              }};
    parts.settled
      = [](auto number, const auto& d, const auto& answer,
           std::uint32_t shared_by, auto, persistence::changes& settling) {
          const auto sent = telegram::read_sent(answer.result);
          settling.rows.push_back(
            {persistence::family::meta, "place:" + d.payload,
             telegram::to_string(number) + '/'
               + std::to_string(sent ? static_cast<std::int32_t>(sent->id) : 0)
               + '/' + std::to_string(shared_by)});
        };
    parts.read_upload = [](auto, std::string_view name, const auto& done) {
      if (name == "gone")
        done(std::nullopt);
      else
        done(telegram_upload{"log.txt", "text/plain", "line one\n"});
    };
    bots = std::make_unique<telegram_bots>(options, std::move(parts));
    lanes = std::make_shared<actors::lane_world>(actors::lane_world{
      journal,
      [] { return actors::system_now(); },
      courier,
      [this](std::string_view lane) { return bots->channel_of(lane); },
      nullptr,
      nullptr,
      {}});
    post
      = runtime.actors().spawn(actors::outbox, lanes, actors::outbox_options{});
    journal.on_batch([this](const auto& batch) {
      const std::lock_guard lock{mutex};
      if (post && !batch.lanes.empty())
        caf::anon_send(post, actors::lanes_note{batch.lanes});
      committed.notify_all();
    });
  }

  [[nodiscard]] std::string lane() const {
    return telegram::chat_lane(telegram::bot_number{bot.id},
                               telegram::chat_id{user.id()});
  }

  void put(const strings& payloads) {
    persistence::changes what;
    for (const auto& payload : payloads)
      what.deliveries.push_back({lane(),
                                 "g" + std::to_string(++groups),
                                 "test",
                                 payload,
                                 actors::system_now(),
                                 "",
                                 {}});
    journal.commit(std::move(what), [](const auto&) {});
  }

  [[nodiscard]] std::size_t waiting() const {
    return persistence::delivery_views{journal.rows()}
      .backlog(lane(), 1'000)
      .depth;
  }

  bool all_settle() {
    std::unique_lock lock{mutex};
    return committed.wait_for(lock, patience,
                              [this] { return waiting() == 0; });
  }

  [[nodiscard]] std::string place(const std::string& payload) const {
    std::string out;
    journal.rows().get(persistence::family::meta, "place:" + payload, out);
    return out;
  }

  /// The texts that the bot has sent, in the order of their ids.
  strings texts() {
    strings out;
    for (const auto& message : telegram.messages(user.chat_with(bot)))
      if (message.from_bot)
        out.push_back(message.text);
    return out;
  }

  simulators::telegram_simulator telegram;
  simulators::telegram_bot bot = telegram.add_bot();
  simulators::telegram_user user = telegram.add_user("Ana");
  persistence::memory_journal journal;
  actor_config config;
  net::io_runtime runtime{config};
  net::http_client client{runtime.io(), {}};
  actors::courier_actor courier = spawn_courier(runtime.actors(), client);
  std::unique_ptr<telegram_bots> bots;
  actors::lane_world_ptr lanes;
  std::mutex mutex; ///< guards `post`
  std::condition_variable committed;
  actors::outbox_actor post;
  std::atomic<bool> crashes{false};
  int groups = 0;
};

TEST_F(TelegramBots, SendWhatLiesInTheOutbox) {
  start();
  put({"one", "two"});
  ASSERT_TRUE(all_settle());
  EXPECT_EQ(texts(), (strings{"one", "two"}));
  const auto last = telegram.last_message(user.chat_with(bot));
  EXPECT_EQ(place("two"), std::to_string(bot.id) + '/'
                            + std::to_string(last->message_id) + "/1");
  EXPECT_EQ(bots->bots(), std::vector{telegram::bot_number{bot.id}});
  EXPECT_TRUE(telegram.violations().empty());
}

TEST_F(TelegramBots, SendFiles) {
  start();
  put({"upload:log", "upload:gone"});
  ASSERT_TRUE(all_settle());
  const auto last = telegram.last_message(user.chat_with(bot));
  EXPECT_EQ(last->kind, "document");
  EXPECT_EQ(telegram.file_bytes(last->file_id), "line one\n");
  EXPECT_EQ(place("upload:gone"), std::to_string(bot.id) + "/0/1");
  EXPECT_EQ(persistence::delivery_views{journal.rows()}
              .dead_letters(persistence::delivery_id{}, 10)
              .size(),
            1U);
  EXPECT_TRUE(telegram.violations().empty());
}

TEST_F(TelegramBots, KeepToTheLimitsAndLoseNothing) {
  start();
  telegram.fail(telegram_fault::slow_down(1).on("sendMessage"));
  telegram.fail(telegram_fault::of(telegram_fault::kind::reset));
  telegram.fail(telegram_fault::of(telegram_fault::kind::html, 502));
  strings payloads;
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    payloads.push_back("message " + std::to_string(i));
    expected += payloads.back() + '\n';
  }
  put(payloads);
  ASSERT_TRUE(all_settle());
  std::string seen;
  for (const auto& text : texts())
    seen += text + '\n';
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(telegram.tally().too_early, 0U);
  EXPECT_EQ(telegram.tally().limited, 0U);
}

TEST_F(TelegramBots, ComeBackWhenTheirCarrierDies) {
  crashes = true;
  start();
  put({"one", "two"});
  ASSERT_TRUE(all_settle());
  EXPECT_FALSE(crashes);
  EXPECT_EQ(texts(), (strings{"one", "two"}));
}

TEST_F(TelegramBots, AnswerTaps) {
  start();
  telegram::send_chat_action typing;
  typing.chat = telegram::chat_id{user.id()};
  bots->say(telegram::bot_number{bot.id}, actors::outgoing{typing});
  bots->say(telegram::bot_number{1}, actors::outgoing{typing});
  EXPECT_TRUE(telegram.wait_until(
    [this] { return telegram.calls("sendChatAction").size() == 1; }, patience));
}

TEST_F(TelegramBots, ServeNoOtherLanes) {
  start();
  EXPECT_NE(bots->channel_of(lane()), nullptr);
  for (const auto* other : {"telegram:1:2", "telegram-in:1", "webhook:1", ""})
    EXPECT_EQ(bots->channel_of(other), nullptr) << other;
  bots->stop();
  EXPECT_EQ(bots->channel_of(lane()), nullptr);
}

} // namespace
} // namespace switchboard::app
