#include "tests/simulators/telegram_fixture.hpp"

#include <future>

namespace switchboard::simulators {
namespace {

using kind = telegram_fault::kind;

class TelegramTrouble : public TelegramTest {
protected:
  TelegramTrouble() : TelegramTest{telegram_simulator_options{}} {
    ana.starts(bot);
  }

  http_reply post(std::int64_t to, const std::string& text = "Hi") const {
    return raw("sendMessage", {{"chat_id", to}, {"text", text}});
  }
};

TEST_F(TelegramTrouble, LimitsAPrivateChat) {
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(post(ana.id()).status, 200);
  const auto reply = post(ana.id());
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.header("Retry-After"), "1");
  EXPECT_EQ(json::parse(reply.body).at("parameters").at("retry_after"), 1);
  EXPECT_EQ(post(forum.chat_id).status, 200);
  telegram.advance(seconds{1});
  EXPECT_EQ(post(ana.id()).status, 200);
  EXPECT_EQ(telegram.tally().limited, 1U);
  EXPECT_EQ(telegram.tally().too_early, 0U);
}

TEST_F(TelegramTrouble, LimitsAGroupWithAllItsTopics) {
  const auto thread = ana.creates_topic(forum, "a");
  for (auto i = 0; i < 10; ++i) {
    EXPECT_EQ(post(forum.chat_id).status, 200);
    EXPECT_EQ(raw("sendMessage", {{"chat_id", forum.chat_id},
                                  {"message_thread_id", thread},
                                  {"text", "Hi"}})
                .status,
              200);
  }
  EXPECT_EQ(post(forum.chat_id).header("Retry-After"), "3");
  telegram.advance(seconds{2});
  EXPECT_EQ(post(forum.chat_id).status, 429);
  EXPECT_EQ(telegram.tally().too_early, 1U);
  telegram.advance(seconds{2});
  EXPECT_EQ(post(forum.chat_id).status, 200);
}

TEST_F(TelegramTrouble, LimitsABotAndCountsAlbumsByItem) {
  telegram_limits limits;
  limits.bot_burst = 3;
  limits.bot_per_second = 0.01;
  telegram.set_limits(limits);
  EXPECT_EQ(post(ana.id()).status, 200);
  const json::object item{{"type", "photo"}, {"media", "https://h/a.jpg"}};
  EXPECT_EQ(raw("sendMediaGroup",
                {{"chat_id", ana.id()}, {"media", json::array{item, item}}})
              .status,
            200);
  EXPECT_EQ(post(forum.chat_id).status, 429);
  limits.enabled = false;
  telegram.set_limits(limits);
  EXPECT_EQ(post(forum.chat_id).status, 200);
}

TEST_F(TelegramTrouble, FailsAsItIsTold) {
  telegram.fail(telegram_fault::refuse(403, "Forbidden: bot was blocked"));
  telegram.fail(telegram_fault::slow_down(7).on("sendMessage"));
  telegram.fail(telegram_fault::of(kind::html));
  telegram.fail(telegram_fault::of(kind::reset));
  telegram.fail(telegram_fault::of(kind::close));
  telegram.fail(telegram_fault::of(kind::garbage));
  EXPECT_EQ(why("getMe", json::object{}), "Forbidden: bot was blocked");
  EXPECT_EQ(post(ana.id()).header("Retry-After"), "7");
  const auto page = post(ana.id());
  EXPECT_EQ(page.status, 502);
  EXPECT_EQ(page.header("content-type"), "text/html");
  EXPECT_EQ(post(ana.id()).status, 0);
  EXPECT_EQ(post(ana.id()).status, 0);
  EXPECT_EQ(post(ana.id()).status, 0);
  EXPECT_EQ(telegram.messages(chat).size(), 1U);
  EXPECT_EQ(post(ana.id()).status, 200);
}

TEST_F(TelegramTrouble, CountsWhoDoesNotWaitAsScripted) {
  telegram.fail(telegram_fault::slow_down(60).on("sendMessage"));
  EXPECT_EQ(post(ana.id()).status, 429);
  telegram.advance(seconds{30});
  EXPECT_EQ(post(forum.chat_id).status, 200);
  EXPECT_EQ(telegram.tally().too_early, 0U);
  EXPECT_EQ(post(ana.id()).status, 200);
  EXPECT_EQ(telegram.tally().too_early, 1U);
  telegram.advance(seconds{31});
  EXPECT_EQ(post(ana.id()).status, 200);
  EXPECT_EQ(telegram.tally().too_early, 1U);
}

TEST_F(TelegramTrouble, FailsForOneChatForATime) {
  telegram.fail(telegram_fault::of(kind::html)
                  .on("sendMessage", forum.chat_id)
                  .lasting(seconds{60}));
  EXPECT_EQ(post(forum.chat_id).status, 502);
  EXPECT_EQ(post(forum.chat_id).status, 502);
  EXPECT_EQ(post(ana.id()).status, 200);
  telegram.advance(seconds{61});
  EXPECT_EQ(post(forum.chat_id).status, 200);
}

TEST_F(TelegramTrouble, LosesTheAnswerAfterTheEffect) {
  telegram.fail(telegram_fault::of(kind::reset).with_effect());
  EXPECT_EQ(post(ana.id(), "once").status, 0);
  EXPECT_EQ(telegram.last_message(chat)->text, "once");
  EXPECT_EQ(telegram.calls("sendMessage").back().status, 0);
}

TEST_F(TelegramTrouble, HangsUntilItIsToldToGoOnAndAnswersSlowly) {
  telegram.fail(telegram_fault::of(kind::hang));
  auto hanging
    = std::async(std::launch::async, [this] { return post(ana.id()); });
  ASSERT_TRUE(telegram.wait_until([&] { return telegram.tally().calls == 1; },
                                  seconds{10}));
  // The call is entered a moment before it begins to wait.
  while (hanging.wait_for(milliseconds{1}) != std::future_status::ready)
    telegram.release_hanging();
  EXPECT_EQ(hanging.get().status, 504);
  telegram.fail(telegram_fault::after(milliseconds{20}));
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(post(ana.id()).status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{20});
}

TEST(TelegramPage, LetsAPersonPlay) {
  telegram_simulator_options options;
  options.page = true;
  telegram_simulator telegram{options};
  const auto bot = telegram.add_bot();
  const auto ana = telegram.add_user("Ana");
  const auto get = [&](const std::string& target) {
    return support::call(telegram.port(), verb::get, target);
  };
  const auto act = [&](json::object what, const char* type) {
    what["user"] = ana.id();
    what["bot_id"] = bot.id;
    return support::call(telegram.port(), verb::post, "/sim/act",
                         {{"content-type", type}}, json::serialize(what));
  };
  EXPECT_EQ(get("/").header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(act({{"act", "say"}, {"text", "Hi"}}, "application/json").status,
            200);
  EXPECT_EQ(telegram.last_message(ana.chat_with(bot))->text, "Hi");
  const auto state
    = json::parse(get("/sim/state?user=" + std::to_string(ana.id())).body);
  EXPECT_EQ(state.at("chats").at(0).at("messages").at(0).at("text"), "Hi");
  EXPECT_EQ(
    act({{"act", "press"}, {"message_id", 1}}, "application/json").status, 409);
  EXPECT_EQ(act({{"act", "say"}, {"text", "Hi"}}, "text/plain").status, 415);
  EXPECT_EQ(get("/sim/other").status, 404);
}

TEST(TelegramPage, CarriesFiles) {
  telegram_simulator_options options;
  options.page = true;
  options.page_server = "http://127.0.0.1:1";
  telegram_simulator telegram{options};
  const auto bot = telegram.add_bot();
  const auto ana = telegram.add_user("Ana");
  const auto get = [&](const std::string& target) {
    return support::call(telegram.port(), verb::get, target);
  };
  const auto send
    = [&](const char* file_kind, const char* mime, const char* data) {
        const json::object what{{"act", "send"},    {"user", ana.id()},
                                {"bot_id", bot.id}, {"kind", file_kind},
                                {"name", "a.png"},  {"mime", mime},
                                {"data", data},     {"text", "Look"}};
        return support::call(telegram.port(), verb::post, "/sim/act",
                             {{"content-type", "application/json"}},
                             json::serialize(what))
          .status;
      };
  EXPECT_EQ(send("photo", "image/png", "Ynl0ZXM="), 200);
  const auto photo = telegram.last_message(ana.chat_with(bot));
  EXPECT_EQ(photo->kind, "photo");
  EXPECT_EQ(photo->text, "Look");
  const auto shown = get("/sim/file?id=" + photo->file_id);
  EXPECT_EQ(shown.body, "bytes");
  EXPECT_EQ(shown.header("content-type"), "image/png");
  // What could be a page of the simulator's own is saved instead.
  EXPECT_EQ(send("document", "text/html", "PGI+"), 200);
  const auto page = telegram.last_message(ana.chat_with(bot))->file_id;
  EXPECT_EQ(get("/sim/file?id=" + page).header("content-type"),
            "application/octet-stream");
  EXPECT_EQ(get("/sim/file?id=none").status, 404);
  EXPECT_EQ(send("photo", "image/png", "bytes"), 409);
  const auto state
    = json::parse(get("/sim/state?user=" + std::to_string(ana.id())).body);
  EXPECT_EQ(state.at("server"), "http://127.0.0.1:1");
  const auto& first = state.at("chats").at(0).at("messages").at(0);
  EXPECT_EQ(first.at("file_name"), "a.png");
  EXPECT_EQ(first.at("file_id").as_string(), photo->file_id);
}

} // namespace
} // namespace switchboard::simulators
