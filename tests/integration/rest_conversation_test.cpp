// What is said about a ticket over REST v1: messages, notes, mentions and
// activities.
#include "tests/integration/rest_client.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iterator>
#include <set>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

class RestConversation : public rest_test<RestConversation> {
protected:
  static json::value new_ticket(const json::object& more = {}) {
    return make_ticket(admin(), "Conversation", more);
  }
  static http_reply say(const json::value& ticket, const json::object& message,
                        const header_list& headers = {}) {
    return admin().post(path_of(ticket, "/messages"), json::serialize(message),
                        headers);
  }
  static json::value said(const json::value& ticket,
                          const json::object& message,
                          const header_list& headers = {}) {
    return admin().make(path_of(ticket, "/messages"), message, headers);
  }
  static std::vector<json::value> messages(const json::value& ticket) {
    return admin().read_all(path_of(ticket, "/messages"), 200);
  }
  static std::vector<json::value> activities(const json::value& ticket) {
    return admin().read_all(path_of(ticket, "/activities"), 200);
  }
};

json::object from_customer(std::string_view body) {
  return {{"sender", "customer"}, {"body", body}};
}

TEST_F(RestConversation, ShowsWhoSaidWhat) {
  const auto ada = make_user(admin(), "Ada");
  const auto ticket = new_ticket(
    {{"customer", {{"name", "John"}}}, {"description", "It is broken."}});
  const rest_client client{server(),
                           make_key(admin(), {"messages:write"}, ada)};
  const auto path = path_of(ticket, "/messages");
  const auto answer = client.make(path, {{"body", "We are sorry."}});
  EXPECT_EQ(text_at(answer, "/sender"), "agent");
  EXPECT_EQ(text_at(answer, "/sender_name"), "Ada");
  EXPECT_EQ(text_at(answer, "/channel"), "api");
  EXPECT_EQ(answer.at("number"), 2);
  client.make(path, from_customer("Thanks."));
  client.make(path, {{"body", "Welcome"},
                     {"sender", "manager"},
                     {"sender_name", "Max"},
                     {"channel", "whatsapp"}});
  client.make(path, {{"body", "Beep"}, {"sender", "bot"}});
  const auto all = messages(ticket);
  EXPECT_EQ(texts_of(all, "/sender"),
            (fields{"customer", "agent", "customer", "manager", "bot"}));
  EXPECT_EQ(texts_of(all, "/sender_name"),
            (fields{"John", "Ada", "John", "Max", "Ada"}));
  EXPECT_EQ(texts_of(all, "/body"), (fields{"It is broken.", "We are sorry.",
                                            "Thanks.", "Welcome", "Beep"}));
  EXPECT_FALSE(admin().read(path_of(ticket)).at("first_response_at").is_null());
}

TEST_F(RestConversation, TakesAPictureForWords) {
  const auto ticket = new_ticket();
  const auto message
    = said(ticket, {{"media_url", "https://example.com/broken.jpg"}});
  EXPECT_EQ(text_at(message, "/media_url"), "https://example.com/broken.jpg");
  EXPECT_EQ(text_at(message, "/body"), "");
  EXPECT_EQ(wrong_fields(say(ticket, {{"media_url", "ftp://example.com/x"}})),
            fields{"media_url"});
  EXPECT_EQ(wrong_fields(say(ticket, {{"sender", "system"}, {"nick", "x"}})),
            (fields{"body", "nick", "sender"}));
}

TEST_F(RestConversation, KnowsAMessageByItsExternalId) {
  const auto ticket = new_ticket();
  const json::object message{{"body", "Hello"}, {"external_id", "wamid.1"}};
  const auto first = said(ticket, message);
  EXPECT_EQ(said(ticket, message), first);
  EXPECT_EQ(messages(ticket).size(), 1U);
  const auto elsewhere = say(new_ticket(), message);
  EXPECT_TRUE(is_error(elsewhere, 409, "conflict"));
  EXPECT_EQ(wrong_fields(elsewhere), fields{"external_id"});
  // Each channel has ids of its own.
  auto other = message;
  other["channel"] = "telegram";
  EXPECT_NE(said(ticket, other), first);
}

TEST_F(RestConversation, AnswersARepeatedRequestWithTheFirstMessage) {
  const auto ticket = new_ticket();
  const auto first = said(ticket, {{"body", "One"}}, once("message-1"));
  EXPECT_EQ(said(ticket, {{"body", "One"}}, once("message-1")), first);
  EXPECT_EQ(messages(ticket).size(), 1U);
  EXPECT_TRUE(is_error(say(ticket, {{"body", "Two"}}, once("message-1")), 409,
                       "conflict"));
  EXPECT_TRUE(is_error(say(new_ticket(), {{"body", "One"}}, once("message-1")),
                       409, "conflict"));
}

