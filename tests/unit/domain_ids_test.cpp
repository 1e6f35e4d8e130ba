#include "domain/ids.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>
#include <vector>

namespace switchboard::domain {
namespace {

constexpr std::string_view sample = "0190163d-8694-739b-aea5-966c26f8ad91";
// The example of RFC 9562, appendix A.6.
constexpr std::string_view rfc_sample = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

timestamp at_millis(std::int64_t value) {
  return timestamp{std::chrono::milliseconds{value}};
}

TEST(Uuid7, IsLaidOutAsTheRfcShows) {
  const auto id
    = make_uuid7(at_millis(1'645'557'742'000), 0xCC3, 0x18C4'DC0C'0C07'398FU);
  EXPECT_EQ(to_string(id), rfc_sample);
  EXPECT_EQ(time_of(id), at_millis(1'645'557'742'000));
}

TEST(Uuid7, KeepsVersionAndVariantWhateverComesIn) {
  for (const std::uint64_t random : {std::uint64_t{0}, ~std::uint64_t{0}})
    for (const auto counter : {std::uint16_t{0}, std::uint16_t{0xFFFF}}) {
      const auto id = make_uuid7(at_millis(1), counter, random);
      EXPECT_EQ(id.bytes[6] >> 4U, 7U);
      EXPECT_EQ(id.bytes[8] >> 6U, 2U);
    }
}

TEST(Uuid7, KeepsEveryRandomBitBelowTheVariant) {
  std::unordered_set<std::string> ids;
  for (unsigned bit = 0; bit < 62; ++bit)
    ids.insert(to_string(make_uuid7(at_millis(1), 0, std::uint64_t{1} << bit)));
  EXPECT_EQ(ids.size(), 62U);
}

TEST(Uuid7, SortsByTimeThenCounter) {
  const auto first = make_uuid7(at_millis(1'000), 0xFFF, ~std::uint64_t{0});
  const auto second = make_uuid7(at_millis(1'001), 0, 0);
  const auto third = make_uuid7(at_millis(1'001), 1, 0);
  const auto fourth = make_uuid7(at_millis(1'001), 0x100, 0);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_LT(third, fourth);
  EXPECT_LT(to_string(first), to_string(second));
  EXPECT_LT(third.view(), fourth.view());
}

TEST(Uuid, GoesThroughText) {
  const auto id = parse_uuid(sample);
  ASSERT_TRUE(id);
  EXPECT_EQ(to_string(*id), sample);
  EXPECT_EQ(parse_uuid("0190163D-8694-739B-AEA5-966C26F8AD91"), id);
}

TEST(Uuid, RefusesEverythingElse) {
  for (const auto* text : {
         "",
         "0190163d8694739baea5966c26f8ad91",
         "0190163d-8694-739b-aea5-966c26f8ad9",
         "0190163d-8694-739b-aea5-966c26f8ad911",
         "{190163d-8694-739b-aea5-966c26f8ad91",
         "0190163d-8694-739b-aea5_966c26f8ad91",
         "0190163g-8694-739b-aea5-966c26f8ad91",
         "0190163d-8694-739b-aea5-966c26f8ad9 ",
         "0190163d--694-739b-aea5-966c26f8ad91",
         "------------------------------------",
       })
    EXPECT_FALSE(parse_uuid(text)) << text;
}

TEST(Uuid, GoesThroughRawBytes) {
  const auto id = parse_uuid(sample).value();
  EXPECT_EQ(uuid_from_bytes(id.view()), id);
  EXPECT_FALSE(uuid_from_bytes(id.view().substr(1)));
  EXPECT_FALSE(uuid_from_bytes(""));
}

TEST(Uuid, HashesDifferForIdsOfOneMillisecond) {
  std::unordered_set<std::size_t> hashes;
  for (std::uint16_t i = 0; i < 100; ++i)
    hashes.insert(std::hash<uuid>{}(make_uuid7(at_millis(5), i, 42)));
  EXPECT_EQ(hashes.size(), 100U);
}

TEST(TicketRef, ShowsTheDayAndFiveBitsACharacter) {
  std::array<std::uint8_t, 16> random{};
  random.fill(0xFF);
  const auto at = at_millis(1'769'860'800'000); // 2026-01-31
  EXPECT_EQ(make_ticket_ref(at, 8, random), "T-20260131-ZZZZZZZZ");
  // 128 bits fill 25 characters and three bits of the last.
  EXPECT_EQ(make_ticket_ref(at, 26, random),
            "T-20260131-ZZZZZZZZZZZZZZZZZZZZZZZZZW");
  // 00000 00001 00010 00011 00100 00101 00110 00111
  random = {0x00, 0x44, 0x32, 0x14, 0xC7};
  EXPECT_EQ(make_ticket_ref(at, 4, random), "T-20260131-0123");
  EXPECT_EQ(make_ticket_ref(at, 8, random), "T-20260131-01234567");
}

TEST(TicketRef, DependsOnEveryRandomBit) {
  std::unordered_set<std::string> refs;
  for (std::size_t bit = 0; bit < 128; ++bit) {
    std::array<std::uint8_t, 16> random{};
    random[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    refs.insert(make_ticket_ref(at_millis(0), ref_length_max, random));
  }
  EXPECT_EQ(refs.size(), 128U);
}

TEST(TicketRef, IsFoundHoweverItWasReadOut) {
  struct row {
    std::string_view text;
    std::string_view expected;
  };
  const std::vector<row> rows{
    {"T-20260131-7F3K9QXA", "T-20260131-7F3K9QXA"},
    {"t-20260131-7f3k9qxa", "T-20260131-7F3K9QXA"},
    {"T-20260131-ILOilo01", "T-20260131-11011001"},
    {"T-2O26OI3l-7F3K9QXA", "T-20260131-7F3K9QXA"},
    {"T-20260131-ABCD", "T-20260131-ABCD"},
    {"T-20260131-ABCDEFGHJKMNPQRSTVWXYZ0123",
     "T-20260131-ABCDEFGHJKMNPQRSTVWXYZ0123"},
    {"T-20260131-ABC", ""},
    {"T-20260131-ABCDEFGHJKMNPQRSTVWXYZ01234", ""},
    {"T-20260131-7F3K9QXU", ""}, // no U in this alphabet
    {"T-20261331-7F3K9QXA", ""},
    {"T-20260132-7F3K9QXA", ""},
    {"T-20260100-7F3K9QXA", ""},
    {"T-2026013A-7F3K9QXA", ""},
    {"T-20260131_7F3K9QXA", ""},
    {"T20260131-7F3K9QXA", ""},
    {"X-20260131-7F3K9QXA", ""},
    {" T-20260131-7F3K9QXA", ""},
    {"T-20260131-7F3K9QX ", ""},
    {"T-20260131-7F3K/QXA", ""},
    {"T-20260131-7F3K\xC3\xA4XA", ""},
    {"", ""},
    {"T-", ""},
  };
  for (const auto& r : rows)
    EXPECT_EQ(normalize_ticket_ref(r.text), r.expected) << r.text;
}

TEST(TicketRef, IsItsOwnNormalForm) {
  std::array<std::uint8_t, 16> random{};
  for (std::size_t i = 0; i < random.size(); ++i)
    random[i] = static_cast<std::uint8_t>(i * 37 + 11);
  for (auto length = ref_length_min; length <= ref_length_max; ++length) {
    const auto ref
      = make_ticket_ref(at_millis(1'769'860'800'000), length, random);
    EXPECT_EQ(normalize_ticket_ref(ref), ref);
  }
}

TEST(TicketKey, NamesTheMillisecondsAndTheTail) {
  // 0x0190163d8694 = 1718360049300 ms.
  EXPECT_EQ(ticket_key(ticket_id{parse_uuid(sample).value()}),
            "TICK-LXEJ7FRO-26F8AD91");
  EXPECT_EQ(ticket_key(ticket_id{make_uuid7(at_millis(0), 0, 0xAB)}),
            "TICK-0-000000AB");
  EXPECT_EQ(ticket_key(ticket_id{make_uuid7(at_millis(36), 0, 0)}),
            "TICK-10-00000000");
  EXPECT_EQ(
    ticket_key(ticket_id{make_uuid7(at_millis(0xFFFF'FFFF'FFFF), 0, 0)}),
    "TICK-2RRVTHNXTR-00000000");
}

} // namespace
} // namespace switchboard::domain
