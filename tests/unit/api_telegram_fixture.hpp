#pragma once

#include "actors/messages.hpp"
#include "api/commits.hpp"
#include "api/telegram/intake.hpp"
#include "api/wait_for.hpp"
#include "channels/telegram/update_codec.hpp"
#include "net/io_runtime.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/memory_journal.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <caf/actor_system_config.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace switchboard::api::telegram {

namespace asio = boost::asio;
using namespace std::chrono_literals;

inline constexpr wire::bot_number bot{7};
inline constexpr auto patience = 10s;

/// A message with a text in the private chat of a user.
inline std::string text_update(std::int64_t id, std::int64_t who,
                               const std::string& text) {
  const auto user = std::to_string(who);
  return R"({"update_id":)" + std::to_string(id)
         + R"(,"message":{"message_id":1,"date":1,"from":{"id":)" + user
         + R"(,"is_bot":false,"first_name":"Ana"},"chat":{"id":)" + user
         + R"(,"type":"private","first_name":"Ana"},"text":")" + text
         + R"("}})";
}

/// A tap of a user on a button in a group.
inline std::string tap_update(std::int64_t id, std::int64_t who,
                              const std::string& data) {
  return R"({"update_id":)" + std::to_string(id)
         + R"(,"callback_query":{"id":"q","chat_instance":"1","from":{"id":)"
         + std::to_string(who)
         + R"(,"is_bot":false,"first_name":"Ana"},"message":{"message_id":2,)"
           R"("date":1,"chat":{"id":-5,"type":"group","title":"G"}},"data":")"
         + data + R"("}})";
}

/// Does what the text of an update says: `throw`, `not mine`, `no room`; any
/// other text takes effect with its claim. What was told to `hold` waits.
/// Thread-safe.
class fake_handler final : public update_handler {
public:
  explicit fake_handler(persistence::journal& journal) : journal_{journal} {}

  asio::awaitable<update_outcome>
  handle(wire::bot_number, const wire::update& update,
         const update_claim& claim, net::asker&) override {
    const auto text = text_of(update);
    if (note_start(text)) {
      auto start = [this, &text](auto done) { keep(text, std::move(done)); };
      co_await wait_for<bool>(std::move(start));
    }
    if (text == "throw" && throws)
      throw std::runtime_error{"out of order"};
    if (text == "not mine")
      co_return update_outcome::not_mine;
    if (text == "no room")
      co_return update_outcome::not_durable;
    persistence::changes what;
    what.claims.push_back(claim.once());
    const auto outcome = co_await commit(journal_, std::move(what));
    co_return std::holds_alternative<persistence::commit_failure>(outcome)
      ? update_outcome::not_durable
      : update_outcome::done;
  }

  void hold(const std::string& text) {
    const std::lock_guard lock{mutex_};
    held_[text] = nullptr;
  }
  /// Lets it go on; it must have been told to hold.
  void release(const std::string& text) {
    std::function<void(bool)> done;
    {
      const std::lock_guard lock{mutex_};
      done = std::move(held_[text]);
      held_.erase(text);
    }
    done(true);
  }
  /// Whether it holds this now.
  [[nodiscard]] bool holds(const std::string& text) const {
    const std::lock_guard lock{mutex_};
    const auto found = held_.find(text);
    return found != held_.end() && found->second != nullptr;
  }
  /// The texts in the order in which they were begun.
  [[nodiscard]] std::vector<std::string> begun() const {
    const std::lock_guard lock{mutex_};
    return begun_;
  }

  std::atomic<bool> throws{true};

private:
  static std::string text_of(const wire::update& update) {
    if (const auto* in = std::get_if<wire::new_message>(&update.what))
      return in->message.text.text;
    if (const auto* tap = std::get_if<wire::button_press>(&update.what))
      return tap->data;
    return "?";
  }

  bool note_start(const std::string& text) {
    const std::lock_guard lock{mutex_};
    begun_.push_back(text);
    return held_.contains(text);
  }
  void keep(const std::string& text, std::function<void(bool)> done) {
    const std::lock_guard lock{mutex_};
    held_[text] = std::move(done);
  }

  persistence::journal& journal_;
  mutable std::mutex mutex_;
  std::map<std::string, std::function<void(bool)>> held_;
  std::vector<std::string> begun_;
};

class intake_config final : public caf::actor_system_config {
public:
  intake_config() {
    add_message_types<caf::id_block::switchboard>();
  }
};

/// An intake with one bot and one handler on a loop of its own.
class intake_test : public testing::Test {
protected:
  explicit intake_test(intake_options options = {})
    : executor{runtime.make_executor()},
      updates{{journal, [] { return domain::timestamp{1000h}; },
               runtime.actors(), net::timer_wheel::of(runtime.io()), executor,
               [this](auto, auto result) { observed.push_back(result); }},
              options} {
    updates.add(bot, handler);
  }
  ~intake_test() override {
    on_executor([this] { updates.close(); });
  }

  void on_executor(const std::function<void()>& work) {
    std::promise<void> done;
    asio::post(executor, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  std::future<intake_result> start(const std::string& raw,
                                   wire::bot_number to = bot) {
    return asio::co_spawn(executor,
                          updates.take(to, wire::decode_update(raw), raw),
                          asio::use_future);
  }

  template <class T>
  static T outcome(std::future<T> coming) {
    if (coming.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error{"it does not end"};
    return coming.get();
  }

  std::string take(const std::string& raw, wire::bot_number to = bot) {
    return std::string{to_string(outcome(start(raw, to)))};
  }

  replay_result replay(const std::string& raw) {
    return outcome(
      asio::co_spawn(executor, updates.replay(bot, raw), asio::use_future));
  }

  /// All that was begun before this call has come to its first wait.
  void settle() {
    for (int i = 0; i < 10; ++i)
      on_executor([] {});
  }

  std::vector<persistence::delivery> parked() {
    return persistence::delivery_views{journal.rows()}.read(
      wire::intake_lane(bot), persistence::delivery_id{}, 100);
  }

  persistence::memory_journal journal{[] { return domain::timestamp{1000h}; }};
  intake_config config;
  net::io_runtime runtime{config};
  asio::any_io_executor executor;
  fake_handler handler{journal};
  std::vector<intake_result> observed; ///< on the executor
  intake updates;
};

} // namespace switchboard::api::telegram