TEST_F(RestConversation, TakesManyEqualRequestsForOne) {
  const auto ticket = new_ticket();
  std::vector<std::string> answers(8);
  in_parallel(answers.size(), [&](std::size_t i) {
    const auto reply = say(ticket, {{"body", "Once"}}, once("message-many"));
    answers[i] = std::to_string(reply.status) + reply.body;
  });
  EXPECT_EQ(std::set<std::string>(answers.begin(), answers.end()).size(), 1U)
    << answers.front();
  EXPECT_EQ(messages(ticket).size(), 1U);
}

TEST_F(RestConversation, GoesOnInANewTicketWhenTheOldOneIsClosed) {
  const json::object john{{"name", "John"}, {"email", "john@example.com"}};
  const auto old = new_ticket(
    {{"customer", john}, {"priority", "high"}, {"category", "Returns"}});
  admin().act(path_of(old, "/close"));
  const auto reply
    = say(old, from_customer("Broken again"), once("follow-up-1"));
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto path = reply.header("Location");
  ASSERT_TRUE(path.ends_with("/messages")) << path;
  const auto next = admin().read(
    path.substr(0, path.size() - std::string{"/messages"}.size()));
  EXPECT_NE(text_at(next, "/id"), text_at(old, "/id"));
  EXPECT_EQ(text_at(next, "/follows"), text_at(old, "/id"));
  EXPECT_EQ(text_at(next, "/status"), "pending");
  EXPECT_EQ(next.at("customer"), old.at("customer"));
  EXPECT_EQ(text_at(next, "/category"), "Returns");
  EXPECT_EQ(items_of(admin().read(path)),
            std::vector<json::value>{parsed(reply)});
  EXPECT_EQ(text_at(admin().read(path_of(old)), "/status"), "closed");
  // Again, and it is not a third one.
  const auto again
    = say(old, from_customer("Broken again"), once("follow-up-1"));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, reply.body);
  // The staff may still write on the old one.
  EXPECT_EQ(said(old, {{"body", "Bye"}}).at("number"), 1);
}

TEST_F(RestConversation, OpensOneNewTicketForAMessageDeliveredTwice) {
  const auto old = new_ticket();
  admin().act(path_of(old, "/close"));
  auto message = from_customer("Delivered twice");
  message["external_id"] = "wamid.follow-up";
  const auto first = say(old, message);
  const auto second = say(old, message);
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(second.body, first.body);
}

TEST_F(RestConversation, FindsAMessageAgainThatCameBeforeTheClosing) {
  const auto ticket = new_ticket();
  auto message = from_customer("Before the end");
  message["external_id"] = "wamid.before-closing";
  const auto first = said(ticket, message, once("before-closing"));
  admin().act(path_of(ticket, "/close"));
  EXPECT_EQ(said(ticket, message), first);
  EXPECT_EQ(said(ticket, message, once("before-closing")), first);
}

TEST_F(RestConversation, WakesATicketThatWaitsForItsCustomer) {
  const auto user = make_user(admin(), "Waiting");
  const auto ticket = new_ticket({{"assignee", user}});
  admin().change(path_of(ticket), R"({"state":"pending"})");
  said(ticket, from_customer("Here I am"));
  EXPECT_EQ(text_at(admin().read(path_of(ticket)), "/status"), "in_progress");
}

TEST_F(RestConversation, ShowsNotesToTheStaffAlone) {
  const auto ticket = new_ticket({{"description", "Hello"}});
  const auto note = admin().make(path_of(ticket, "/notes"),
                                 {{"body", "An awkward customer"}});
  EXPECT_EQ(text_at(note, "/type"), "note");
  EXPECT_EQ(text_at(note, "/data/body"), "An awkward customer");
  EXPECT_EQ(text_at(note, "/actor"), "admin");
  admin().make(path_of(ticket, "/mention"),
               {{"user_id", make_user(admin(), "Notes")}});
  const auto shown = server().get("/api/ticket/" + text_at(ticket, "/ref"));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body.find("awkward"), std::string::npos) << shown.body;
  EXPECT_EQ(parsed(shown).at("messages").as_array().size(), 1U);
  EXPECT_EQ(messages(ticket).size(), 1U);
}

TEST_F(RestConversation, LeavesOneNoteOfARepeatedRequest) {
  const auto ticket = new_ticket();
  const auto path = path_of(ticket, "/notes");
  const auto first = admin().make(path, {{"body", "n"}}, once("note-1"));
  admin().make(path, {{"body", "between"}});
  EXPECT_EQ(admin().make(path, {{"body", "n"}}, once("note-1")), first);
  EXPECT_TRUE(is_error(admin().post(path, R"({"body":"m"})", once("note-1")),
                       409, "conflict"));
  EXPECT_EQ(activities(ticket).size(), 3U);
  EXPECT_EQ(wrong_fields(admin().post(path, R"({"body":"","text":"x"})")),
            (fields{"body", "text"}));
}

