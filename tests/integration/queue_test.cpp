// The agents' queue on the real server: what waits, who takes it, who may do
// what with it.
#include "tests/integration/rest_client.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

/// A user and a client with a key of theirs.
struct person {
  std::int64_t id = 0;
  rest_client client;
};

class Queue : public rest_test<Queue> {
protected:
  static person hire(std::string_view name, std::string_view role) {
    const auto id = make_user(admin(), name, {{"role", role}});
    return {
      id, with_scopes({"tickets:read", "tickets:write", "messages:write"}, id)};
  }

  /// A ticket of this test, by its category.
  static json::value add(std::string_view title, json::object more = {}) {
    more["category"]
      = testing::UnitTest::GetInstance()->current_test_info()->name();
    return make_ticket(admin(), title, more);
  }
  static std::string mine(const std::string& list) {
    const std::string name
      = testing::UnitTest::GetInstance()->current_test_info()->name();
    return "/api/tickets/" + list
           + (list.find('?') == std::string::npos ? '?' : '&')
           + "category=" + name;
  }
  static fields titles(const rest_client& client, const std::string& list,
                       std::size_t limit = 2) {
    return texts_of(client.read_all(mine(list), limit), "/title");
  }

  static std::string at(const json::value& ticket, std::string_view call) {
    return "/api/tickets/" + text_at(ticket, "/id") + '/' + std::string{call};
  }
  static std::string number_of(const json::value& ticket) {
    return std::to_string(ticket.at("number").to_number<std::uint64_t>());
  }
  static http_reply move(const rest_client& who, const json::value& ticket,
                         std::string_view to) {
    return who.post(at(ticket, "status"),
                    json::serialize(json::object{{"status", to}}));
  }
  static http_reply assign(const rest_client& who, const json::value& ticket,
                           std::int64_t to) {
    return who.post(
      at(ticket, "assign"),
      json::serialize(json::object{{"agent_id", to}, {"reason", "overflow"}}));
  }
};

// -- lists --------------------------------------------------------------------

TEST_F(Queue, HoldsTheUrgentFirstThenTheLongestWaiting) {
  const auto ana = hire("Ana", "agent");
  const auto first = add("first");
  add("quiet", {{"priority", "low"}});
  add("second");
  add("fire", {{"priority", "urgent"}});
  add("loud", {{"priority", "high"}, {"channel", "whatsapp"}});
  EXPECT_EQ(titles(ana.client, "queue"),
            (fields{"fire", "loud", "first", "second", "quiet"}));
  EXPECT_EQ(titles(ana.client, "queue?priority=high,urgent"),
            (fields{"fire", "loud"}));
  EXPECT_EQ(titles(ana.client, "queue?channel=whatsapp"), fields{"loud"});
  // One that comes back waits from then on.
  ana.client.act(at(first, "claim"));
  EXPECT_EQ(titles(ana.client, "queue"),
            (fields{"fire", "loud", "second", "quiet"}));
  EXPECT_EQ(move(ana.client, first, "pending").status, 200);
  EXPECT_EQ(titles(ana.client, "queue"),
            (fields{"fire", "loud", "second", "first", "quiet"}));
}

TEST_F(Queue, SaysSinceWhenATicketWaits) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("waits");
  const auto shown = items_of(ana.client.read(mine("queue"))).at(0);
  EXPECT_EQ(shown.at("waiting_since"), made.at("created_at"));
  EXPECT_TRUE(shown.at("assigned_at").is_null());
  const auto claimed = ana.client.act(at(made, "claim"));
  EXPECT_TRUE(claimed.at("waiting_since").is_null());
  EXPECT_TRUE(claimed.at("assigned_at").is_string());
  EXPECT_EQ(claimed.at("assignee"), ana.id);
  EXPECT_EQ(text_at(claimed, "/status"), "assigned");
}

