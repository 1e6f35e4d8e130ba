#include "channels/webhooks/delivery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace switchboard::channels::webhooks {
namespace {

domain::uuid uuid_of(std::uint8_t last) {
  domain::uuid out;
  out.bytes.back() = last;
  return out;
}

TEST(WebhookId, IsTheSameForTheSameEventAndEndpointOnly) {
  const auto make = [](std::uint8_t endpoint, std::uint8_t ticket,
                       std::uint64_t number, std::string_view type = {}) {
    return make_webhook_id(uuid_of(endpoint), uuid_of(ticket),
                           domain::sequence{number}, type);
  };
  const auto one = make(1, 2, 3);
  EXPECT_EQ(one, make(1, 2, 3));
  const std::set<std::string> all{one,
                                  make(2, 1, 3),
                                  make(1, 2, 4),
                                  make(1, 2, 3ULL << 56U),
                                  make(2, 2, 3),
                                  make(1, 3, 3),
                                  make(1, 2, 3, "ticket.updated"),
                                  make(1, 2, 3, "ticket.closed")};
  EXPECT_EQ(all.size(), 8U);
  for (const auto& id : all) {
    EXPECT_EQ(id.size(), 30U) << id;
    EXPECT_TRUE(id.starts_with("msg_")) << id;
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567", 4),
              std::string::npos)
      << id;
  }
}

TEST(WebhookId, NeverChangesBetweenReleases) {
  EXPECT_EQ(make_webhook_id(uuid_of(1), uuid_of(2), domain::sequence{3}),
            "msg_rauirx2ytnwwyv3jk7tdae5wp2");
}

TEST(WebhookCall, IsSignedForItsSecond) {
  const auto old_secret
    = webhook_secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  const auto new_secret
    = webhook_secret::from_bytes(std::string(32, 'k')).value();
  const std::vector<webhook_secret> secrets{new_secret, old_secret};
  const std::vector<std::pair<std::string, std::string>> headers{
    {"Authorization", "Bearer x"}};
  endpoint_view endpoint;
  endpoint.url = "https://crm.example/hook?a=b";
  endpoint.secrets = secrets;
  endpoint.headers = headers;
  endpoint.timeout = std::chrono::milliseconds{1234};
  const auto call = encode(endpoint, "msg_1", R"({"a":1})", 1'767'225'600);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, endpoint.url);
  EXPECT_EQ(call.body, R"({"a":1})");
  EXPECT_EQ(call.total_timeout, endpoint.timeout);
  EXPECT_TRUE(call.public_only);
  ASSERT_EQ(call.headers.size(), 5U);
  using header = std::pair<std::string, std::string>;
  EXPECT_EQ(call.headers[0], header("content-type", "application/json"));
  EXPECT_EQ(call.headers[1], header("webhook-id", "msg_1"));
  EXPECT_EQ(call.headers[2], header("webhook-timestamp", "1767225600"));
  EXPECT_EQ(call.headers[3].first, "webhook-signature");
  EXPECT_EQ(call.headers[4], headers[0]);
  for (const auto& secret : secrets)
    EXPECT_EQ(verify({&secret, 1},
                     {call.headers[1].second, call.headers[2].second,
                      call.headers[3].second},
                     call.body, 1'767'225'600),
              signature_check::valid);
  const auto later = encode(endpoint, "msg_1", R"({"a":1})", 1'767'225'605);
  EXPECT_EQ(later.headers[1], call.headers[1]);
  EXPECT_EQ(later.headers[2].second, "1767225605");
  EXPECT_NE(later.headers[3], call.headers[3]);
}

struct verdict_row {
  http_failure failure;
  int status;
  int retry_after; ///< 0: none
  delivery_outcome outcome;
  int expected_retry_after = 0;
};

class WebhookVerdict : public testing::TestWithParam<verdict_row> {};

TEST_P(WebhookVerdict, FollowsTheTable) {
  const auto& row = GetParam();
  http_answer answer;
  answer.failure = row.failure;
  answer.status = row.status;
  const auto seconds_of = [](int count) {
    return count == 0 ? std::nullopt
                      : std::optional{std::chrono::seconds{count}};
  };
  answer.retry_after = seconds_of(row.retry_after);
  const auto verdict = judge(answer);
  EXPECT_EQ(verdict.outcome, row.outcome)
    << to_string(answer.failure) << " " << answer.status;
  EXPECT_EQ(verdict.retry_after, seconds_of(row.expected_retry_after));
  EXPECT_FALSE(verdict.reason.empty());
}

constexpr auto none = http_failure::none;
using enum delivery_outcome;

INSTANTIATE_TEST_SUITE_P(
  Answers, WebhookVerdict,
  testing::Values(verdict_row{none, 200, 0, delivered},
                  verdict_row{none, 204, 30, delivered},
                  verdict_row{none, 299, 0, delivered},
                  verdict_row{none, 100, 0, retry_later},
                  verdict_row{none, 301, 30, retry_later},
                  verdict_row{none, 302, 0, retry_later},
                  verdict_row{none, 308, 0, retry_later},
                  verdict_row{none, 400, 0, retry_later},
                  verdict_row{none, 401, 0, retry_later},
                  verdict_row{none, 404, 0, retry_later},
                  verdict_row{none, 409, 0, retry_later},
                  verdict_row{none, 410, 30, gone},
                  verdict_row{none, 429, 0, slow_down},
                  verdict_row{none, 429, 30, slow_down, 30},
                  verdict_row{none, 500, 0, retry_later},
                  verdict_row{none, 502, 7, retry_later, 7},
                  verdict_row{none, 503, 0, retry_later},
                  verdict_row{none, 503, 120, retry_later, 120},
                  verdict_row{none, 504, 0, retry_later},
                  verdict_row{http_failure::bad_url, 0, 0, refused},
                  verdict_row{http_failure::address_refused, 0, 0, refused},
                  verdict_row{http_failure::resolve_failed, 0, 0, retry_later},
                  verdict_row{http_failure::connect_failed, 0, 0, retry_later},
                  verdict_row{http_failure::tls_failed, 0, 0, retry_later},
                  verdict_row{http_failure::answer_timeout, 0, 0, retry_later},
                  verdict_row{http_failure::no_answer, 0, 0, retry_later},
                  verdict_row{http_failure::bad_answer, 0, 0, retry_later},
                  verdict_row{http_failure::shutting_down, 0, 0, retry_later}));

TEST(WebhookVerdicts, SayWhy) {
  http_answer answer;
  answer.status = 302;
  EXPECT_EQ(judge(answer).reason, "HTTP 302: redirects are not followed");
  answer.failure = http_failure::address_refused;
  answer.detail = "loopback";
  EXPECT_EQ(judge(answer).reason,
            "the endpoint's address is not allowed: loopback");
}

TEST(WebhookSchedule, TakesALittleMoreThanADay) {
  EXPECT_EQ(
    std::accumulate(retry_schedule_default.begin(),
                    retry_schedule_default.end(), std::chrono::seconds{0}),
    std::chrono::seconds{5} + std::chrono::minutes{35}
      + std::chrono::hours{27});
  EXPECT_TRUE(std::ranges::is_sorted(retry_schedule_default));
}

} // namespace
} // namespace switchboard::channels::webhooks
