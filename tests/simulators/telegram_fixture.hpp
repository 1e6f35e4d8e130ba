#pragma once

#include "tests/simulators/telegram_simulator.hpp"

#include "tests/support/http_call.hpp"
#include "tests/support/loopback_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace switchboard::simulators {

namespace json = boost::json;
using boost::beast::http::verb;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::http_reply;
using texts = std::vector<std::string>;

/// A bot, a person and a forum, and nothing that has happened yet.
class TelegramTest : public testing::Test {
protected:
  static telegram_simulator_options quiet() {
    telegram_simulator_options out;
    out.limits.enabled = false;
    return out;
  }

  explicit TelegramTest(telegram_simulator_options options = quiet())
    : telegram{std::move(options)},
      bot{telegram.add_bot()},
      ana{telegram.add_user("Ana", "ana")},
      forum{telegram.add_forum("Support")},
      chat{ana.chat_with(bot)} {
    telegram.add_member(forum, ana);
    telegram.add_member(forum, bot);
  }

  http_reply raw(const std::string& method, const json::value& args) const {
    return support::call(
      telegram.port(), verb::post, "/bot" + bot.token + "/" + method,
      {{"content-type", "application/json"}}, json::serialize(args));
  }

  /// The envelope of the answer.
  json::object call(const std::string& method,
                    const json::value& args = json::object{}) const {
    auto value = json::parse(raw(method, args).body);
    return value.is_object() ? value.get_object() : json::object{};
  }

  /// The description of the error, or `ok`.
  std::string why(const std::string& method, const json::value& args) const {
    const auto answer = call(method, args);
    const auto* text = answer.if_contains("description");
    return text == nullptr ? "ok" : std::string{text->as_string().c_str()};
  }

  json::object send(std::int64_t to, const std::string& text) const {
    return call("sendMessage", {{"chat_id", to}, {"text", text}});
  }

  std::int32_t sent(std::int64_t to, const std::string& text) const {
    return static_cast<std::int32_t>(
      send(to, text).at("result").at("message_id").as_int64());
  }

  telegram_simulator telegram;
  telegram_bot bot;
  telegram_user ana;
  telegram_place forum;
  telegram_place chat;
};

/// A webhook that keeps what it gets, and answers what it is told.
class update_receiver {
public:
  update_receiver()
    : server_{[this](support::loopback_peer& peer) { serve(peer); }} {}

  [[nodiscard]] std::string url() const {
    return server_.url("/hook");
  }
  void answer_next(int status, std::string headers = {},
                   std::string body = {}) {
    const std::lock_guard lock{mutex_};
    next_.push_back({status, std::move(headers), std::move(body)});
  }
  std::vector<json::object> updates() const {
    const std::lock_guard lock{mutex_};
    return updates_;
  }
  std::size_t count() const {
    return updates().size();
  }
  std::vector<std::string> secrets() const {
    const std::lock_guard lock{mutex_};
    return secrets_;
  }

private:
  struct planned {
    int status = 200;
    std::string headers;
    std::string body;
  };

  void serve(support::loopback_peer& peer) {
    while (auto request = peer.read_request()) {
      planned answer;
      {
        const std::lock_guard lock{mutex_};
        updates_.push_back(json::parse(request->body).as_object());
        secrets_.push_back(request->header("X-Telegram-Bot-Api-Secret-Token"));
        if (!next_.empty()) {
          answer = next_.front();
          next_.pop_front();
        }
      }
      if (!peer.answer(answer.status, answer.body, answer.headers))
        return;
    }
  }

  mutable std::mutex mutex_;
  std::deque<planned> next_;
  std::vector<json::object> updates_;
  std::vector<std::string> secrets_;
  support::loopback_server server_;
};

} // namespace switchboard::simulators
