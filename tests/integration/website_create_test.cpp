#include "tests/integration/server_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <regex>
#include <set>

namespace switchboard::test {
namespace {

class WebsiteCreate : public shared_server_test<WebsiteCreate> {
public:
  static settings make_settings() {
    return {{"BASE_URL", "https://support.example.com/desk"}};
  }
};

const std::regex uuid7_form{
  "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-"
  "[89ab][0-9a-f]{3}-[0-9a-f]{12}"};
const std::regex ref_form{"T-[0-9]{8}-[0-9ABCDEFGHJKMNPQRSTVWXYZ]{8}"};

TEST_F(WebsiteCreate, AnswersWithTheNamesOfTheTicket) {
  const auto reply = server().create(ticket_body());
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  const auto body = parsed(reply);
  const std::vector<std::string> keys{"ok", "ticketRef", "ticketId",
                                      "ticketUrl"};
  EXPECT_EQ(keys_of(body), keys);
  EXPECT_EQ(body.at("ok"), true);
  const auto ref = text_at(body, "/ticketRef");
  EXPECT_TRUE(std::regex_match(ref, ref_form)) << ref;
  EXPECT_TRUE(std::regex_match(text_at(body, "/ticketId"), uuid7_form))
    << reply.body;
  EXPECT_EQ(text_at(body, "/ticketUrl"),
            "https://support.example.com/desk/api/ticket/" + ref);
}

TEST_F(WebsiteCreate, GivesEveryTicketItsOwnNames) {
  std::set<std::string> refs;
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const auto made = server().create_ticket();
    refs.insert(made.ref);
    ids.insert(made.id);
  }
  EXPECT_EQ(refs.size(), 20U);
  EXPECT_EQ(ids.size(), 20U);
}

TEST_F(WebsiteCreate, TakesMediumWhenNoPriorityIsGiven) {
  for (const auto& absent : {json::value(nullptr), json::value("")}) {
    auto body = ticket_body();
    body["priority"] = absent;
    const auto made = server().create_ticket(body);
    EXPECT_EQ(text_at(server().thread(made.ref), "/ticket/priority"), "medium");
  }
  auto body = ticket_body();
  body.erase("priority");
  const auto made = server().create_ticket(body);
  EXPECT_EQ(text_at(server().thread(made.ref), "/ticket/priority"), "medium");
}

TEST_F(WebsiteCreate, KnowsFourPriorities) {
  for (const std::string word : {"low", "medium", "high", "urgent"}) {
    auto body = ticket_body();
    body["priority"] = word;
    const auto made = server().create_ticket(body);
    EXPECT_EQ(text_at(server().thread(made.ref), "/ticket/priority"), word);
  }
  auto body = ticket_body();
  body["priority"] = "critical";
  EXPECT_EQ(wrong_fields(server().create(body)),
            std::vector<std::string>{"priority"});
}

TEST_F(WebsiteCreate, NormalizesPhoneAndMailAddress) {
  auto body = ticket_body();
  body["customerPhone"] = " +1 (202) 555-01.23 ";
  body["customerEmail"] = " John.Doe@EXAMPLE.com ";
  body["customerName"] = "  John  ";
  const auto thread = server().thread(server().create_ticket(body).ref);
  EXPECT_EQ(text_at(thread, "/ticket/customerPhone"), "+12025550123");
  EXPECT_EQ(text_at(thread, "/ticket/customerEmail"), "John.Doe@example.com");
  EXPECT_EQ(text_at(thread, "/ticket/customerName"), "John");
}

TEST_F(WebsiteCreate, NeedsAPhoneOrAMailAddress) {
  for (const std::string kept : {"customerPhone", "customerEmail"}) {
    const std::string dropped
      = kept == "customerPhone" ? "customerEmail" : "customerPhone";
    auto body = ticket_body();
    body.erase(dropped);
    const auto thread = server().thread(server().create_ticket(body).ref);
    EXPECT_TRUE(thread.at("ticket").at(dropped).is_null());
    EXPECT_NE(text_at(thread, "/ticket/" + kept), "(none)");
  }
  auto body = ticket_body();
  body["customerPhone"] = nullptr;
  body["customerEmail"] = "";
  const auto reply = server().create(body);
  EXPECT_TRUE(is_error(reply, 400, "validation_failed"));
  const std::vector<std::string> both{"customerEmail", "customerPhone"};
  EXPECT_EQ(wrong_fields(reply), both);
}

TEST_F(WebsiteCreate, ReportsAllWrongFieldsAtOnce) {
  const json::object body{{"customerName", ""},
                          {"customerPhone", "12345"},
                          {"customerEmail", "nobody"},
                          {"subject", 17},
                          {"priority", "whenever"}};
  const auto reply = server().create(body);
  EXPECT_TRUE(is_error(reply, 400, "validation_failed"));
  const std::vector<std::string> all{"customerEmail", "customerName",
                                     "customerPhone", "message",
                                     "priority",      "subject"};
  EXPECT_EQ(wrong_fields(reply), all);
}

struct bad_field {
  const char* field;
  json::value value;
};

TEST_F(WebsiteCreate, RefusesWhatNoFieldMayBe) {
  const std::vector<bad_field> rows{
    {"customerName", "   "},
    {"customerName", "two\nlines"},
    {"customerName", json::string(201, 'x')},
    {"customerName", 42},
    {"customerName", json::array{"John"}},
    {"customerName", json::object{}},
    {"customerName", true},
    {"customerPhone", "020 555 0123"},
    {"customerPhone", "+0202555012"},
    {"customerPhone", "+1202555"},
    {"customerPhone", "+1202555012345678"},
    {"customerPhone", "+1 202 555 O123"},
    {"customerPhone", 12025550123},
    {"customerEmail", "john@example"},
    {"customerEmail", "john@@example.com"},
    {"customerEmail", "john doe@example.com"},
    {"customerEmail", "john@127.0.0.1"},
    {"customerEmail", json::string(65, 'a') += "@example.com"},
    {"customerEmail", (json::string{"a@"}.append(250, 'b') += ".com")},
    {"subject", nullptr},
    {"subject", json::string(301, 's')},
    {"subject", json::string("with\0NUL", 8)},
    {"message", "\t \n"},
    {"message", json::string(10'001, 'm')},
    {"message", json::string("\0", 1)},
    {"message", 1.5},
    {"priority", 1},
    {"priority", "HIGH!"},
  };
  for (const auto& row : rows) {
    auto body = ticket_body();
    body[row.field] = row.value;
    const auto reply = server().create(body);
    EXPECT_TRUE(is_error(reply, 400, "validation_failed"))
      << row.field << " = " << json::serialize(row.value);
    EXPECT_EQ(wrong_fields(reply), std::vector<std::string>{row.field})
      << json::serialize(row.value);
  }
}

TEST_F(WebsiteCreate, MeasuresLengthsInCharactersNotBytes) {
  auto body = ticket_body();
  std::string name;
  for (int i = 0; i < 200; ++i)
    name += "\xE0\xA4\x86"; // a letter of three bytes
  body["customerName"] = name;
  const auto made = server().create_ticket(body);
  EXPECT_EQ(text_at(server().thread(made.ref), "/ticket/customerName"), name);
  body["customerName"] = name + "x";
  EXPECT_EQ(wrong_fields(server().create(body)),
            std::vector<std::string>{"customerName"});
}

TEST_F(WebsiteCreate, KeepsTheWordsAsTheyWereWritten) {
  auto body = ticket_body();
  const std::string words
    = "\"Quotes\", back\\slash,\r\nlines\tand \xF0\x9F\x8D"
      "\xB7 \xE2\x80\xAE <script>&amp;\x7F \x01";
  body["message"] = words + ".";
  const auto made = server().create_ticket(body);
  EXPECT_EQ(server().bodies(made.ref), std::vector<std::string>{words + "."});
}

TEST_F(WebsiteCreate, TakesAMessageOfFullLength) {
  auto body = ticket_body();
  const std::string longest(10'000, 'm');
  body["message"] = longest;
  const auto made = server().create_ticket(body);
  EXPECT_EQ(server().bodies(made.ref), std::vector<std::string>{longest});
}

TEST_F(WebsiteCreate, PassesOverFieldsThatItDoesNotKnow) {
  auto body = ticket_body();
  body["utm"] = json::object{{"source", json::array{1, 2, nullptr, "x"}}};
  body["ticketRef"] = "T-20260101-AAAAAAAA";
  body["status"] = "closed";
  const auto made = server().create_ticket(body);
  EXPECT_NE(made.ref, "T-20260101-AAAAAAAA");
  EXPECT_EQ(text_at(server().thread(made.ref), "/ticket/status"), "open");
}

TEST_F(WebsiteCreate, WantsJsonAndSaysSo) {
  const auto body = json::serialize(ticket_body());
  for (const std::string type :
       {"text/plain", "application/x-www-form-urlencoded", "application/jsonx",
        "multipart/form-data; boundary=x"})
    EXPECT_TRUE(
      is_error(server().post("/api/ticket", body, {{"Content-Type", type}}),
               415, "unsupported_media_type"))
      << type;
  EXPECT_TRUE(is_error(server().post("/api/ticket", body, {}), 415,
                       "unsupported_media_type"));
  for (const std::string type :
       {"application/json", "Application/JSON; charset=utf-8"})
    EXPECT_EQ(
      server().post("/api/ticket", body, {{"Content-Type", type}}).status, 201)
      << type;
}

} // namespace
} // namespace switchboard::test
