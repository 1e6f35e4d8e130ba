// Ranges and names of files that are sent out.
#include "api/attachment_routes.hpp"
#include "api/session_attachments.hpp"
#include "persistence/memory_journal.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace switchboard::api {
namespace {

constexpr std::uint64_t size = 1'000;

range_request part(std::uint64_t first, std::uint64_t count) {
  return {range_kind::part, {first, count}};
}

TEST(ByteRange, IsReadAsRfc9110Says) {
  const range_request whole;
  const range_request none{range_kind::unsatisfiable, {}};
  struct row {
    std::string_view header;
    range_request meant;
  };
  const std::vector<row> rows{
    {"bytes=0-0", part(0, 1)},
    {"bytes=0-499", part(0, 500)},
    {"bytes=500-", part(500, 500)},
    {"bytes=999-", part(999, 1)},
    {"bytes=500-5000", part(500, 500)},
    {"bytes=-1", part(999, 1)},
    {"bytes=-5000", part(0, 1'000)},
    {"bytes=1000-", none},
    {"bytes=1000-2000", none},
    {"bytes=-0", none},
    {"bytes=18446744073709551615-", none},
    {"", whole},
    {"bytes", whole},
    {"bytes=", whole},
    {"bytes=-", whole},
    {"bytes=5-4", whole},
    {"bytes=a-4", whole},
    {"bytes=0-b", whole},
    {"bytes=0-1,5-6", whole},
    {"bytes=99999999999999999999-", whole},
    {"lines=0-1", whole},
  };
  for (const auto& one : rows)
    EXPECT_EQ(parse_range(one.header, size), one.meant) << one.header;
}

TEST(ByteRange, OfAnEmptyFileIsNone) {
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, range_kind::unsatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, range_kind::unsatisfiable);
}

TEST(ContentDisposition, ShowsOnlyWhatIsHarmless) {
  domain::attachment file;
  file.name = "a.png";
  file.mime_type = "image/png";
  EXPECT_EQ(content_disposition(file),
            "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
  file.mime_type = "text/html";
  file.name = "Grüße \"1\".html";
  EXPECT_EQ(content_disposition(file),
            "attachment; filename=\"Gr____e _1_.html\"; "
            "filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.html");
}

class MessageAttachments : public testing::Test {
protected:
  void put(std::uint64_t number, std::optional<domain::session_id> session,
           domain::attachment_state state, domain::timestamp at) {
    domain::attachment record;
    record.id = {domain::uuid_of_number(number)};
    record.session = session;
    record.state = state;
    record.name = "a.txt";
    record.mime_type = "text/plain";
    record.size = 5;
    record.created_at = at;
    journal.commit(
      persistence::save(std::nullopt, record, at), [](const auto& outcome) {
        EXPECT_TRUE(std::holds_alternative<persistence::committed>(outcome));
      });
  }

  /// The status of the refusal; 0: all were found.
  unsigned refusal_of(const std::vector<std::uint64_t>& numbers) {
    std::vector<domain::attachment_id> ids;
    ids.reserve(numbers.size());
    for (const auto number : numbers)
      ids.push_back({domain::uuid_of_number(number)});
    const auto found = find_attachments(records, mine, ids, now);
    const auto* const refusal = std::get_if<net::response>(&found);
    if (refusal != nullptr)
      return refusal->status;
    EXPECT_EQ(std::get<std::vector<domain::attachment_ref>>(found).size(),
              ids.size());
    return 0;
  }

  const domain::timestamp now{std::chrono::hours{24 * 365 * 56}};
  const domain::session_id mine{domain::uuid_of_number(100)};
  const domain::session_id other{domain::uuid_of_number(200)};
  persistence::memory_journal journal;
  persistence::record_views records{journal.rows()};
};

TEST_F(MessageAttachments, AreTheSessionsOwnAndHereAndYoung) {
  using state = domain::attachment_state;
  put(1, mine, state::ready, now - std::chrono::hours{22});
  put(2, mine, state::ready, now);
  put(3, other, state::ready, now);
  put(4, std::nullopt, state::ready, now);
  put(5, mine, state::pending, now);
  put(6, mine, state::ready, now - std::chrono::hours{24});
  EXPECT_EQ(refusal_of({}), 0U);
  EXPECT_EQ(refusal_of({2, 1}), 0U);
  for (const std::uint64_t wrong : {3U, 4U, 5U, 6U, 7U})
    EXPECT_EQ(refusal_of({1, wrong}), 400U) << wrong;
}

} // namespace
} // namespace switchboard::api