TEST_F(Queue, RefusesWhatItsListsDoNotKnow) {
  const auto ana = hire("Ana", "agent");
  EXPECT_EQ(
    wrong_fields(ana.client.get(
      "/api/tickets/queue?status=assigned&assignee=1&cursor=x&limit=0")),
    (fields{"assignee", "cursor", "limit", "status"}));
  EXPECT_EQ(
    wrong_fields(ana.client.get("/api/tickets/my-tickets?assignee=1&cursor=x")),
    (fields{"assignee", "cursor"}));
  EXPECT_EQ(wrong_fields(admin().get("/api/tickets/all?colour=red")),
            fields{"colour"});
}

TEST_F(Queue, ShowsAgentsTheirOwnTickets) {
  const auto ana = hire("Ana", "agent");
  const auto ben = hire("Ben", "agent");
  const auto one = add("one", {{"priority", "high"}});
  const auto two = add("two");
  const auto three = add("three");
  for (const auto& ticket : {one, two})
    ana.client.act(at(ticket, "claim"));
  ben.client.act(at(three, "claim"));
  move(ana.client, two, "in_progress");
  EXPECT_EQ(titles(ana.client, "my-tickets"), (fields{"two", "one"}));
  EXPECT_EQ(titles(ana.client, "my-tickets?status=in_progress"), fields{"two"});
  EXPECT_EQ(titles(ana.client, "my-tickets?priority=high"), fields{"one"});
  EXPECT_EQ(titles(ben.client, "my-tickets"), fields{"three"});
}

TEST_F(Queue, ShowsAdminsAllByManyFilters) {
  const auto ana = hire("Ana", "agent");
  const auto one = add(
    "one", {{"customer", {{"name", "Zoe Quill"}, {"phone", "+12025550187"}}}});
  add("two", {{"priority", "urgent"}, {"channel", "whatsapp"}});
  const auto three = add("three");
  ana.client.act(at(three, "claim"));
  const auto all = [](const std::string& query) {
    return titles(admin(), "all?" + query, 1);
  };
  EXPECT_EQ(titles(admin(), "all"), (fields{"three", "two", "one"}));
  EXPECT_EQ(all("status=pending"), (fields{"two", "one"}));
  EXPECT_EQ(all("status=pending&priority=urgent"), fields{"two"});
  EXPECT_EQ(all("assignee=" + std::to_string(ana.id)), fields{"three"});
  EXPECT_EQ(all("assignee=none&channel=whatsapp"), fields{"two"});
  EXPECT_EQ(all("q=quill"), fields{"one"});
  EXPECT_EQ(all("q=5550187"), fields{"one"});
  for (const auto& name : {"%23" + number_of(one), text_at(one, "/ref"),
                           text_at(one, "/key"), text_at(one, "/id")})
    EXPECT_EQ(all("q=" + name), fields{"one"}) << name;
  // Digits alone are found in telephone numbers and refs, too.
  EXPECT_EQ(all("q=" + number_of(one)).front(), "one");
  EXPECT_EQ(all("status=assigned&q=%23" + number_of(one)), fields{});
}

TEST_F(Queue, PutsANamedTicketInFrontOnce) {
  const auto old = add("old");
  const auto number = number_of(old);
  add("see " + number);
  add("and " + number);
  for (const std::size_t limit : {1U, 2U, 3U, 200U})
    EXPECT_EQ(titles(admin(), "all?q=" + number, limit),
              (fields{"old", "and " + number, "see " + number}))
      << limit;
}

// -- claims -------------------------------------------------------------------

