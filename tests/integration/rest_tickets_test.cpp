// Tickets of REST v1 on the real server, over its sockets: opened, read,
// changed and passed on.
#include "tests/integration/rest_client.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <set>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

json::object everything() {
  return {{"title", "Damaged bottles"},
          {"description", "Two of six arrived broken."},
          {"priority", "high"},
          {"category", "Returns"},
          {"tags", {"glass", "vip"}},
          {"channel", "email"},
          {"customer",
           {{"name", "Ada"},
            {"phone", "+1 202 555 0123"},
            {"email", "ada@example.com"}}}};
}

class RestTickets : public rest_test<RestTickets> {};

TEST_F(RestTickets, CreatesWhatWasAskedFor) {
  const auto reply
    = admin().post("/api/v1/tickets", json::serialize(everything()));
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto made = parsed(reply);
  EXPECT_EQ(text_at(made, "/title"), "Damaged bottles");
  EXPECT_EQ(text_at(made, "/description"), "Two of six arrived broken.");
  EXPECT_EQ(text_at(made, "/priority"), "high");
  EXPECT_EQ(text_at(made, "/category"), "Returns");
  EXPECT_EQ(made.at("tags"), (json::value{"glass", "vip"}));
  EXPECT_EQ(text_at(made, "/channel"), "email");
  EXPECT_EQ(text_at(made, "/customer/name"), "Ada");
  EXPECT_EQ(text_at(made, "/customer/phone"), "+12025550123");
  EXPECT_EQ(text_at(made, "/customer/email"), "ada@example.com");
  EXPECT_EQ(text_at(made, "/status"), "pending");
  EXPECT_EQ(text_at(made, "/state"), "open");
  EXPECT_EQ(reply.header("Location"), path_of(made));
  const auto read = admin().get(reply.header("Location"));
  EXPECT_EQ(read.body, reply.body);
  EXPECT_EQ(read.header("ETag"), reply.header("ETag"));
}

TEST_F(RestTickets, NeedNoMoreThanATitle) {
  const auto made = make_ticket(admin(), "Short");
  EXPECT_EQ(text_at(made, "/description"), "");
  EXPECT_EQ(text_at(made, "/priority"), "medium");
  EXPECT_EQ(text_at(made, "/channel"), "api");
  EXPECT_EQ(made.at("tags"), json::value(json::array{}));
  for (const auto* name : {"category", "assignee", "follows", "resolved_at",
                           "closed_at", "first_response_at"})
    EXPECT_TRUE(made.at(name).is_null()) << name;
  EXPECT_TRUE(made.at("customer").at("phone").is_null());
}

TEST_F(RestTickets, AnswerToEachOfTheirNames) {
  const auto made = make_ticket(admin(), "Four names");
  const auto number
    = std::to_string(made.at("number").to_number<std::uint64_t>());
  const fields all{text_at(made, "/id"), number, text_at(made, "/ref"),
                   text_at(made, "/key")};
  for (const auto& name : all)
    EXPECT_EQ(admin().read("/api/v1/tickets/" + name), made) << name;
  for (const auto& name : all)
    admin().make("/api/v1/tickets/" + name + "/notes", {{"body", "n"}});
  // The public call knows the ref alone.
  EXPECT_EQ(server().get("/api/ticket/" + text_at(made, "/ref")).status, 200);
  EXPECT_EQ(server().get("/api/ticket/" + number).status, 404);
}

TEST_F(RestTickets, NameWhatIsWrongWithThem) {
  const auto wrong
    = admin().post("/api/v1/tickets",
                   R"({"title":"","priority":"huge","colour":"red","tags":"x",
        "customer":{"email":"no","nick":"A"},"assignee":424242})");
  EXPECT_TRUE(is_error(wrong, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(wrong),
            (fields{"colour", "customer.email", "customer.nick", "priority",
                    "tags", "title"}));
  for (const auto* body : {"", "[]", "{", "null"})
    EXPECT_TRUE(
      is_error(admin().send(verb::post, "/api/v1/tickets", body,
                            body[0] == '\0' ? json_type : header_list{}),
               400, "validation_failed"))
      << body;
  const auto plain = support::call(
    server().port(), verb::post, "/api/v1/tickets",
    joined(as_admin, {{"Content-Type", "text/plain"}}), R"({"title":"x"})");
  EXPECT_EQ(plain.status, 415);
}

TEST_F(RestTickets, ChangeOnlyWhatIsNamed) {
  auto before = admin().make("/api/v1/tickets", everything());
  const auto after = admin().change(
    path_of(before), R"({"title":"Broken bottles","customer":{"name":"Bo"}})");
  auto& expected = before.as_object();
  expected["title"] = "Broken bottles";
  expected["customer"].as_object()["name"] = "Bo";
  expected["updated_at"] = after.at("updated_at");
  EXPECT_EQ(after, before);
  EXPECT_EQ(admin().read(path_of(before)), after);
}

