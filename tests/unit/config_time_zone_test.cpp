#include "config/time_zone.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::config {
namespace {

domain::timestamp at(std::string_view minute) {
  const auto parsed = domain::parse_rfc3339(std::string{minute} + ":00.000Z");
  EXPECT_TRUE(parsed.has_value()) << minute;
  return parsed.value_or(domain::timestamp{});
}

desk_hours hours(const std::vector<std::string>& entries,
                 const std::string& zone) {
  desk_section section;
  section.hours = entries;
  section.time_zone = zone;
  return desk_hours{section};
}

TEST(DeskHours, AreAlwaysOpenWithoutEntries) {
  const auto always = hours({}, "Europe/Berlin");
  EXPECT_TRUE(always.is_open(at("2026-01-01T03:00")));
  EXPECT_EQ(always.next_opening(at("2026-01-01T03:00")),
            at("2026-01-01T03:00"));
}

TEST(DeskHours, GoByTheClockOfTheirZone) {
  struct row {
    const char* zone;
    const char* at;
    bool open;
  };
  // Mondays, in winter and in summer.
  const std::vector<row> rows{
    {"UTC", "2026-01-05T09:00", true},
    {"UTC", "2026-01-05T08:59", false},
    {"Europe/Berlin", "2026-01-05T08:00", true},
    {"Europe/Berlin", "2026-01-05T07:59", false},
    {"Europe/Berlin", "2026-07-06T07:00", true},
    {"Europe/Berlin", "2026-07-06T16:00", false},
    {"America/New_York", "2026-01-05T14:00", true},
    {"America/New_York", "2026-07-06T13:00", true},
    {"Asia/Kolkata", "2026-01-05T03:30", true},
    {"Asia/Kolkata", "2026-01-05T03:29", false},
    {"Pacific/Auckland", "2026-01-04T20:00", true},
  };
  for (const auto& r : rows)
    EXPECT_EQ(hours({"Mon-Fri 09:00-18:00"}, r.zone).is_open(at(r.at)), r.open)
      << r.zone << ' ' << r.at;
}

TEST(DeskHours, KnowTheNextOpening) {
  struct row {
    std::vector<std::string> entries;
    const char* zone;
    const char* at;
    const char* opens;
  };
  const std::vector<row> rows{
    // Open: at once.
    {{"Mon-Fri 09:00-18:00"}, "UTC", "2026-01-05T10:30", "2026-01-05T10:30"},
    {{"Mon-Fri 09:00-18:00"}, "UTC", "2026-01-05T08:30", "2026-01-05T09:00"},
    // Friday evening: on Monday.
    {{"Mon-Fri 09:00-18:00"}, "UTC", "2026-01-09T18:00", "2026-01-12T09:00"},
    {{"Mon 09:00-10:00"}, "UTC", "2026-01-05T10:00", "2026-01-12T09:00"},
    {{"Mon 08:00-09:00", "Mon 13:00-14:00"},
     "UTC",
     "2026-01-05T09:30",
     "2026-01-05T13:00"},
    // Berlin puts its clocks forward on 2026-03-29 and back on 2026-10-25.
    {{"Mon-Fri 09:00-18:00"},
     "Europe/Berlin",
     "2026-03-27T20:00",
     "2026-03-30T07:00"},
    {{"Mon-Fri 09:00-18:00"},
     "Europe/Berlin",
     "2026-10-23T20:00",
     "2026-10-26T08:00"},
    // Half past two does not exist that night: it opens when the clocks leap.
    {{"Sun 02:30-05:00"},
     "Europe/Berlin",
     "2026-03-29T00:00",
     "2026-03-29T01:00"},
    // And these hours do not come at all that week.
    {{"Sun 02:15-02:45"},
     "Europe/Berlin",
     "2026-03-29T00:00",
     "2026-04-05T00:15"},
    // In autumn the hour comes twice; closed in the first, it opens again in
    // the second.
    {{"Sun 02:30-02:45"},
     "Europe/Berlin",
     "2026-10-25T00:00",
     "2026-10-25T00:30"},
    {{"Sun 02:30-02:45"},
     "Europe/Berlin",
     "2026-10-25T00:50",
     "2026-10-25T01:30"},
    {{"Sun 01:00-02:15"},
     "Europe/Berlin",
     "2026-10-25T00:30",
     "2026-10-25T01:00"},
  };
  for (const auto& r : rows)
    EXPECT_EQ(
      domain::to_rfc3339(hours(r.entries, r.zone).next_opening(at(r.at))),
      domain::to_rfc3339(at(r.opens)))
      << r.entries[0] << ' ' << r.zone << ' ' << r.at;
}

TEST(DeskHours, FindEveryOpeningThatTheMinutesShow) {
  // The answer is held against looking at each minute.
  const auto desk
    = hours({"Mon-Fri 09:00-12:30", "Sat 22:00-02:20"}, "Europe/Berlin");
  for (auto now = at("2026-10-22T00:00"); now < at("2026-10-28T00:00");
       now += std::chrono::minutes{7}) {
    auto expected = std::chrono::ceil<std::chrono::minutes>(now);
    while (!desk.is_open(expected))
      expected += std::chrono::minutes{1};
    ASSERT_EQ(desk.next_opening(now), domain::timestamp{expected})
      << domain::to_rfc3339(now);
  }
}

TEST(TimeZone, IsOneThatTheMachineKnows) {
  for (const auto* name : {"UTC", "Europe/Berlin", "America/New_York"})
    EXPECT_TRUE(check_time_zone(name).has_value()) << name;
  for (const auto* name : {"", "Berlin", "Europe/Atlantis", "CET+1", "../UTC"})
    EXPECT_FALSE(check_time_zone(name).has_value()) << name;
}

} // namespace
} // namespace switchboard::config