TEST_F(Queue, LetsTheFirstWinAndTellsTheOthersWho) {
  std::vector<person> agents;
  for (int i = 0; i < 8; ++i)
    agents.push_back(hire("Agent " + std::to_string(i), "agent"));
  for (int round = 0; round < 5; ++round) {
    const auto ticket = add("wanted");
    std::vector<http_reply> replies(agents.size());
    in_parallel(agents.size(), [&](std::size_t i) {
      replies[i] = agents[i].client.post(at(ticket, "claim"));
    });
    const auto won
      = std::find_if(replies.begin(), replies.end(),
                     [](const auto& r) { return r.status == 200; });
    ASSERT_NE(won, replies.end());
    const auto& winner
      = agents[static_cast<std::size_t>(won - replies.begin())];
    EXPECT_EQ(parsed(*won).at("assignee"), winner.id);
    for (auto reply = replies.begin(); reply != replies.end(); ++reply) {
      if (reply == won)
        continue;
      EXPECT_TRUE(is_error(*reply, 409, "conflict")) << reply->body;
      const auto body = parsed(*reply);
      EXPECT_EQ(text_at(body, "/error/details/0/field"), "assignee");
      EXPECT_EQ(text_at(body, "/error/details/0/message"),
                std::to_string(winner.id));
      EXPECT_NE(text_at(body, "/error/message").find("Agent "),
                std::string::npos);
    }
  }
}

TEST_F(Queue, TakesEachNameOfATicket) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("named");
  for (const auto& name : {text_at(made, "/id"), number_of(made),
                           text_at(made, "/ref"), text_at(made, "/key")}) {
    const auto path = "/api/tickets/" + name + "/";
    EXPECT_EQ(ana.client.post(path + "claim").status, 200) << name;
    EXPECT_EQ(ana.client.post(path + "messages", R"({"body":"x"})").status,
              201);
    EXPECT_EQ(
      ana.client.post(path + "status", R"({"status":"pending"})").status, 200);
  }
  EXPECT_TRUE(
    is_error(ana.client.post("/api/tickets/no-such/claim"), 404, "not_found"));
}

// -- who may do what ----------------------------------------------------------

TEST_F(Queue, KeysOfNobodyMayLookOnly) {
  const auto nobody
    = with_scopes({"tickets:read", "tickets:write", "messages:write"});
  const auto ticket = add("waits");
  EXPECT_EQ(nobody.get("/api/tickets/queue").status, 200);
  const std::vector<http_reply> refused{
    nobody.get("/api/tickets/queue?status=escalated"),
    nobody.get("/api/tickets/my-tickets"),
    nobody.get("/api/tickets/all"),
    nobody.post(at(ticket, "claim")),
    assign(nobody, ticket, 1),
    move(nobody, ticket, "escalated"),
    nobody.post(at(ticket, "messages"), R"({"body":"x"})"),
    admin().get("/api/tickets/my-tickets"),
    admin().post(at(ticket, "claim")),
  };
  for (const auto& reply : refused)
    EXPECT_TRUE(is_error(reply, 403, "forbidden")) << reply.body;
  EXPECT_NE(refused[1].body.find("belongs to nobody"), std::string::npos);
}

TEST_F(Queue, NeedsTheScopesOfItsCalls) {
  const auto id = make_user(admin(), "Ana");
  const auto ticket = add("waits");
  const auto reads = with_scopes({"tickets:read"}, id);
  const auto writes = with_scopes({"tickets:write"}, id);
  EXPECT_EQ(reads.get("/api/tickets/queue").status, 200);
  EXPECT_EQ(reads.post(at(ticket, "claim")).status, 403);
  EXPECT_EQ(writes.get("/api/tickets/queue").status, 403);
  EXPECT_EQ(writes.post(at(ticket, "claim")).status, 200);
  EXPECT_EQ(writes.post(at(ticket, "messages"), R"({"body":"x"})").status, 403);
  EXPECT_EQ(server().get("/api/tickets/queue").status, 401);
}

