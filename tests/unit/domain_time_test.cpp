#include "domain/time.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::domain {
namespace {

timestamp at_millis(std::int64_t value) {
  return timestamp{std::chrono::milliseconds{value}};
}

TEST(Rfc3339, GoesThereAndBack) {
  struct row {
    std::int64_t millis;
    const char* text;
  };
  const std::vector<row> rows{
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {951'782'399'999, "2000-02-28T23:59:59.999Z"},
    {951'782'400'000, "2000-02-29T00:00:00.000Z"},
    {951'868'800'000, "2000-03-01T00:00:00.000Z"},
    {1'709'164'800'000, "2024-02-29T00:00:00.000Z"},
    {1'769'860'800'000, "2026-01-31T12:00:00.000Z"},
    {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
    {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& r : rows) {
    EXPECT_EQ(to_rfc3339(at_millis(r.millis)), r.text);
    EXPECT_EQ(parse_rfc3339(r.text), at_millis(r.millis)) << r.text;
  }
}

TEST(Rfc3339, GoesThereAndBackForEachDayOfFourCenturies) {
  for (std::int64_t day = 0; day < 146'097; ++day) {
    const auto at = at_millis(day * 86'400'000 + day % 86'400'000);
    ASSERT_EQ(parse_rfc3339(to_rfc3339(at)), at) << day;
  }
}

TEST(Rfc3339, RefusesEveryOtherForm) {
  for (const auto* text : {
         "",
         "2026-01-31",
         "2026-01-31T12:00:00Z",
         "2026-01-31T12:00:00.00Z",
         "2026-01-31T12:00:00.0000Z",
         "2026-01-31T12:00:00.000z",
         "2026-01-31t12:00:00.000Z",
         "2026-01-31 12:00:00.000Z",
         "2026-01-31T12:00:00.000+",
         "2026-01-31T12:00:00,000Z",
         "2026-02-29T12:00:00.000Z",
         "2100-02-29T12:00:00.000Z",
         "2026-00-31T12:00:00.000Z",
         "2026-13-31T12:00:00.000Z",
         "2026-04-31T12:00:00.000Z",
         "2026-01-00T12:00:00.000Z",
         "2026-01-31T24:00:00.000Z",
         "2026-01-31T12:60:00.000Z",
         "2026-01-31T12:00:60.000Z",
         "-026-01-31T12:00:00.000Z",
         "2026-01-31T12:00:00.-01Z",
         "2026-01-31T+2:00:00.000Z",
         " 026-01-31T12:00:00.000Z",
       })
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(CompactDate, IsTheUtcDay) {
  EXPECT_EQ(to_compact_date(at_millis(0)), "19700101");
  EXPECT_EQ(to_compact_date(at_millis(1'709'251'199'999)), "20240229");
  EXPECT_EQ(to_compact_date(at_millis(1'709'251'200'000)), "20240301");
}

} // namespace
} // namespace switchboard::domain
