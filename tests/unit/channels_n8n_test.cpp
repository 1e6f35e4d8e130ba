#include "channels/n8n/ticket_created.hpp"

#include <gtest/gtest.h>

namespace switchboard::channels::n8n {
namespace {

TEST(TicketCreated, HasExactlyTheFieldsOfTheHook) {
  domain::ticket ticket;
  ticket.ref = "T-20260131-7K3M9QXZ";
  ticket.from = {"Asha", "+12025550123", ""};
  ticket.subject = "Bottles";
  ticket.urgency = domain::priority::high;
  EXPECT_EQ(encode_ticket_created(ticket, "broken", "https://x/1", "+91965"),
            R"({"event":"ticket.created",)"
            R"("ticketId":"00000000-0000-0000-0000-000000000000",)"
            R"("ticketRef":"T-20260131-7K3M9QXZ","ticketUrl":"https://x/1",)"
            R"("customerName":"Asha","customerPhone":"+12025550123",)"
            R"("customerEmail":null,"subject":"Bottles","message":"broken",)"
            R"("priority":"high","createdAt":"1970-01-01T00:00:00.000Z",)"
            R"("agentPhone":"+91965"})");
}

TEST(HookRequest, CarriesTheSecretWhenThereIsOne) {
  hook_options options;
  options.url = "https://n8n.example/webhook/ticket-created";
  EXPECT_EQ(hook_request(options, "{}").headers.size(), 1u);
  options.shared_secret = "s3cret";
  const auto call = hook_request(options, "{}");
  ASSERT_EQ(call.headers.size(), 2u);
  EXPECT_EQ(call.headers[1].first, "x-api-key");
  EXPECT_EQ(call.headers[1].second, "s3cret");
  EXPECT_FALSE(call.public_only);
}

struct verdict_row {
  http_failure failure;
  int status;
  delivery_outcome outcome;
};

class Verdict : public ::testing::TestWithParam<verdict_row> {};

TEST_P(Verdict, FollowsTheTable) {
  http_answer answer;
  answer.failure = GetParam().failure;
  answer.status = GetParam().status;
  EXPECT_EQ(judge(answer).outcome, GetParam().outcome)
    << to_string(answer.failure) << " " << answer.status;
}

INSTANTIATE_TEST_SUITE_P(
  Answers, Verdict,
  ::testing::Values(
    verdict_row{http_failure::none, 200, delivery_outcome::delivered},
    verdict_row{http_failure::none, 204, delivery_outcome::delivered},
    verdict_row{http_failure::none, 302, delivery_outcome::retry_later},
    verdict_row{http_failure::none, 400, delivery_outcome::refused},
    verdict_row{http_failure::none, 403, delivery_outcome::refused},
    verdict_row{http_failure::none, 404, delivery_outcome::retry_later},
    verdict_row{http_failure::none, 408, delivery_outcome::retry_later},
    verdict_row{http_failure::none, 410, delivery_outcome::gone},
    verdict_row{http_failure::none, 429, delivery_outcome::slow_down},
    verdict_row{http_failure::none, 500, delivery_outcome::retry_later},
    verdict_row{http_failure::none, 503, delivery_outcome::retry_later},
    verdict_row{http_failure::connect_failed, 0, delivery_outcome::retry_later},
    verdict_row{http_failure::answer_timeout, 0, delivery_outcome::retry_later},
    verdict_row{http_failure::bad_answer, 0, delivery_outcome::retry_later},
    verdict_row{http_failure::tls_failed, 0, delivery_outcome::retry_later},
    verdict_row{http_failure::bad_url, 0, delivery_outcome::refused},
    verdict_row{http_failure::address_refused, 0, delivery_outcome::refused}));

} // namespace
} // namespace switchboard::channels::n8n
