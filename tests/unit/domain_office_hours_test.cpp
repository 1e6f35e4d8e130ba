#include "domain/office_hours.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::domain {
namespace {

using namespace std::chrono_literals;
using std::chrono::Friday;
using std::chrono::Monday;
using std::chrono::Saturday;
using std::chrono::Sunday;
using std::chrono::Wednesday;

office_hours parsed(const std::vector<std::string>& entries) {
  auto out = office_hours::parse(entries);
  EXPECT_TRUE(out.has_value()) << entries.front();
  return out ? out.value() : office_hours{};
}

TEST(OfficeHours, AreOpenFromTheFirstMinuteToBeforeTheLast) {
  struct row {
    std::vector<std::string> entries;
    std::chrono::weekday day;
    std::chrono::minutes at;
    bool open;
  };
  const std::vector<row> rows{
    {{"Mon-Fri 09:00-18:00"}, Monday, 8h + 59min, false},
    {{"Mon-Fri 09:00-18:00"}, Monday, 9h, true},
    {{"Mon-Fri 09:00-18:00"}, Friday, 17h + 59min, true},
    {{"Mon-Fri 09:00-18:00"}, Friday, 18h, false},
    {{"Mon-Fri 09:00-18:00"}, Saturday, 12h, false},
    {{"mon-FRI  09:00-18:00", "Sat 10:00-14:00"}, Saturday, 12h, true},
    {{"Fri 22:00-06:00"}, Friday, 23h, true},
    {{"Fri 22:00-06:00"}, Saturday, 5h + 59min, true},
    {{"Fri 22:00-06:00"}, Saturday, 6h, false},
    {{"Fri 22:00-06:00"}, Friday, 5h, false},
    {{"Sat 22:00-06:00"}, Sunday, 5h, true},
    {{"Sat-Mon 10:00-11:00"}, Sunday, 10h, true},
    {{"Sat-Mon 10:00-11:00"}, Wednesday, 10h, false},
    {{"09:00-17:00"}, Wednesday, 9h, true},
    {{"00:00-24:00"}, Wednesday, 23h + 59min, true},
    {{"Mon 20:00-00:00"}, Monday, 23h + 59min, true},
    {{}, Sunday, 3h, true},
  };
  for (const auto& r : rows)
    EXPECT_EQ(parsed(r.entries).is_open(r.day, r.at), r.open)
      << (r.entries.empty() ? "" : r.entries[0]) << " on " << r.day.c_encoding()
      << " at " << r.at.count();
}

TEST(OfficeHours, KnowWhenTheyBegin) {
  const auto hours = parsed({"Mon 13:00-17:00", "Mon-Fri 08:00-12:00"});
  EXPECT_EQ(hours.openings(Monday), (std::vector{480min, 780min}));
  EXPECT_EQ(hours.openings(Friday), std::vector{480min});
  EXPECT_TRUE(hours.openings(Sunday).empty());
}

TEST(OfficeHours, RefuseWhatIsNoHours) {
  for (const auto* text :
       {"", " ", "Mon", "Mon 9:00-18:00", "Mon 09:00", "Mon 09:00-25:00",
        "Mon 09:60-10:00", "Mon 24:00-10:00", "Mon 09:00-09:00",
        "Mo 09:00-10:00", "Mon-Foo 09:00-10:00", "Mon- 09:00-10:00",
        "Mon 09:00-10:00 x", "Mon 09:00-24:01", "Mon,Tue 09:00-10:00",
        "09:00-10:00-11:00", "Mon 09.00-10.00", "-:-"}) {
    const auto out = office_hours::parse(std::vector<std::string>{text});
    ASSERT_FALSE(out.has_value()) << text;
    EXPECT_TRUE(out.error().detail.starts_with("must be ")) << text;
  }
}

} // namespace
} // namespace switchboard::domain
