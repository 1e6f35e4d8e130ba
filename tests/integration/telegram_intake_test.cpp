// How updates come in from Telegram, whatever they are about.
#include "tests/integration/telegram_fixture.hpp"

#include <boost/json/serialize.hpp>

namespace switchboard::test {
namespace {

const std::string results = "switchboard_telegram_updates_total{bot=\"";

double taken(telegram_world& world, const telegram_bot& bot,
             const std::string& result) {
  return world.server().metric(results + std::to_string(bot.id) + "\",result=\""
                               + result + "\"}");
}

/// What was ignored beyond `before`, once all has been taken.
double ignored_since(telegram_world& world, const telegram_bot& bot,
                     double before) {
  EXPECT_TRUE(world.is_settled());
  return taken(world, bot, "ignored") - before;
}

/// What was ignored when all that came with the world has been taken.
double ignored_at_first(telegram_world& world, const telegram_bot& bot) {
  return ignored_since(world, bot, 0);
}

/// Updates of no known kind: what is done with them shows in the metrics alone.
json::object unknown_update() {
  return {{"poll", {{"id", "1"}}}};
}

const char* const poison = R"({"update_id":77,"message":{"message_id":"x"}})";

TEST(TelegramIntake, SaysOnceThatTelegramIsOff) {
  test_server server;
  EXPECT_TRUE(server.process().wait_for_log("Telegram is off", patience));
  EXPECT_TRUE(
    is_error(server.post("/api/telegram/webhook", "{}"), 401, "unauthorized"));
  EXPECT_TRUE(is_error(
    server.post("/api/setup/telegram-webhook?webhook_url=https://a.example/x",
                {}, as_admin),
    409, "conflict"));
}

TEST(TelegramIntake, TakesUpdatesByWebhook) {
  telegram_world world;
  const auto before = ignored_at_first(world, world.bot);
  world.telegram.post_update(world.bot, unknown_update());
  EXPECT_EQ(ignored_since(world, world.bot, before), 1);
  const auto calls = world.telegram.calls("setWebhook");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].args.at("secret_token"), telegram_world::webhook_secret);
  EXPECT_TRUE(calls[0].args.contains("allowed_updates"));
}

TEST(TelegramIntake, TellsTelegramWhatTheBotsCanDo) {
  telegram_world world;
  EXPECT_TRUE(world.telegram.wait_until(
    [&] { return !world.telegram.calls("setMyCommands").empty(); }, patience));
  EXPECT_TRUE(eventually([&] {
    return world.server().metric("switchboard_telegram_up{bot=\""
                                 + std::to_string(world.bot.id) + "\"}")
           == 1;
  }));
}

TEST(TelegramIntake, RefusesCallsWithoutTheSecret) {
  telegram_world world;
  const std::string path = "/api/telegram/webhook";
  auto wrong = json_type;
  wrong.emplace_back("X-Telegram-Bot-Api-Secret-Token", "wrong");
  EXPECT_TRUE(is_error(world.server().post(path, poison), 401, "unauthorized"));
  EXPECT_TRUE(
    is_error(world.server().post(path, poison, wrong), 401, "unauthorized"));
  EXPECT_EQ(world.deliver(R"({"update_id":1,"poll":{}})").status, 200);
}

TEST(TelegramIntake, RefusesABodyThatNoUpdateHas) {
  telegram_world world;
  const unjudged_answers any;
  EXPECT_EQ(world.deliver(std::string((1U << 20U) + 1, 'x')).status, 413);
}

TEST(TelegramIntake, ParksPoisonWherePeopleSeeIt) {
  telegram_world world;
  const auto reply = world.deliver(poison);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"ok":true})");
  EXPECT_EQ(world.deliver(poison).status, 200);
  const auto letters = world.dead_letters(1);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(text_at(letters[0], "/lane"),
            "telegram-in:" + std::to_string(world.bot.id));
  EXPECT_EQ(text_at(letters[0], "/kind"), "telegram.update");
  EXPECT_EQ(text_at(letters[0], "/payload"), poison);
  EXPECT_TRUE(letters[0].at("ticket_id").is_null());
  EXPECT_TRUE(text_at(letters[0], "/reason").starts_with("cannot be read: "));
  EXPECT_EQ(taken(world, world.bot, "parked"), 1);
  EXPECT_EQ(taken(world, world.bot, "repeated"), 1);
}

TEST(TelegramIntake, TakesAnUpdateOnceHoweverOftenItComes) {
  telegram_world world;
  const auto id = world.telegram.post_update(
    world.bot, {{"message", {{"message_id", "x"}}}});
  EXPECT_TRUE(world.is_settled());
  for (int i = 0; i < 3; ++i)
    world.telegram.repeat_update(world.bot, id);
  EXPECT_TRUE(
    eventually([&] { return taken(world, world.bot, "repeated") == 3; }));
  EXPECT_EQ(taken(world, world.bot, "parked"), 1);
  EXPECT_EQ(world.dead_letters(1).size(), 1U);
}

TEST(TelegramIntake, HandlesAParkedUpdateAgainWhenItIsReplayed) {
  telegram_world world;
  world.deliver(poison);
  const auto first = world.dead_letters(1);
  ASSERT_EQ(first.size(), 1U);
  const auto id = text_at(first[0], "/id");
  EXPECT_EQ(world.server()
              .post("/api/v1/dead-letters/" + id + "/replay", {}, as_admin)
              .status,
            202);
  // It is as poisonous as before, and one attempt older.
  EXPECT_TRUE(eventually([&] {
    const auto page
      = parsed(world.server().get("/api/v1/dead-letters", as_admin));
    const auto& data = page.at("data").as_array();
    return data.size() == 1 && data[0].at("attempts").as_array().size() == 2;
  }));
}

