// The list of tickets of REST v1: filters, pages, and what stays when tickets
// change in between.
#include "tests/integration/rest_client.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace switchboard::test {
namespace {

using fields = std::vector<std::string>;

/// One server with the same few tickets for all tests of the suite, which
/// change none of them.
class RestLists : public rest_test<RestLists> {
protected:
  static void SetUpTestSuite() {
    rest_test<RestLists>::SetUpTestSuite();
    const auto ada = make_user(admin(), "Ada");
    const auto bo = make_user(admin(), "Bo");
    ASSERT_EQ(ada, 1);
    ASSERT_EQ(bo, 2);
    const json::object john{{"name", "John Doe"},
                            {"phone", "+12025550123"},
                            {"email", "john@example.com"}};
    const auto make = [](const char* title, const json::object& more) {
      return make_ticket(admin(), title, more);
    };
    make("plain", {});
    make(
      "urgent glass",
      {{"priority", "urgent"}, {"tags", {"glass", "vip"}}, {"customer", john}});
    make("held", {{"assignee", ada}, {"category", "Returns"}});
    const auto working = make("working", {{"assignee", bo},
                                          {"priority", "high"},
                                          {"channel", "telegram"},
                                          {"tags", {"glass"}}});
    admin().change(path_of(working), R"({"status":"in_progress"})");
    const auto waiting
      = make("waiting", {{"assignee", ada}, {"channel", "whatsapp"}});
    admin().change(path_of(waiting), R"({"state":"pending"})");
    const auto solved
      = make("solved", {{"category", "Returns"}, {"tags", {"vip"}}});
    admin().change(path_of(solved), R"({"status":"resolved"})");
    admin().act(path_of(make("shut", {{"priority", "low"}}), "/close"));
    admin().change(path_of(make("loud", {{"channel", "email"}})),
                   R"({"status":"escalated"})");
  }

  static std::string list(const std::string& query) {
    return "/api/v1/tickets" + (query.empty() ? "" : "?" + query);
  }
  static std::set<std::string> titles(const std::string& query,
                                      std::size_t limit = 200) {
    const auto all = texts_of(admin().read_all(list(query), limit), "/title");
    std::set<std::string> out{all.begin(), all.end()};
    EXPECT_EQ(out.size(), all.size()) << "repeated: " << query;
    return out;
  }
};

using names = std::set<std::string>;

TEST_F(RestLists, HoldWhatFitsAllFilters) {
  struct row {
    const char* query;
    names expected;
  };
  for (const auto& [query, expected] : std::initializer_list<row>{
         {"",
          {"plain", "urgent glass", "held", "working", "waiting", "solved",
           "shut", "loud"}},
         {"status=pending", {"plain", "urgent glass"}},
         {"status=open", {"plain", "urgent glass", "held", "working", "loud"}},
         {"status=assigned,in_progress", {"held", "working"}},
         {"status=assigned&status=escalated", {"held", "loud"}},
         {"status=closed", {"shut"}},
         {"status=waiting_customer", {"waiting"}},
         {"state=open", {"plain", "urgent glass", "held", "working", "loud"}},
         {"state=pending", {"waiting"}},
         {"state=closed", {"solved", "shut"}},
         {"state=pending,closed", {"waiting", "solved", "shut"}},
         {"priority=urgent,high", {"urgent glass", "working"}},
         {"priority=low", {"shut"}},
         {"assignee=1", {"held", "waiting"}},
         {"assignee=2", {"working"}},
         {"assignee=99", {}},
         {"assignee=none", {"plain", "urgent glass", "solved", "shut", "loud"}},
         {"channel=telegram", {"working"}},
         {"channel=web", {}},
         {"category=Returns", {"held", "solved"}},
         {"category=Refunds", {}},
         {"tag=glass", {"urgent glass", "working"}},
         {"tag=vip", {"urgent glass", "solved"}},
         {"q=GLASS", {"urgent glass"}},
         {"q=john%40", {"urgent glass"}},
         {"q=2025550123", {"urgent glass"}},
         {"q=doe", {"urgent glass"}},
         {"q=nowhere", {}},
         {"status=pending&priority=urgent", {"urgent glass"}},
         {"state=open&assignee=none", {"plain", "urgent glass", "loud"}},
         {"assignee=1&state=open", {"held"}},
         {"assignee=1&category=Returns", {"held"}},
         {"assignee=none&category=Returns", {"solved"}},
         {"tag=glass&state=open&priority=high", {"working"}},
         {"tag=vip&category=Returns&state=closed", {"solved"}},
         {"tag=vip&q=glass&channel=api", {"urgent glass"}},
         {"channel=whatsapp&assignee=1&priority=medium", {"waiting"}},
         {"channel=whatsapp&assignee=2", {}}}) {
    EXPECT_EQ(titles(query), expected) << query;
    EXPECT_EQ(titles(query, 1), expected) << query << ", one at a time";
    EXPECT_EQ(titles(query, 3), expected) << query << ", three at a time";
  }
}

TEST_F(RestLists, BeginWithTheNewest) {
  const auto all = admin().read_all(list(""), 3);
  const auto newest_first = [](const auto& a, const auto& b) {
    return a.at("number").template to_number<std::uint64_t>()
           > b.at("number").template to_number<std::uint64_t>();
  };
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), newest_first));
  for (const auto& query : {"state=open", "priority=low,medium", "tag=glass"}) {
    const auto some = admin().read_all(list(query), 2);
    EXPECT_TRUE(std::is_sorted(some.begin(), some.end(), newest_first))
      << query;
  }
}

