#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <set>

namespace switchboard::test {
namespace {

class WebsiteInbound : public shared_server_test<WebsiteInbound> {};

TEST_F(WebsiteInbound, AddsTheManagersReply) {
  const auto made = server().create_ticket();
  auto body = inbound_body(made.ref, "We'll investigate immediately.");
  body["externalId"] = "SM-manager-reply";
  body["mediaUrl"] = "https://media.example.com/a.jpg?x=1";
  const auto reply = server().inbound(body);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"ok":true})");
  const auto thread = server().thread(made.ref);
  ASSERT_EQ(thread.at("messages").as_array().size(), 2U);
  const auto& message = thread.at("messages").at(1);
  EXPECT_EQ(text_at(message, "/sender"), "manager");
  EXPECT_EQ(text_at(message, "/channel"), "whatsapp");
  EXPECT_EQ(text_at(message, "/body"), "We'll investigate immediately.");
  EXPECT_EQ(text_at(message, "/mediaUrl"),
            "https://media.example.com/a.jpg?x=1");
}

TEST_F(WebsiteInbound, JudgesTheSenderByTheNumber) {
  const auto made = server().create_ticket();
  struct row {
    const char* from;
    const char* sender;
  };
  const std::vector<row> rows{{manager_phone, "manager"},
                              {"whatsapp:+91 96557 16000", "manager"},
                              {customer_phone, "customer"},
                              {"+1 (202) 555-0123", "customer"}};
  for (const auto& r : rows) {
    auto body = inbound_body(made.ref, r.from);
    body["from"] = r.from;
    ASSERT_EQ(server().inbound(body).status, 200) << r.from;
  }
  const auto thread = server().thread(made.ref);
  ASSERT_EQ(thread.at("messages").as_array().size(), rows.size() + 1);
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(text_at(thread.at("messages").at(i + 1), "/sender"),
              rows[i].sender)
      << rows[i].from;
}

TEST_F(WebsiteInbound, RefusesNumbersThatHaveNoPartInTheTicket) {
  auto other = ticket_body();
  other["customerPhone"] = "+4915112345678";
  server().create_ticket(other);
  const auto made = server().create_ticket();
  for (const std::string from : {"+4915112345678", "+19995550000"}) {
    auto body = inbound_body(made.ref, "It is me");
    body["from"] = from;
    EXPECT_TRUE(is_error(server().inbound(body), 403, "forbidden")) << from;
  }
  EXPECT_EQ(server().bodies(made.ref).size(), 1U);
}

TEST_F(WebsiteInbound, NeedsItsKeyExactlyOnce) {
  const auto made = server().create_ticket();
  const auto body = inbound_body(made.ref, "hello");
  const std::string key{inbound_key};
  const std::vector<header_list> refused{
    {},
    {{"x-api-key", ""}},
    {{"x-api-key", "wrong-key-of-the-tests"}},
    {{"x-api-key", key + "x"}},
    {{"x-api-key", key.substr(1)}},
    {{"x-api-key", admin_key}},
    {{"x-api-key", key}, {"x-api-key", key}},
    {{"x-api-key", key}, {"X-API-Key", "wrong-key-of-the-tests"}},
    {{"x-api-key", key}, {"Authorization", "Bearer " + key}},
    {{"Authorization", key}},
    {{"Authorization", "Basic " + key}},
    {{"Cookie", "x-api-key=" + key}},
  };
  for (const auto& headers : refused) {
    const auto reply = server().inbound(body, joined(json_type, headers));
    EXPECT_TRUE(is_error(reply, 401, "unauthorized"));
    EXPECT_FALSE(reply.header("WWW-Authenticate").empty());
    EXPECT_EQ(reply.body.find(key), std::string::npos);
  }
  for (const auto& headers : {header_list{{"X-Api-Key", key}},
                              header_list{{"authorization", "bearer " + key}}})
    EXPECT_EQ(server().inbound(body, joined(json_type, headers)).status, 200);
  EXPECT_EQ(server().bodies(made.ref).size(), 3U);
}

TEST_F(WebsiteInbound, JudgesTheKeyBeforeAnythingElse) {
  EXPECT_TRUE(is_error(server().post("/api/ticket/inbound", "{", {}), 401,
                       "unauthorized"));
}

TEST_F(WebsiteInbound, KnowsNoTicketThatIsNotThere) {
  EXPECT_TRUE(
    is_error(server().inbound(inbound_body("T-20260131-ZZZZZZZZ", "hello")),
             404, "not_found"));
}

TEST_F(WebsiteInbound, ForgivesHowTheRefIsWritten) {
  const auto made = server().create_ticket();
  auto lower = made.ref;
  lower[0] = 't';
  EXPECT_EQ(server().inbound(inbound_body(" " + lower + " ", "hi")).status,
            200);
  EXPECT_EQ(server().bodies(made.ref).size(), 2U);
}