TEST(TelegramIntake, RemembersAfterACrashWhatItParked) {
  telegram_world world;
  world.deliver(poison);
  world.dead_letters(1);
  world.restart_after_kill();
  EXPECT_EQ(world.deliver(poison).status, 200);
  EXPECT_EQ(taken(world, world.bot, "repeated"), 1);
  world.dead_letters(1);
}

TEST(TelegramIntake, ServesTwoBots) {
  telegram_world world{{.has_second_bot = true}};
  const auto desk = ignored_at_first(world, world.bot);
  const auto executors = ignored_at_first(world, world.executor_bot);
  world.telegram.post_update(world.executor_bot, unknown_update());
  EXPECT_EQ(ignored_since(world, world.executor_bot, executors), 1);
  EXPECT_EQ(ignored_since(world, world.bot, desk), 0);
  EXPECT_EQ(
    world.telegram.webhook(world.executor_bot),
    world.server().process().url() + "/functions/v1/executor-ticket-webhook");
}

TEST(TelegramIntake, PassesOnWhyTelegramRefusesAWebhook) {
  telegram_world world;
  world.telegram.fail(
    telegram_fault::refuse(400, "Bad Request: bad webhook: no")
      .on("setWebhook"));
  const auto reply = world.server().post(
    "/api/setup/telegram-webhook?webhook_url=https://a.example/x", {},
    as_admin);
  EXPECT_TRUE(is_error(reply, 502, "telegram_failed"));
  EXPECT_NE(reply.body.find("bad webhook: no"), std::string::npos);
}

TEST(TelegramIntake, SetsTheConfiguredWebhookAtTheStartUntilItSucceeds) {
  const std::string url = "http://127.0.0.1:9/x";
  telegram_world world{{.more = {{"SWITCHBOARD_TELEGRAM_WEBHOOK_URL", url}}}};
  world.telegram.fail(
    telegram_fault::of(telegram_fault::kind::html, 502).on("setWebhook"));
  world.server().restart();
  EXPECT_TRUE(world.telegram.wait_until(
    [&] { return world.telegram.webhook(world.bot) == url; }, patience));
  EXPECT_EQ(world.telegram.calls("setWebhook").back().args.at("secret_token"),
            telegram_world::webhook_secret);
}

TEST(TelegramIntake, BecomesReadyWhenTelegramIsDown) {
  telegram_world world;
  world.telegram.fail(telegram_fault::of(telegram_fault::kind::html, 502)
                        .on("getMe")
                        .repeated(2));
  world.server().restart();
  EXPECT_EQ(world.server().get("/readyz").status, 200);
  EXPECT_TRUE(
    world.server().process().wait_for_log("is @support_bot", patience));
}

TEST(TelegramPolling, FetchesUpdates) {
  telegram_world world{{.is_polling = true}};
  const auto before = ignored_at_first(world, world.bot);
  for (int i = 0; i < 150; ++i)
    world.telegram.post_update(world.bot, unknown_update());
  EXPECT_EQ(ignored_since(world, world.bot, before), 150);
  EXPECT_EQ(world.calls("deleteWebhook"), 1U);
}

TEST(TelegramPolling, GoesOnAfterErrors) {
  telegram_world world{{.is_polling = true}};
  world.telegram.fail(
    telegram_fault::refuse(409,
                           "Conflict: terminated by other getUpdates "
                           "request; make sure that only one bot instance "
                           "is running")
      .on("getUpdates"));
  world.telegram.fail(
    telegram_fault::of(telegram_fault::kind::html, 502).on("getUpdates"));
  world.telegram.post_update(world.bot, unknown_update());
  EXPECT_TRUE(world.is_settled());
  world.telegram.post_update(world.bot, unknown_update());
  EXPECT_TRUE(world.is_settled());
  EXPECT_TRUE(
    world.server().process().wait_for_log("only one bot instance", patience));
}

TEST(TelegramPolling, ParksPoisonAndGoesOn) {
  telegram_world world{{.is_polling = true}};
  world.telegram.post_update(world.bot, {{"message", {{"message_id", "x"}}}});
  world.telegram.post_update(world.bot, unknown_update());
  EXPECT_TRUE(world.is_settled());
  EXPECT_EQ(world.dead_letters(1).size(), 1U);
}

TEST(TelegramPolling, EndsAtOnceAndBeginsWhereItEnded) {
  telegram_world world{{.is_polling = true}};
  world.telegram.post_update(world.bot, unknown_update());
  EXPECT_TRUE(world.is_settled());
  // A poll hangs for 50 seconds; the end must not wait for it.
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(world.server().process().terminate(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds{10});
  world.telegram.post_update(world.bot, unknown_update());
  world.server().process().start();
  EXPECT_TRUE(world.is_settled());
}

TEST(TelegramPolling, RefusesToSetAWebhook) {
  telegram_world world{{.is_polling = true}};
  EXPECT_TRUE(
    is_error(world.server().post(
               "/api/setup/telegram-webhook?webhook_url=https://a.example/x",
               {}, as_admin),
             409, "conflict"));
}

} // namespace
} // namespace switchboard::test