TEST_F(RestLists, ShowTicketsAsTheyAreRead) {
  for (const auto& ticket : admin().read_all(list(""), 5))
    EXPECT_EQ(ticket, admin().read(path_of(ticket)));
}

TEST_F(RestLists, TakeATicketsOwnTimeForItsBound) {
  const auto all = admin().read_all(list(""), 200);
  for (const auto& one : all) {
    const auto title = text_at(one, "/title");
    const auto at = text_at(one, "/created_at");
    EXPECT_TRUE(titles("created_after=" + at).contains(title)) << at;
    EXPECT_FALSE(titles("created_before=" + at).contains(title)) << at;
    EXPECT_TRUE(titles("created_after=" + at + "&assignee=none").contains(title)
                == one.at("assignee").is_null());
  }
  EXPECT_EQ(titles("created_after=2100-01-01T00:00:00Z"), names{});
  EXPECT_EQ(titles("created_before=2020-01-01T00:00:00%2B02:00"), names{});
  EXPECT_EQ(titles("created_after=2020-01-01T00:00:00Z&created_before="
                   "2100-01-01T00:00:00Z&status=closed"),
            names{"shut"});
}

TEST_F(RestLists, RefuseWhatTheyDoNotKnow) {
  struct row {
    const char* query;
    const char* field;
  };
  for (const auto& [query, field] : std::initializer_list<row>{
         {"status=gone", "status"},
         {"status=pending,", "status"},
         {"status=", "status"},
         {"state=assigned", "state"},
         {"priority=huge", "priority"},
         {"assignee=ada", "assignee"},
         {"assignee=-1", "assignee"},
         {"channel=pigeon", "channel"},
         {"created_after=yesterday", "created_after"},
         {"created_before=2026-13-01T00:00:00Z", "created_before"},
         {"limit=0", "limit"},
         {"limit=201", "limit"},
         {"limit=ten", "limit"},
         {"cursor=x", "cursor"},
         {"colour=red", "colour"}}) {
    const auto reply = admin().get(list(query));
    EXPECT_TRUE(is_error(reply, 400, "validation_failed")) << query;
    EXPECT_EQ(wrong_fields(reply), fields{field}) << query;
  }
}

// -- pages while tickets change, on servers of their own
// ------------------------

