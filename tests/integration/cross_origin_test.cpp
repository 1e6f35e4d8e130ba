// What pages of other websites may call on the real server.
#include "tests/integration/visitor_client.hpp"

#include <boost/beast/http/verb.hpp>

#include <string>

namespace switchboard::test {
namespace {

constexpr const char* shop = "https://shop.example";

class CrossOrigin : public rest_test<CrossOrigin> {
public:
  static settings make_settings() {
    return {{"SWITCHBOARD_HTTP_ALLOWED_ORIGINS",
             "https://Shop.example:443, http://localhost:3000"},
            {"SWITCHBOARD_LIMITS_SESSION_MESSAGES", "1"}};
  }

protected:
  static http_reply ask_first(const std::string& target, const char* method,
                              const char* origin = shop) {
    const unjudged_answers preflights_are_not_described;
    return support::call(server().port(), verb::options, target,
                         {{"Origin", origin},
                          {"Access-Control-Request-Method", method},
                          {"Access-Control-Request-Headers", "authorization"}});
  }
  static std::string allowed(const http_reply& reply) {
    return reply.header("Access-Control-Allow-Origin");
  }
};

TEST_F(CrossOrigin, AWidgetMayDoAllThatAVisitorDoes) {
  const std::string session
    = "/api/session/01890000-0000-7000-8000-000000000000";
  const std::vector<std::pair<std::string, std::string>> calls{
    {"/api/session", "POST"},
    {session, "PATCH"},
    {session + "/messages", "POST"},
    {session + "/attachments", "POST"},
    {session + "/stream", "GET"},
    {"/api/categories", "GET"},
    {"/api/tickets/1/close", "POST"},
    {"/api/v1/attachments/01890000-0000-7000-8000-000000000000", "GET"}};
  for (const auto& [target, method] : calls) {
    const auto reply = ask_first(target, method.c_str());
    EXPECT_EQ(reply.status, 204) << target;
    EXPECT_EQ(allowed(reply), shop) << target;
    EXPECT_NE(reply.header("Access-Control-Allow-Methods").find(method),
              std::string::npos)
      << target;
  }
}

TEST_F(CrossOrigin, NothingElseIsOpen) {
  for (const auto* target : {"/api/ticket", "/api/v1/tickets", "/metrics",
                             "/api/v1/api-keys", "/api/telegram/webhook"})
    EXPECT_NE(ask_first(target, "POST").status, 204) << target;
  EXPECT_EQ(ask_first("/api/session", "POST", "https://evil.example").status,
            405);
  EXPECT_EQ(allowed(server().get("/healthz", {{"Origin", shop}})), "");
}

TEST_F(CrossOrigin, AnswersAndRefusalsCanBeRead) {
  const header_list from_shop{{"Origin", shop}};
  const auto made
    = server().post("/api/session", "{}", joined(json_type, from_shop));
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(allowed(made), shop);
  EXPECT_EQ(made.header("Vary"), "Origin");
  const auto path = "/api/session/" + text_at(parsed(made), "/session_id");
  EXPECT_EQ(server().get(path, from_shop).status, 401);
  EXPECT_EQ(allowed(server().get(path, from_shop)), shop);
  const auto headers
    = joined(joined(as_key(text_at(parsed(made), "/access_token")), json_type),
             from_shop);
  for (const auto status : {201, 429}) {
    const auto sent
      = server().post(path + "/messages", R"({"body":"Hi"})", headers);
    EXPECT_EQ(sent.status, status) << sent.body;
    EXPECT_EQ(allowed(sent), shop);
    EXPECT_NE(sent.header("Access-Control-Expose-Headers").find("Retry-After"),
              std::string::npos);
  }
}

} // namespace
} // namespace switchboard::test