TEST_F(RestTickets, LoseWhatIsSetToNull) {
  const auto user = make_user(admin(), "Holder");
  auto wanted = everything();
  wanted["assignee"] = user;
  const auto made = admin().make("/api/v1/tickets", wanted);
  EXPECT_EQ(text_at(made, "/status"), "assigned");
  EXPECT_EQ(made.at("assignee"), user);
  const auto after = admin().change(
    path_of(made),
    R"({"category":null,"assignee":null,"customer":{"phone":null},"tags":[]})");
  EXPECT_TRUE(after.at("category").is_null());
  EXPECT_TRUE(after.at("assignee").is_null());
  EXPECT_TRUE(after.at("customer").at("phone").is_null());
  EXPECT_EQ(text_at(after, "/customer/email"), "ada@example.com");
  EXPECT_EQ(after.at("tags"), json::value(json::array{}));
  EXPECT_EQ(text_at(after, "/status"), "pending");
}

TEST_F(RestTickets, RefuseAChangeThatIsWrongInAnyPart) {
  const auto made = admin().make("/api/v1/tickets", everything());
  const auto wrong = admin().put(
    path_of(made), R"({"title":"New","status":"gone","colour":"red"})");
  EXPECT_TRUE(is_error(wrong, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(wrong), (fields{"colour", "status"}));
  const auto both
    = admin().put(path_of(made), R"({"status":"closed","state":"closed"})");
  EXPECT_EQ(wrong_fields(both), fields{"state"});
  EXPECT_TRUE(is_error(
    admin().put(path_of(made), R"({"title":"New","status":"in_progress"})"),
    422, "illegal_transition"));
  EXPECT_EQ(admin().read(path_of(made)), made);
}

TEST_F(RestTickets, SpeakBothVocabularies) {
  struct row {
    const char* change;
    const char* status;
    const char* state;
  };
  const auto made = make_ticket(admin(), "Both vocabularies");
  for (const auto& row : std::initializer_list<row>{
         {R"({"status":"assigned"})", "assigned", "open"},
         {R"({"state":"pending"})", "waiting_customer", "pending"},
         {R"({"status":"in_progress"})", "in_progress", "open"},
         {R"({"status":"resolved"})", "resolved", "closed"},
         {R"({"status":"open"})", "pending", "open"},
         {R"({"status":"escalated"})", "escalated", "open"},
         {R"({"state":"closed"})", "closed", "closed"},
         {R"({"state":"open"})", "pending", "open"}}) {
    const auto now = admin().change(path_of(made), row.change);
    EXPECT_EQ(text_at(now, "/status"), row.status) << row.change;
    EXPECT_EQ(text_at(now, "/state"), row.state) << row.change;
  }
}

TEST_F(RestTickets, KeepWhereTheyAreWhenTheirOwnStateIsSentBack) {
  const auto user = make_user(admin(), "Busy");
  const auto made = make_ticket(admin(), "Round trip", {{"assignee", user}});
  admin().change(path_of(made), R"({"status":"in_progress"})");
  const auto now = admin().change(path_of(made), R"({"state":"open"})");
  EXPECT_EQ(text_at(now, "/status"), "in_progress");
  EXPECT_EQ(now.at("assignee"), user);
}

TEST_F(RestTickets, TellWhereTheyMayGo) {
  const auto made = make_ticket(admin(), "Legal moves");
  const auto refused
    = admin().put(path_of(made), R"({"status":"waiting_customer"})");
  EXPECT_TRUE(is_error(refused, 422, "illegal_transition"));
  const auto message = text_at(parsed(refused), "/error/message");
  EXPECT_NE(message.find("assigned, escalated, resolved, closed"),
            std::string::npos)
    << message;
}

TEST_F(RestTickets, ChangeForWhoSawTheLastVersionOnly) {
  const auto path = path_of(make_ticket(admin(), "Versions"));
  const auto first = admin().get(path).header("ETag");
  const auto next = admin().put(path, R"({"priority":"low"})", if_match(first));
  EXPECT_EQ(next.status, 200);
  EXPECT_NE(next.header("ETag"), first);
  EXPECT_TRUE(
    is_error(admin().put(path, R"({"priority":"urgent"})", if_match(first)),
             412, "precondition_failed"));
  for (const auto* action : {"/close", "/reopen", "/claim", "/assign"}) {
    const std::string body
      = std::string_view{action} == "/assign" || action == std::string{"/claim"}
          ? R"({"agent_id":)" + std::to_string(make_user(admin(), "V")) + "}"
          : "";
    EXPECT_TRUE(is_error(admin().post(path + action, body, if_match(first)),
                         412, "precondition_failed"))
      << action;
  }
  EXPECT_EQ(text_at(admin().read(path), "/priority"), "low");
  EXPECT_EQ(
    admin()
      .put(path, R"({"priority":"urgent"})", if_match(next.header("ETag")))
      .status,
    200);
  EXPECT_EQ(admin().put(path, R"({"priority":"low"})", if_match("*")).status,
            200);
}

TEST_F(RestTickets, LetOneOfManyWithTheSameVersionWin) {
  const auto path = path_of(make_ticket(admin(), "Race"));
  const auto seen = if_match(admin().get(path).header("ETag"));
  std::atomic<int> won = 0;
  std::atomic<int> lost = 0;
  in_parallel(8, [&](std::size_t i) {
    const auto body = R"({"title":"Race )" + std::to_string(i) + "\"}";
    const auto status = admin().put(path, body, seen).status;
    won += status == 200 ? 1 : 0;
    lost += status == 412 ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
}

TEST_F(RestTickets, GoToNobodyWhoDoesNotExist) {
  const auto made = make_ticket(admin(), "Unknown agent");
  const std::string nobody = R"({"agent_id":987654})";
  const auto assign = admin().post(path_of(made, "/assign"), nobody);
  EXPECT_TRUE(is_error(assign, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(assign), fields{"agent_id"});
  EXPECT_EQ(wrong_fields(admin().post(path_of(made, "/claim"), nobody)),
            fields{"agent_id"});
  EXPECT_EQ(wrong_fields(admin().put(path_of(made), R"({"assignee":987654})")),
            fields{"assignee"});
  EXPECT_EQ(wrong_fields(admin().post("/api/v1/tickets",
                                      R"({"title":"x","assignee":987654})")),
            fields{"assignee"});
  EXPECT_EQ(admin().read(path_of(made)), made);
}

TEST_F(RestTickets, CloseAndReopen) {
  const auto made = make_ticket(admin(), "Close me");
  const auto closed
    = admin().act(path_of(made, "/close"), R"({"reason":"done"})");
  EXPECT_EQ(text_at(closed, "/status"), "closed");
  EXPECT_FALSE(closed.at("closed_at").is_null());
  EXPECT_TRUE(
    is_error(admin().post(path_of(made, "/close")), 422, "illegal_transition"));
  const auto again = admin().act(path_of(made, "/reopen"));
  EXPECT_EQ(text_at(again, "/status"), "pending");
  EXPECT_TRUE(again.at("closed_at").is_null());
  EXPECT_TRUE(is_error(admin().post(path_of(made, "/reopen")), 422,
                       "illegal_transition"));
}

TEST_F(RestTickets, AreClaimedByOne) {
  const auto made = make_ticket(admin(), "Claim me");
  std::vector<std::int64_t> users;
  for (int i = 0; i < 6; ++i)
    users.push_back(make_user(admin(), "Claimer " + std::to_string(i)));
  std::vector<http_reply> replies(users.size());
  in_parallel(users.size(), [&](std::size_t i) {
    replies[i]
      = admin().post(path_of(made, "/claim"),
                     R"({"agent_id":)" + std::to_string(users[i]) + "}");
  });
  const auto now = admin().read(path_of(made));
  EXPECT_EQ(text_at(now, "/status"), "assigned");
  const auto holder = now.at("assignee").to_number<std::int64_t>();
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (users[i] == holder) {
      EXPECT_EQ(replies[i].status, 200) << replies[i].body;
      continue;
    }
    EXPECT_TRUE(is_error(replies[i], 409, "conflict"));
    EXPECT_EQ(text_at(parsed(replies[i]), "/error/details/0/field"),
              "assignee");
    EXPECT_EQ(text_at(parsed(replies[i]), "/error/details/0/message"),
              std::to_string(holder));
  }
}

TEST_F(RestTickets, AreClaimedByTheOwnerOfTheKey) {
  const auto ada = make_user(admin(), "Ada");
  const auto bo = make_user(admin(), "Bo");
  const auto client = with_scopes({"tickets:write"}, ada);
  const auto made = make_ticket(admin(), "Mine");
  const auto other = R"({"agent_id":)" + std::to_string(bo) + "}";
  EXPECT_TRUE(
    is_error(client.post(path_of(made, "/claim"), other), 403, "forbidden"));
  EXPECT_EQ(client.act(path_of(made, "/claim")).at("assignee"), ada);
  // A key of nobody must say whom it claims for.
  const auto anonymous = with_scopes({"tickets:write"});
  const auto refused = anonymous.post(path_of(made, "/claim"));
  EXPECT_TRUE(is_error(refused, 400, "validation_failed"));
  EXPECT_EQ(wrong_fields(refused), fields{"agent_id"});
}

TEST_F(RestTickets, AreAssignedWhoeverHasThem) {
  const auto ada = make_user(admin(), "Ada");
  const auto bo = make_user(admin(), "Bo");
  const auto made = make_ticket(admin(), "Pass on", {{"assignee", ada}});
  const auto now = admin().act(
    path_of(made, "/assign"),
    R"({"agent_id":)" + std::to_string(bo) + R"(,"reason":"she is ill"})");
  EXPECT_EQ(now.at("assignee"), bo);
  EXPECT_EQ(text_at(now, "/status"), "assigned");
}

} // namespace
} // namespace switchboard::test