class RestPages : public testing::Test {
protected:
  RestPages() {
    for (int i = 0; i < 12; ++i)
      made_.push_back(make_ticket(client_, "page " + std::to_string(i)));
  }

  /// Reads a list by twos, and calls `between` after each page.
  template <class Between>
  std::vector<std::string>
  read_by_twos(const std::string& query, Between between) {
    std::vector<std::string> seen;
    std::string cursor;
    for (int page_number = 0;; ++page_number) {
      std::string target = "/api/v1/tickets?limit=2" + query;
      if (!cursor.empty())
        target.append("&cursor=").append(cursor);
      const auto page = client_.read(target);
      for (const auto& one : items_of(page))
        seen.push_back(text_at(one, "/id"));
      if (page.at("next_cursor").is_null())
        return seen;
      cursor = text_at(page, "/next_cursor");
      between(page_number);
    }
  }

  std::vector<std::string> made_newest_first() {
    auto out = texts_of(made_, "/id");
    std::reverse(out.begin(), out.end());
    return out;
  }

  test_server server_;
  rest_client client_{server_};
  std::vector<json::value> made_;
};

TEST_F(RestPages, LoseAndRepeatNothingWhileTicketsComeAndChange) {
  const auto seen = read_by_twos("", [&](int page) {
    make_ticket(client_, "new");
    const auto at = static_cast<std::size_t>(page);
    client_.act(path_of(made_[at], "/close"));
    client_.change(path_of(made_[made_.size() - 1 - at]),
                   R"({"priority":"urgent"})");
  });
  EXPECT_EQ(seen, made_newest_first());
}

TEST_F(RestPages, KeepEachTicketThatStaysInTheFilter) {
  // Urgent ones stand elsewhere in the queue than the others.
  const auto seen = read_by_twos("&status=pending", [&](int page) {
    const auto at = static_cast<std::size_t>(page);
    client_.change(path_of(made_[at]), R"({"priority":"urgent"})");
    client_.change(path_of(made_[made_.size() - 1 - at]),
                   R"({"priority":"low"})");
  });
  EXPECT_EQ(seen, made_newest_first());
}

TEST_F(RestPages, GoOnAfterARestart) {
  const auto seen = read_by_twos("", [&](int page) {
    if (page == 1)
      server_.restart();
    if (page == 3)
      server_.restart_after_kill();
  });
  EXPECT_EQ(seen, made_newest_first());
}

TEST_F(RestPages, KeepTicketsThroughARestart) {
  const auto user = make_user(client_, "Ada");
  const auto key = make_key(client_, {"tickets:write"}, user);
  const auto& path = path_of(made_[0]);
  rest_client{server_, key}.act(path + "/claim");
  client_.change(path, R"({"title":"kept","tags":["a","b"],"category":"c"})");
  client_.make(path + "/notes", {{"body", "note"}});
  client_.make(path + "/messages", {{"body", "hello"}}, once("restart-1"));
  client_.make(path + "/mention", {{"user_id", user}});
  const auto look = [&] {
    return std::vector<json::value>{
      client_.read(path),
      client_.read(path + "/messages"),
      client_.read(path + "/activities"),
      client_.read("/api/v1/tickets"),
      client_.read("/api/v1/tickets?tag=a&assignee=1&category=c"),
      client_.read("/api/v1/events?limit=200")};
  };
  const auto before = look();
  const auto etag = client_.get(path).header("ETag");
  server_.restart_after_kill();
  EXPECT_EQ(look(), before);
  EXPECT_EQ(client_.get(path).header("ETag"), etag);
  client_.make(path + "/messages", {{"body", "hello"}}, once("restart-1"));
  EXPECT_EQ(look(), before);
  EXPECT_EQ(server_.process().terminate(), 0);
  const auto verified = run_command(server_.data(), {"verify"});
  EXPECT_EQ(verified.code, 0) << verified.output;
}

} // namespace
} // namespace switchboard::test