TEST_F(Queue, LetsEachRoleDoItsPart) {
  struct row {
    const char* role;
    int queue, escalated, all;
    int claim, claim_escalated;
    int assign;
    int write_free, write_others;
    int escalate_free, move_free, move_others;
  };
  const std::vector<row> rows{
    {"agent", 200, 403, 403, 200, 403, 403, 201, 403, 200, 403, 403},
    {"executor", 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403},
    {"manager", 200, 200, 403, 200, 200, 200, 201, 403, 200, 403, 403},
    {"admin", 200, 200, 200, 200, 200, 200, 201, 201, 200, 200, 200},
  };
  const auto other = hire("Other", "agent");
  for (const auto& r : rows) {
    const auto who = hire("Somebody", r.role);
    const auto& c = who.client;
    const auto held = [&] {
      auto ticket = add("held");
      other.client.act(at(ticket, "claim"));
      return ticket;
    };
    const auto raised = [&] {
      auto ticket = add("raised");
      move(admin(), ticket, "escalated");
      return ticket;
    };
    const std::string say = R"({"body":"Hello"})";
    EXPECT_EQ(c.get("/api/tickets/queue").status, r.queue) << r.role;
    EXPECT_EQ(c.get("/api/tickets/queue?status=escalated").status, r.escalated)
      << r.role;
    EXPECT_EQ(c.get("/api/tickets/all").status, r.all) << r.role;
    EXPECT_EQ(c.get("/api/tickets/my-tickets").status, 200) << r.role;
    EXPECT_EQ(c.post(at(add("free"), "claim")).status, r.claim) << r.role;
    EXPECT_EQ(c.post(at(raised(), "claim")).status, r.claim_escalated)
      << r.role;
    EXPECT_EQ(assign(c, add("free"), other.id).status, r.assign) << r.role;
    EXPECT_EQ(c.post(at(add("free"), "messages"), say).status, r.write_free)
      << r.role;
    EXPECT_EQ(c.post(at(held(), "messages"), say).status, r.write_others)
      << r.role;
    EXPECT_EQ(move(c, add("free"), "escalated").status, r.escalate_free)
      << r.role;
    EXPECT_EQ(move(c, add("free"), "resolved").status, r.move_free) << r.role;
    EXPECT_EQ(move(c, held(), "in_progress").status, r.move_others) << r.role;
    // All of them work on what they were given.
    const auto own = add("own");
    EXPECT_EQ(assign(admin(), own, who.id).status, 200);
    EXPECT_EQ(c.post(at(own, "messages"), say).status, 201) << r.role;
    EXPECT_EQ(move(c, own, "in_progress").status, 200) << r.role;
    EXPECT_EQ(move(c, own, "escalated").status, 200) << r.role;
  }
}

TEST_F(Queue, RecordsWhyATicketWasAssigned) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("given");
  const auto reply = assign(admin(), made, ana.id);
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(parsed(reply).at("assignee"), ana.id);
  const auto activities = items_of(admin().read(path_of(made, "/activities")));
  const auto& last = activities.back();
  EXPECT_EQ(text_at(last, "/type"), "assignment");
  EXPECT_EQ(text_at(last, "/data/reason"), "overflow");
  EXPECT_EQ(wrong_fields(assign(admin(), made, 424242)), fields{"agent_id"});
}

// -- status -------------------------------------------------------------------

TEST_F(Queue, RefusesIllegalMovesWithTheLegalOnes) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("moved");
  ana.client.act(at(made, "claim"));
  EXPECT_EQ(move(ana.client, made, "closed").status, 200);
  const auto reply = move(ana.client, made, "in_progress");
  EXPECT_TRUE(is_error(reply, 422, "illegal_transition"));
  EXPECT_NE(reply.body.find("pending"), std::string::npos);
  EXPECT_EQ(wrong_fields(move(ana.client, made, "elsewhere")),
            fields{"status"});
  EXPECT_EQ(wrong_fields(ana.client.post(at(made, "status"), "{}")),
            fields{"status"});
  EXPECT_EQ(wrong_fields(move(admin(), add("free"), "assigned")),
            fields{"status"})
    << "to whom?";
  const auto raised = add("raised");
  EXPECT_EQ(move(admin(), raised, "escalated").status, 200);
  EXPECT_EQ(wrong_fields(move(admin(), raised, "in_progress")),
            fields{"status"})
    << "nobody would see it any more";
}

