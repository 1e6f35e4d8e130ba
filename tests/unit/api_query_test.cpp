#include "api/query.hpp"

#include <gtest/gtest.h>

namespace switchboard::api {
namespace {

TEST(PageQuery, HasDefaults) {
  const auto page = parse_page("");
  EXPECT_EQ(page.limit, page_limit_default);
  EXPECT_EQ(page.cursor, "");
  EXPECT_TRUE(page.problems.empty());
}

TEST(PageQuery, ReadsItsParametersAmongOthers) {
  const auto page = parse_page("status=open&limit=200&&x&cursor=a%2Fb+c&=");
  EXPECT_EQ(page.limit, 200U);
  EXPECT_EQ(page.cursor, "a/b c");
  EXPECT_TRUE(page.problems.empty());
}

TEST(PageQuery, RefusesLimitsThatMakeNoSense) {
  for (const auto* query :
       {"limit=0", "limit=201", "limit=", "limit", "limit=-1", "limit=x",
        "limit=5x", "limit=5%00", "limit=99999999999999999999"}) {
    const auto page = parse_page(query);
    ASSERT_EQ(page.problems.size(), 1U) << query;
    EXPECT_EQ(page.problems.front().field, "limit");
  }
}

} // namespace
} // namespace switchboard::api