TEST_F(RestConversation, RecordsWhoWasMentioned) {
  const auto bo = make_user(admin(), "Bo", {{"username", "mention.bo"}});
  const auto ticket = new_ticket();
  const auto path = path_of(ticket, "/mention");
  const auto first
    = admin().make(path, {{"user_id", bo}, {"note", "please look"}});
  EXPECT_EQ(text_at(first, "/type"), "mention");
  EXPECT_EQ(first.at("data").at("user_id"), bo);
  EXPECT_EQ(text_at(first, "/data/note"), "please look");
  const auto second = admin().make(path, {{"username", "@mention.bo"}});
  EXPECT_EQ(second.at("data").at("user_id"), bo);
  EXPECT_EQ(wrong_fields(admin().post(path, R"({"user_id":424242})")),
            fields{"user_id"});
  EXPECT_EQ(wrong_fields(admin().post(path, R"({"username":"@nobody"})")),
            fields{"username"});
  EXPECT_EQ(wrong_fields(admin().post(path, "{}")), fields{"user_id"});
  std::vector<json::value> told;
  for (auto& event :
       admin().read_all("/api/v1/events?types=user.mentioned", 200))
    if (text_at(event, "/ticket_id") == text_at(ticket, "/id"))
      told.push_back(event.at("data").at("activity"));
  EXPECT_EQ(told, (std::vector<json::value>{first, second}));
}

TEST_F(RestConversation, KeepsAllActivitiesInTheirOrder) {
  const auto ada = make_user(admin(), "Ada");
  const auto ticket = new_ticket();
  const auto client = with_scopes({"tickets:write"}, ada);
  client.act(path_of(ticket, "/claim"));
  client.change(path_of(ticket), R"({"priority":"urgent","title":"New"})");
  client.make(path_of(ticket, "/notes"), {{"body", "n"}});
  said(ticket, {{"body", "no activity"}});
  client.act(path_of(ticket, "/close"), R"({"reason":"done"})");
  const auto all = activities(ticket);
  ASSERT_EQ(texts_of(all, "/type"),
            (fields{"created", "status_change", "assignment", "edit",
                    "priority_change", "note", "status_change"}));
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_EQ(text_at(all[i], "/actor"), std::to_string(ada)) << i;
  EXPECT_EQ(all[2].at("data").at("to"), ada);
  EXPECT_EQ(text_at(all[3], "/data/title"), "New");
  EXPECT_EQ(text_at(all[4], "/data/from"), "medium");
  EXPECT_EQ(text_at(all[6], "/data/reason"), "done");
  for (const std::size_t limit : {1U, 2U, 3U, 6U, 7U})
    EXPECT_EQ(admin().read_all(path_of(ticket, "/activities"), limit), all)
      << limit;
}

TEST_F(RestConversation, GivesMessagesInPagesThatLoseNothing) {
  const auto ticket = new_ticket();
  for (int i = 0; i < 7; ++i)
    said(ticket, {{"body", "message " + std::to_string(i)}});
  const auto all = messages(ticket);
  EXPECT_EQ(all.size(), 7U);
  for (const std::size_t limit : {1U, 2U, 3U, 7U})
    EXPECT_EQ(admin().read_all(path_of(ticket, "/messages"), limit), all)
      << limit;
  for (const auto* query : {"?limit=0", "?limit=201", "?cursor=x"})
    EXPECT_TRUE(is_error(admin().get(path_of(ticket, "/messages") + query), 400,
                         "validation_failed"))
      << query;
}

TEST_F(RestConversation, NeedsTheScopeOfItsPart) {
  const auto ticket = new_ticket();
  const auto reads = with_scopes({"tickets:read"});
  const auto writes = with_scopes({"tickets:write"});
  const auto speaks = with_scopes({"messages:write"});
  const std::string body = R"({"body":"x"})";
  EXPECT_EQ(reads.get(path_of(ticket, "/messages")).status, 200);
  EXPECT_EQ(reads.post(path_of(ticket, "/messages"), body).status, 403);
  EXPECT_EQ(writes.post(path_of(ticket, "/messages"), body).status, 403);
  EXPECT_EQ(writes.post(path_of(ticket, "/notes"), body).status, 201);
  EXPECT_EQ(speaks.post(path_of(ticket, "/messages"), body).status, 201);
  EXPECT_EQ(speaks.post(path_of(ticket, "/notes"), body).status, 403);
  EXPECT_EQ(speaks.get(path_of(ticket, "/messages")).status, 403);
}

TEST_F(RestConversation, IsNotFoundWithoutItsTicket) {
  const std::string nowhere = "/api/v1/tickets/999999999";
  for (const auto* list : {"/messages", "/activities", ""})
    EXPECT_TRUE(is_error(admin().get(nowhere + list), 404, "not_found"));
  for (const auto* call : {"/messages", "/notes", "/mention", "/close",
                           "/reopen", "/claim", "/assign"})
    EXPECT_TRUE(is_error(admin().post(nowhere + call, R"({"body":"x"})"), 404,
                         "not_found"))
      << call;
}

} // namespace
} // namespace switchboard::test