TEST_F(Queue, HandsEscalatedTicketsToManagersAndAdmins) {
  const auto ana = hire("Ana", "agent");
  const auto boss = hire("Boss", "manager");
  const auto made = add("trouble");
  ana.client.act(at(made, "claim"));
  EXPECT_EQ(move(ana.client, made, "escalated").status, 200);
  EXPECT_EQ(titles(ana.client, "queue"), fields{});
  EXPECT_EQ(titles(boss.client, "queue?status=escalated"), fields{"trouble"});
  EXPECT_EQ(titles(admin(), "all?status=escalated"), fields{"trouble"});
  const auto refused = move(ana.client, made, "in_progress");
  EXPECT_TRUE(is_error(refused, 403, "forbidden"));
  EXPECT_NE(refused.body.find("managers and admins"), std::string::npos);
  EXPECT_EQ(assign(boss.client, made, ana.id).status, 200);
  EXPECT_EQ(move(ana.client, made, "in_progress").status, 200);
  EXPECT_EQ(titles(boss.client, "queue?status=escalated"), fields{});
}

TEST_F(Queue, ObeysIfMatch) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("versioned");
  const auto claimed = ana.client.post(at(made, "claim"));
  const std::string body = R"({"status":"in_progress"})";
  EXPECT_EQ(ana.client.post(at(made, "status"), body, if_match("\"1\"")).status,
            412);
  EXPECT_EQ(
    ana.client.post(at(made, "status"), body, if_match(claimed.header("ETag")))
      .status,
    200);
}

TEST_F(Queue, MovesATicketWhileItsCustomerWrites) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("busy");
  ana.client.act(at(made, "claim"));
  std::atomic<bool> is_over{false};
  std::thread customer{[&] {
    const auto path = path_of(made, "/messages");
    while (!is_over)
      EXPECT_EQ(
        admin().post(path, R"({"body":"And?","sender":"customer"})").status,
        201);
  }};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(move(ana.client, made, "in_progress").status, 200);
    EXPECT_EQ(move(ana.client, made, "assigned").status, 200);
  }
  is_over = true;
  customer.join();
}

// -- messages -----------------------------------------------------------------

TEST_F(Queue, AnswersTheCustomer) {
  const auto ana = hire("Ana", "agent");
  const auto made = add("asked", {{"description", "Where is it?"}});
  ana.client.act(at(made, "claim"));
  const auto said = ana.client.make(at(made, "messages"),
                                    {{"body", "On its way"}, {"reply_to", 1}});
  EXPECT_EQ(text_at(said, "/sender"), "agent");
  EXPECT_EQ(text_at(said, "/sender_name"), "Ana");
  EXPECT_EQ(text_at(said, "/channel"), "api");
  EXPECT_EQ(server().bodies(text_at(made, "/ref")),
            (fields{"Where is it?", "On its way"}));
  EXPECT_EQ(wrong_fields(ana.client.post(at(made, "messages"),
                                         R"({"body":"x","reply_to":9})")),
            fields{"reply_to"});
  EXPECT_EQ(wrong_fields(ana.client.post(at(made, "messages"),
                                         R"({"body":"","colour":"red"})")),
            (fields{"body", "colour"}));
}

TEST_F(Queue, AddsAMessageOnceForEachNameOfItsCaller) {
  const auto ana = hire("Ana", "agent");
  const auto ben = hire("Ben", "agent");
  const auto made = add("once");
  const auto say = [&](const rest_client& who) {
    return text_at(who.make(at(made, "messages"),
                            {{"body", "Hello"}, {"client_id", "draft-1"}}),
                   "/id");
  };
  const auto first = say(ana.client);
  EXPECT_EQ(say(ana.client), first);
  EXPECT_NE(say(ben.client), first) << "another's name for another message";
  const json::object words{{"body", "Once more"}};
  const auto keyed
    = ana.client.make(at(made, "messages"), words, once("key-1"));
  EXPECT_EQ(
    text_at(ana.client.make(at(made, "messages"), words, once("key-1")), "/id"),
    text_at(keyed, "/id"));
  EXPECT_EQ(server().bodies(text_at(made, "/ref")).size(), 3u);
}

} // namespace
} // namespace switchboard::test
