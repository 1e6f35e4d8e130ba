#include "tests/integration/server_fixture.hpp"

#include <algorithm>
#include <cctype>
#include <regex>

namespace switchboard::test {
namespace {

class WebsiteRead : public shared_server_test<WebsiteRead> {};

const std::regex time_form{
  "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
  "\\.[0-9]{3}Z"};

TEST_F(WebsiteRead, ShowsTheTicketAndItsFirstMessage) {
  const auto made = server().create_ticket();
  const auto thread = server().thread(made.ref);
  const std::vector<std::string> outer{"ok", "ticket", "messages"};
  EXPECT_EQ(keys_of(thread), outer);
  EXPECT_EQ(thread.at("ok"), true);
  const auto& ticket = thread.at("ticket");
  const std::vector<std::string> ticket_keys{
    "id",           "ticketRef",     "subject",       "status",
    "customerName", "customerPhone", "customerEmail", "priority",
    "createdAt",    "updatedAt"};
  EXPECT_EQ(keys_of(ticket), ticket_keys);
  EXPECT_EQ(text_at(ticket, "/id"), made.id);
  EXPECT_EQ(text_at(ticket, "/ticketRef"), made.ref);
  EXPECT_EQ(text_at(ticket, "/subject"), "Product Quality Issue");
  EXPECT_EQ(text_at(ticket, "/status"), "open");
  EXPECT_EQ(text_at(ticket, "/customerName"), "John Doe");
  EXPECT_EQ(text_at(ticket, "/customerPhone"), customer_phone);
  EXPECT_EQ(text_at(ticket, "/customerEmail"), "john@example.com");
  EXPECT_EQ(text_at(ticket, "/priority"), "high");
  ASSERT_EQ(thread.at("messages").as_array().size(), 1U);
  const auto& message = thread.at("messages").at(0);
  const std::vector<std::string> message_keys{"id",   "sender",   "channel",
                                              "body", "mediaUrl", "createdAt"};
  EXPECT_EQ(keys_of(message), message_keys);
  EXPECT_EQ(text_at(message, "/sender"), "customer");
  EXPECT_EQ(text_at(message, "/channel"), "web");
  EXPECT_EQ(text_at(message, "/body"),
            "I received damaged bottles in my last order.");
  EXPECT_TRUE(message.at("mediaUrl").is_null());
  EXPECT_NE(text_at(message, "/id"), made.id);
}

TEST_F(WebsiteRead, TellsTimesInUtcWithMilliseconds) {
  const auto made = server().create_ticket();
  const auto before = server().thread(made.ref);
  for (const auto* pointer :
       {"/ticket/createdAt", "/ticket/updatedAt", "/messages/0/createdAt"})
    EXPECT_TRUE(std::regex_match(text_at(before, pointer), time_form))
      << text_at(before, pointer);
  EXPECT_EQ(text_at(before, "/ticket/createdAt"),
            text_at(before, "/messages/0/createdAt"));
  ASSERT_EQ(server().inbound(inbound_body(made.ref, "Sorry!")).status, 200);
  const auto after = server().thread(made.ref);
  EXPECT_EQ(text_at(after, "/ticket/createdAt"),
            text_at(before, "/ticket/createdAt"));
  EXPECT_EQ(text_at(after, "/ticket/updatedAt"),
            text_at(after, "/messages/1/createdAt"));
  EXPECT_GE(text_at(after, "/ticket/updatedAt"),
            text_at(before, "/ticket/updatedAt"));
}

TEST_F(WebsiteRead, ForgivesHowARefIsWritten) {
  const auto made = server().create_ticket();
  auto lower = made.ref;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  // On the telephone, 0 is O and 1 is I or L.
  auto misread = made.ref;
  for (std::size_t i = 11; i < misread.size(); ++i)
    misread[i] = misread[i] == '0' ? 'o' : misread[i] == '1' ? 'l' : misread[i];
  auto escaped = made.ref;
  escaped.replace(0, 1, "%54");
  for (const auto& spelling : {lower, misread, escaped})
    EXPECT_EQ(text_at(server().thread(spelling), "/ticket/id"), made.id)
      << spelling;
}

TEST_F(WebsiteRead, AcceptsTheRefAlone) {
  const auto made = server().create_ticket();
  for (const auto& other : {made.id, std::string{"1"}, std::string{"%231"}})
    EXPECT_TRUE(
      is_error(server().get("/api/ticket/" + other), 404, "not_found"))
      << other;
}

TEST_F(WebsiteRead, KnowsNothingOfOtherRefs) {
  for (const std::string ref :
       {"T-20260131-ZZZZZZZZ", "T-20260131-ZZZZ", "T-20261331-ZZZZZZZZ",
        "T-20260131-UUUUUUUU", "x", "T-", "..", "%2e%2e%2fsecrets", "a%2Fb",
        "T-20260131-%C3%BC%C3%BC%C3%BC%C3%BC"})
    EXPECT_TRUE(is_error(server().get("/api/ticket/" + ref), 404, "not_found"))
      << ref;
  EXPECT_TRUE(is_error(server().get("/api/ticket/" + std::string(3000, 'T')),
                       404, "not_found"));
}

TEST_F(WebsiteRead, PassesOverAQuery) {
  const auto made = server().create_ticket();
  EXPECT_EQ(server().get("/api/ticket/" + made.ref + "?lang=de&x=%zz").status,
            200);
}

TEST_F(WebsiteRead, HasTheConversationInItsOrder) {
  const auto made = server().create_ticket();
  std::vector<std::string> said{"I received damaged bottles in my last order."};
  for (int i = 0; i < 25; ++i) {
    said.push_back("line " + std::to_string(i));
    auto body = inbound_body(made.ref, said.back());
    if (i % 2 == 0)
      body["from"] = customer_phone;
    ASSERT_EQ(server().inbound(body).status, 200);
  }
  EXPECT_EQ(server().bodies(made.ref), said);
}

TEST_F(WebsiteRead, IsNotCachedAsSomethingElse) {
  const auto made = server().create_ticket();
  const auto reply = server().get("/api/ticket/" + made.ref);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(reply.header("Content-Length"), std::to_string(reply.body.size()));
}

} // namespace
} // namespace switchboard::test
