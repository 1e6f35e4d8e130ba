#include "api/ticket_query.hpp"

#include <gtest/gtest.h>

#include <array>

namespace switchboard::api {
namespace {

using domain::priority;
using domain::status;
using names = std::vector<std::string>;

names problems(const ticket_query& query) {
  names out;
  for (const auto& one : query.page.problems)
    out.push_back(one.field);
  return out;
}

TEST(TicketQuery, ReadsEachFilter) {
  const auto query = parse_ticket_query(
    "status=pending,escalated&priority=high&assignee=none&channel=whatsapp"
    "&category=a&tag=b&q=c&limit=7");
  EXPECT_TRUE(query.page.problems.empty());
  const auto& filter = query.filter;
  EXPECT_EQ(filter.states,
            (std::vector<status>{status::pending, status::escalated}));
  EXPECT_EQ(filter.urgencies, std::vector<priority>{priority::high});
  EXPECT_EQ(filter.assignee, "");
  EXPECT_EQ(filter.via, domain::channel::whatsapp);
  EXPECT_EQ(filter.category + filter.tag + filter.text, "abc");
  EXPECT_EQ(query.page.limit, 7U);
}

TEST(TicketQuery, TakesOnlyTheParametersOfItsList) {
  constexpr std::array<std::string_view, 2> known{"priority", "tag"};
  const auto query = parse_ticket_query(
    "priority=low&tag=x&status=pending&limit=5&cursor=any&colour=red", known);
  EXPECT_EQ(problems(query), (names{"status", "colour"}));
  EXPECT_EQ(query.filter.tag, "x");
  EXPECT_TRUE(query.filter.states.empty());
  EXPECT_EQ(query.page.cursor, "any") << "for the list to read";
}

TEST(TicketQuery, ReadsACursorOfCreation) {
  const std::string id = "019c1b2e-7c00-7a61-8e5f-3b1f0c9a4d21";
  const auto query = parse_ticket_query("cursor=" + id);
  ASSERT_TRUE(query.before);
  EXPECT_EQ(to_string(query.before->value), id);
  EXPECT_EQ(problems(parse_ticket_query("cursor=x")), names{"cursor"});
}

} // namespace
} // namespace switchboard::api
