#include "api/telegram/intake_routes.hpp"
#include "tests/unit/api_fake_request.hpp"
#include "tests/unit/api_telegram_fixture.hpp"

namespace switchboard::api::telegram {
namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

constexpr const char* desk_path = "/api/telegram/webhook";
constexpr const char* executor_path = "/functions/v1/executor-ticket-webhook";
const header_list with_secret{
  {"X-Telegram-Bot-Api-Secret-Token", "desk-secret"}};
const header_list with_executor_secret{
  {"X-Telegram-Bot-Api-Secret-Token", "executor-secret"}};
const header_list as_admin{{"X-API-Key", "admin-key"}};

class IntakeRoutes : public intake_test {
protected:
  intake_route_options options() {
    intake_route_options out;
    out.desk = webhook_bot{bot, "desk-secret"};
    out.executor = webhook_bot{wire::bot_number{8}, "executor-secret"};
    out.failures_per_minute = 0;
    out.set_webhook
      = [this](wire::bot_number to,
               std::string url) -> asio::awaitable<wire::api_answer> {
      asked.push_back(to_string(to) + " " + url);
      co_return telegram_says;
    };
    return out;
  }

  void serve(intake_route_options options) {
    admin.emplace("admin-key");
    door.emplace(
      journal, *admin, [] { return domain::timestamp{1000h}; },
      gate_options{0, 0});
    routes.emplace(updates, std::move(options));
    router.emplace();
    routes->add_to(*router, *door);
  }
  void SetUp() override {
    telegram_says.meaning = wire::answer_class::done;
    serve(options());
  }

  net::response post(const std::string& path, const std::string& body,
                     const header_list& headers) {
    fake_request req;
    req.method = boost::beast::http::verb::post;
    req.path = path;
    const auto question = req.path.find('?');
    if (question != std::string_view::npos) {
      req.query = req.path.substr(question + 1);
      req.path = req.path.substr(0, question);
    }
    req.body = body;
    req.headers = headers;
    const auto match = router->find(req.method, req.path, req.params);
    if (match.found == nullptr)
      return {404, {}};
    return outcome(
      asio::co_spawn(executor, match.found->async(req), asio::use_future));
  }

  std::optional<secret> admin;
  std::optional<gate> door;
  std::optional<intake_routes> routes;
  std::optional<net::router> router;
  std::vector<std::string> asked;
  wire::api_answer telegram_says;
};

TEST_F(IntakeRoutes, TakeUpdatesWithTheSecretOfTheirBotAlone) {
  const auto update = text_update(1, 100, "hello");
  EXPECT_EQ(post(desk_path, update, {}).status, 401U);
  EXPECT_EQ(post(desk_path, update, with_executor_secret).status, 401U);
  EXPECT_EQ(
    post(desk_path, update, {{"X-Telegram-Bot-Api-Secret-Token", ""}}).status,
    401U);
  auto twice = with_secret;
  twice.push_back(with_secret.front());
  EXPECT_EQ(post(desk_path, update, twice).status, 401U);
  EXPECT_TRUE(handler.begun().empty());
  const auto taken = post(desk_path, update, with_secret);
  EXPECT_EQ(taken.status, 200U);
  EXPECT_EQ(taken.body, R"({"ok":true})");
  EXPECT_EQ(handler.begun().size(), 1U);
}

TEST_F(IntakeRoutes, KnowWhichBotCalls) {
  fake_handler other{journal};
  updates.add(wire::bot_number{8}, other);
  EXPECT_EQ(
    post(executor_path, text_update(1, 100, "hi"), with_executor_secret).status,
    200U);
  EXPECT_EQ(other.begun().size(), 1U);
  EXPECT_TRUE(handler.begun().empty());
}

TEST_F(IntakeRoutes, AcknowledgePoison) {
  EXPECT_EQ(post(desk_path, "{", with_secret).status, 200U);
  EXPECT_EQ(post(desk_path, text_update(1, 100, "throw"), with_secret).status,
            200U);
  EXPECT_EQ(parked().size(), 2U);
}

TEST_F(IntakeRoutes, AskForARepetitionOfWhatCouldNotBeStored) {
  const auto answer
    = post(desk_path, text_update(1, 100, "no room"), with_secret);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.headers, (header_list{{"Retry-After", "1"}}));
}

TEST_F(IntakeRoutes, TakeNothingWithoutABot) {
  serve({});
  EXPECT_EQ(post(desk_path, "{}", with_secret).status, 401U);
  EXPECT_EQ(post(desk_path, "{}", {}).status, 401U);
}

TEST_F(IntakeRoutes, LimitGuessesAndNothingElse) {
  auto limited = options();
  limited.failures_per_minute = 2;
  serve(std::move(limited));
  EXPECT_EQ(post(desk_path, "{", {}).status, 401U);
  EXPECT_EQ(post(desk_path, "{", {}).status, 401U);
  EXPECT_EQ(post(desk_path, "{", {}).status, 429U);
  EXPECT_EQ(post(desk_path, "{", with_secret).status, 200U);
}

constexpr const char* setup = "/api/setup/telegram-webhook";
constexpr const char* good_url
  = "?webhook_url=https%3A%2F%2Fsupport.example.com%2Fapi";

TEST_F(IntakeRoutes, SetTheWebhookForTheAdmin) {
  const auto path = std::string{setup} + good_url;
  EXPECT_EQ(post(path, {}, {}).status, 401U);
  const auto done = post(path, {}, as_admin);
  EXPECT_EQ(done.status, 200U);
  EXPECT_EQ(done.body, R"({"ok":true,"webhook_url":)"
                       R"("https://support.example.com/api","bot":"desk"})");
  post(path + "&bot=executor", {}, as_admin);
  EXPECT_EQ(asked,
            (std::vector<std::string>{"7 https://support.example.com/api",
                                      "8 https://support.example.com/api"}));
}

TEST_F(IntakeRoutes, RefuseAddressesThatTelegramCannotCall) {
  for (const auto* query :
       {"", "?webhook_url=", "?webhook_url=x", "?webhook_url=ftp://a/b",
        "?webhook_url=http://example.com/x",
        "?webhook_url=https://u:p@example.com/x",
        "?webhook_url=https://example.com/x&bot=other"})
    EXPECT_EQ(post(std::string{setup} + query, {}, as_admin).status, 400U)
      << query;
  EXPECT_TRUE(asked.empty());
  auto local = options();
  local.https_only = false;
  serve(std::move(local));
  EXPECT_EQ(
    post(std::string{setup} + "?webhook_url=http://127.0.0.1:1/x", {}, as_admin)
      .status,
    200U);
}

TEST_F(IntakeRoutes, PassOnWhatTelegramSays) {
  telegram_says.meaning = wire::answer_class::bad_request;
  telegram_says.description = "Bad Request: bad webhook";
  const auto answer = post(std::string{setup} + good_url, {}, as_admin);
  EXPECT_EQ(answer.status, 502U);
  EXPECT_NE(answer.body.find("bad webhook"), std::string::npos) << answer.body;
}

TEST_F(IntakeRoutes, SetNoWebhookWhereNoneIsUsed) {
  serve({});
  EXPECT_EQ(post(std::string{setup} + good_url, {}, as_admin).status, 409U);
  auto polling = options();
  polling.is_polling = true;
  serve(std::move(polling));
  EXPECT_EQ(post(std::string{setup} + good_url, {}, as_admin).status, 409U);
}

} // namespace
} // namespace switchboard::api::telegram