TEST_F(WebsiteInbound, ReportsAllWrongFieldsAtOnce) {
  const json::object body{{"ticketRef", "17"},
                          {"from", "me"},
                          {"channel", "pigeon"},
                          {"externalId", json::string(201, 'x')},
                          {"mediaUrl", "javascript:alert(1)"}};
  const auto reply = server().inbound(body);
  EXPECT_TRUE(is_error(reply, 400, "validation_failed"));
  const std::vector<std::string> wrong{"channel",  "externalId", "from",
                                       "mediaUrl", "message",    "ticketRef"};
  // A photo may come without words, so "message" is wrong only beside no photo.
  auto expected = wrong;
  std::erase(expected, "message");
  EXPECT_EQ(wrong_fields(reply), expected);
  const auto empty = server().inbound({});
  const std::vector<std::string> required{"channel", "from", "message",
                                          "ticketRef"};
  EXPECT_EQ(wrong_fields(empty), required);
}

TEST_F(WebsiteInbound, RefusesWhatNoFieldMayBe) {
  const auto made = server().create_ticket();
  struct row {
    const char* field;
    json::value value;
  };
  const std::vector<row> rows{
    {"ticketRef", 7},
    {"ticketRef", made.id.c_str()},
    {"message", json::string(10'001, 'm')},
    {"message", json::array{}},
    {"message", "  "},
    {"from", "+12"},
    {"from", nullptr},
    {"channel", ""},
    {"channel", "fax"},
    {"externalId", 12345},
    {"externalId", "two\nlines"},
    {"mediaUrl", "ftp://example.com/a"},
    {"mediaUrl", "https://"},
    {"mediaUrl", "https://exa mple.com/a"},
    {"mediaUrl", json::string{"https://example.com/"}.append(2'000, 'a')},
  };
  for (const auto& r : rows) {
    auto body = inbound_body(made.ref, "hello");
    body[r.field] = r.value;
    const auto reply = server().inbound(body);
    EXPECT_TRUE(is_error(reply, 400, "validation_failed"))
      << r.field << " = " << json::serialize(r.value);
    EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{r.field});
  }
  EXPECT_EQ(server().bodies(made.ref).size(), 1U);
}

TEST_F(WebsiteInbound, TakesAPhotoWithoutWords) {
  const auto made = server().create_ticket();
  auto body = inbound_body(made.ref, "");
  body["mediaUrl"] = "https://media.example.com/photo";
  EXPECT_EQ(server().inbound(body).status, 200);
  EXPECT_EQ(text_at(server().thread(made.ref), "/messages/1/mediaUrl"),
            "https://media.example.com/photo");
}

TEST_F(WebsiteInbound, AddsTheSameExternalIdOnce) {
  const auto made = server().create_ticket();
  auto body = inbound_body(made.ref, "first");
  body["externalId"] = "SM-once";
  EXPECT_EQ(server().inbound(body).status, 200);
  body["message"] = "a repetition, with other words";
  const auto again = server().inbound(body);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, R"({"ok":true})");
  EXPECT_EQ(server().bodies(made.ref).size(), 2U);
  EXPECT_EQ(server().bodies(made.ref).back(), "first");
}

TEST_F(WebsiteInbound, AddsMessagesWithoutExternalIdEachTime) {
  const auto made = server().create_ticket();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(server().inbound(inbound_body(made.ref, "same words")).status,
              200);
  EXPECT_EQ(server().bodies(made.ref).size(), 4U);
}

TEST_F(WebsiteInbound, AddsOneExternalIdOnceThoughManySendItAtOnce) {
  const auto made = server().create_ticket();
  std::atomic<int> good = 0;
  in_parallel(8, [&](std::size_t) {
    for (int i = 0; i < 5; ++i) {
      auto body = inbound_body(made.ref, "message " + std::to_string(i));
      body["externalId"] = "SM-many-" + std::to_string(i);
      good += server().inbound(body).status == 200 ? 1 : 0;
    }
  });
  EXPECT_EQ(good, 40);
  const auto bodies = server().bodies(made.ref);
  const std::set<std::string> once{bodies.begin(), bodies.end()};
  EXPECT_EQ(bodies.size(), 6U);
  EXPECT_EQ(once.size(), 6U);
}

TEST_F(WebsiteInbound, LosesNothingWhenManyWriteToOneTicket) {
  const auto made = server().create_ticket();
  in_parallel(8, [&](std::size_t writer) {
    for (int i = 0; i < 10; ++i) {
      const auto words = std::to_string(writer) + "/" + std::to_string(i);
      EXPECT_EQ(server().inbound(inbound_body(made.ref, words)).status, 200);
    }
  });
  const auto bodies = server().bodies(made.ref);
  ASSERT_EQ(bodies.size(), 81U);
  // Each writer's messages stand in the order in which they were acknowledged.
  for (int writer = 0; writer < 8; ++writer) {
    auto from = bodies.begin();
    for (int i = 0; i < 10; ++i) {
      from = std::find(from, bodies.end(),
                       std::to_string(writer) + "/" + std::to_string(i));
      ASSERT_NE(from, bodies.end()) << writer << "/" << i;
    }
  }
}

TEST(WebsiteInboundRestart, RemembersExternalIds) {
  test_server server;
  const auto made = server.create_ticket();
  auto body = inbound_body(made.ref, "first");
  body["externalId"] = "SM-restart";
  EXPECT_EQ(server.inbound(body).status, 200);
  server.restart();
  EXPECT_EQ(server.inbound(body).status, 200);
  server.restart_after_kill();
  EXPECT_EQ(server.inbound(body).status, 200);
  EXPECT_EQ(server.bodies(made.ref).size(), 2U);
}

} // namespace
} // namespace switchboard::test
