#include "channels/whatsapp/outgoing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

using std::chrono::seconds;
using o = delivery_outcome;
using t = trouble;

http_answer answered(int status, std::string body = "") {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

/// What the trouble of a row makes of the delivery.
o outcome_for(t why) {
  if (why == t::none)
    return o::retry_later;
  return why == t::busy || why == t::not_connected || why == t::logged_out
           ? o::slow_down
           : o::refused;
}

struct code_row {
  int status;
  int code;
  t why;
};

TEST(WhatsappAnswer, TwiliosCodesAreUnderstood) {
  const std::vector<code_row> rows{
    {400, 63016, t::window_closed}, {429, 20429, t::busy},
    {400, 63018, t::busy},          {429, 63038, t::busy},
    {400, 21211, t::bad_recipient}, {400, 21614, t::bad_recipient},
    {400, 63024, t::bad_recipient}, {400, 63003, t::bad_recipient},
    {400, 63007, t::logged_out},    {400, 21606, t::logged_out},
    {400, 21608, t::bad_recipient}, {400, 63005, t::bad_content},
    {400, 63013, t::bad_content},   {400, 63032, t::bad_recipient},
    {400, 11751, t::bad_content},   {400, 21620, t::bad_content},
    {400, 21617, t::bad_content},   {400, 21656, t::bad_content},
    {400, 21623, t::bad_content},   {400, 63019, t::bad_content},
    {400, 63021, t::bad_content},   {401, 20003, t::logged_out},
    {404, 20404, t::logged_out},    {500, 20500, t::none},
    {503, 20503, t::none}};
  for (const auto& row : rows) {
    const auto got
      = judge(provider::twilio,
              answered(row.status,
                       R"({"code":)" + std::to_string(row.code)
                         + R"(,"message":"the secret words","status":400})"));
    EXPECT_EQ(got.why, row.why) << row.code;
    EXPECT_EQ(got.what.outcome, outcome_for(row.why)) << row.code;
    EXPECT_EQ(got.code, row.code);
    EXPECT_EQ(got.what.retry_after.has_value(),
              got.what.outcome == o::slow_down)
      << row.code;
    EXPECT_NE(got.what.reason.find("(twilio error " + std::to_string(row.code)),
              std::string::npos)
      << got.what.reason;
    EXPECT_EQ(got.what.reason.find("secret"), std::string::npos);
    EXPECT_EQ(trouble_of(provider::twilio, row.code), row.why);
    EXPECT_FALSE(explain(provider::twilio, row.code).empty());
    EXPECT_TRUE(got.id.empty());
  }
}

TEST(WhatsappAnswer, MetasCodesAreUnderstood) {
  const std::vector<code_row> rows{{400, 131047, t::window_closed},
                                   {429, 130429, t::busy},
                                   {400, 131056, t::busy},
                                   {400, 131048, t::busy},
                                   {400, 131049, t::bad_recipient},
                                   {400, 130472, t::bad_recipient},
                                   {400, 131026, t::bad_recipient},
                                   {400, 131051, t::bad_content},
                                   {400, 131052, t::bad_content},
                                   {400, 131053, t::bad_content},
                                   {400, 131009, t::bad_content},
                                   {400, 131008, t::bad_content},
                                   {400, 100, t::bad_content},
                                   {400, 131021, t::bad_recipient},
                                   {400, 131030, t::bad_recipient},
                                   {400, 132000, t::bad_content},
                                   {404, 132001, t::bad_content},
                                   {400, 132005, t::bad_content},
                                   {400, 132007, t::bad_content},
                                   {400, 132012, t::bad_content},
                                   {400, 132015, t::bad_content},
                                   {400, 132016, t::bad_content},
                                   {401, 190, t::logged_out},
                                   {401, 0, t::logged_out},
                                   {500, 3, t::logged_out},
                                   {403, 10, t::logged_out},
                                   {403, 200, t::logged_out},
                                   {403, 299, t::logged_out},
                                   {403, 131005, t::logged_out},
                                   {400, 4, t::busy},
                                   {400, 80007, t::busy},
                                   {500, 131057, t::not_connected},
                                   {400, 133016, t::busy},
                                   {400, 1, t::none},
                                   {503, 2, t::none},
                                   {500, 131000, t::none},
                                   {500, 131016, t::none},
                                   {400, 33, t::logged_out},
                                   {400, 131045, t::logged_out},
                                   {400, 133010, t::logged_out},
                                   {403, 368, t::logged_out},
                                   {403, 131031, t::logged_out},
                                   {402, 131042, t::logged_out}};
  for (const auto& row : rows) {
    const auto got
      = judge(provider::cloud,
              answered(row.status, R"({"error":{"message":"secret","code":)"
                                     + std::to_string(row.code) + "}}"));
    EXPECT_EQ(got.why, row.why) << row.code;
    EXPECT_EQ(got.what.outcome, outcome_for(row.why)) << row.code;
    EXPECT_EQ(got.code, row.code);
    EXPECT_EQ(got.what.reason.find("secret"), std::string::npos);
    if (row.code == 0)
      continue;
    EXPECT_EQ(trouble_of(provider::cloud, row.code), row.why);
    EXPECT_FALSE(explain(provider::cloud, row.code).empty());
  }
}

TEST(WhatsappAnswer, MetaDoesNotKnowOurNumber) {
  const auto got
    = judge(provider::cloud,
            answered(400, R"({"error":{"code":100,"error_subcode":33}})"));
  EXPECT_EQ(got.why, t::logged_out);
  EXPECT_EQ(got.code, 33);
}

TEST(WhatsappAnswer, NoCodeIsNoTrouble) {
  for (const auto p : all_providers) {
    EXPECT_EQ(trouble_of(p, 0), t::none);
    EXPECT_TRUE(explain(p, 0).empty());
    EXPECT_EQ(trouble_of(p, 999'999), t::none);
    EXPECT_TRUE(explain(p, 999'999).empty());
  }
  EXPECT_EQ(trouble_of(provider::baileys, 401), t::logged_out);
  EXPECT_EQ(trouble_of(provider::baileys, 463), t::bad_recipient);
  EXPECT_EQ(trouble_of(provider::baileys, 428), t::not_connected);
}

struct status_row {
  provider via;
  int status;
  t why;
};

TEST(WhatsappAnswer, StatusesServeWithoutACode) {
  using enum provider;
  const std::vector<status_row> rows{{baileys, 401, t::logged_out},
                                     {baileys, 403, t::logged_out},
                                     {baileys, 404, t::not_connected},
                                     {baileys, 503, t::not_connected},
                                     {baileys, 502, t::not_connected},
                                     {baileys, 421, t::not_connected},
                                     {baileys, 409, t::none},
                                     {baileys, 429, t::busy},
                                     {baileys, 400, t::bad_content},
                                     {baileys, 413, t::bad_content},
                                     {baileys, 422, t::bad_content},
                                     {baileys, 500, t::none},
                                     {baileys, 504, t::none},
                                     {baileys, 408, t::none},
                                     {baileys, 425, t::none},
                                     {baileys, 302, t::none},
                                     {n8n, 401, t::logged_out},
                                     {n8n, 404, t::not_connected},
                                     {n8n, 503, t::not_connected},
                                     {n8n, 500, t::none},
                                     {n8n, 400, t::bad_content},
                                     {n8n, 429, t::busy},
                                     {twilio, 401, t::logged_out},
                                     {twilio, 404, t::logged_out},
                                     {twilio, 429, t::busy},
                                     {twilio, 503, t::none},
                                     {twilio, 400, t::bad_content},
                                     {cloud, 401, t::logged_out},
                                     {cloud, 404, t::logged_out},
                                     {cloud, 429, t::busy},
                                     {cloud, 500, t::none},
                                     {cloud, 400, t::bad_content}};
  for (const auto& row : rows)
    for (const std::string body : {"", "Message not sent", "<html>", "{}"}) {
      const auto got = judge(row.via, answered(row.status, body));
      EXPECT_EQ(got.why, row.why) << to_string(row.via) << ' ' << row.status;
      EXPECT_EQ(got.what.outcome, outcome_for(row.why))
        << to_string(row.via) << ' ' << row.status;
      EXPECT_EQ(got.code, 0);
      EXPECT_FALSE(got.what.reason.empty());
    }
}

TEST(WhatsappAnswer, AnUnknownCodeIsToldAndTheStatusServes) {
  const auto got
    = judge(provider::twilio, answered(400, R"({"code":99999,"status":400})"));
  EXPECT_EQ(got.why, t::bad_content);
  EXPECT_EQ(got.code, 99999);
  EXPECT_NE(got.what.reason.find("99999"), std::string::npos);
}

struct words_row {
  int status;
  std::string body;
  t why;
};

TEST(WhatsappAnswer, SidecarsSayTroubleInWords) {
  const std::vector<words_row> rows{
    {404, R"({"error":"logged_out"})", t::logged_out},
    {404, R"({"error":{"code":"logged_out","message":"pair"}})", t::logged_out},
    {500, R"({"message":"Connection Closed"})", t::not_connected},
    {400, R"({"error":"Not connected"})", t::not_connected},
    {400,
     R"({"status":400,"error":"Bad Request","response":{"message":)"
     R"([{"jid":"1@s.whatsapp.net","exists":false,"number":"1"}]}})",
     t::bad_recipient},
    {400, R"({"response":{"message":["Error: Connection Closed"]}})",
     t::not_connected},
    {500, R"({"error":{"code":463}})", t::bad_recipient},
    // What people write is not looked at.
    {400, R"({"error":"Bad Request","sent":{"text":"I am logged out"}})",
     t::bad_content}};
  for (const auto& row : rows) {
    const auto got = judge(provider::baileys, answered(row.status, row.body));
    EXPECT_EQ(got.why, row.why) << row.body;
    EXPECT_EQ(got.what.outcome, outcome_for(row.why)) << row.body;
  }
}

struct taken_row {
  provider via;
  int status;
  std::string body;
  std::string id;
};

TEST(WhatsappAnswer, WhatWasTakenHasAName) {
  using enum provider;
  const std::vector<taken_row> rows{
    {baileys, 200,
     R"({"data":{"key":{"remoteJid":"1@s.whatsapp.net","fromMe":true,)"
     R"("id":"3EB0"},"messageTimestamp":1749416400}})",
     "3EB0"},
    {baileys, 201, R"({"key":{"id":"3EB1"},"status":"PENDING"})", "3EB1"},
    {baileys, 200, R"({"id":"3EB2"})", "3EB2"},
    {twilio, 201, R"({"sid":"SM1","status":"queued","error_code":null})",
     "SM1"},
    {cloud, 200,
     R"({"messages":[{"id":"wamid.X","message_status":"accepted"}]})",
     "wamid.X"},
    {n8n, 200, R"({"id":"3EB3"})", "3EB3"},
    {n8n, 200, R"([{"messageId":"3EB4"}])", "3EB4"},
    {n8n, 200, R"({"message":"Workflow was started"})", ""},
    {n8n, 204, "", ""},
    {baileys, 200, "not JSON", ""},
    {cloud, 200, R"({"messages":[]})", ""},
    {twilio, 200, R"({"sid":7})", ""}};
  for (const auto& row : rows) {
    const auto got = judge(row.via, answered(row.status, row.body));
    EXPECT_EQ(got.what.outcome, o::delivered) << row.body;
    EXPECT_EQ(got.why, t::none);
    EXPECT_EQ(got.id, row.id) << row.body;
    EXPECT_EQ(got.code, 0);
  }
}

TEST(WhatsappAnswer, ANameThatIsTooLongIsNone) {
  const auto got
    = judge(provider::baileys,
            answered(200, R"({"id":")" + std::string(600, 'x') + "\"}"));
  EXPECT_EQ(got.what.outcome, o::delivered);
  EXPECT_TRUE(got.id.empty());
}

TEST(WhatsappAnswer, TwilioMayTakeAMessageThatHasFailed) {
  const auto got = judge(
    provider::twilio,
    answered(201, R"({"sid":"SM1","status":"failed","error_code":63016})"));
  EXPECT_EQ(got.why, t::window_closed);
  EXPECT_EQ(got.what.outcome, o::refused);
}

TEST(WhatsappAnswer, PausesAreWhatThePeerSaysOrUsual) {
  auto busy = answered(429);
  EXPECT_EQ(judge(provider::cloud, busy).what.retry_after, seconds{1});
  busy.retry_after = seconds{30};
  EXPECT_EQ(judge(provider::cloud, busy).what.retry_after, seconds{30});
  busy.retry_after = seconds{0};
  EXPECT_EQ(judge(provider::cloud, busy).what.retry_after, seconds{1});
  busy.retry_after = seconds{1'000'000};
  EXPECT_EQ(judge(provider::cloud, busy).what.retry_after, seconds{3600});
  const auto pair = answered(400, R"({"error":{"code":131056}})");
  EXPECT_EQ(judge(provider::cloud, pair).what.retry_after, seconds{16});
  EXPECT_EQ(judge(provider::baileys, answered(503)).what.retry_after,
            seconds{5});
  EXPECT_EQ(judge(provider::baileys, answered(401)).what.retry_after,
            seconds{15});
  EXPECT_EQ(judge(provider::baileys, answered(409)).what.retry_after,
            seconds{2});
  EXPECT_EQ(judge(provider::baileys, answered(500)).what.retry_after,
            std::nullopt);
}

struct failure_row {
  http_failure failure;
  o outcome;
  t why;
};

TEST(WhatsappAnswer, WhatWasSurelyNotSentWaitsAndTheRestIsTriedAgain) {
  using enum http_failure;
  const std::vector<failure_row> rows{
    {bad_url, o::refused, t::none},
    {address_refused, o::refused, t::none},
    {resolve_failed, o::slow_down, t::not_connected},
    {connect_failed, o::slow_down, t::not_connected},
    {connect_timeout, o::slow_down, t::not_connected},
    {tls_failed, o::slow_down, t::not_connected},
    {write_failed, o::retry_later, t::none},
    {no_answer, o::retry_later, t::none},
    {answer_timeout, o::retry_later, t::none},
    {bad_answer, o::retry_later, t::none},
    {shutting_down, o::slow_down, t::none}};
  for (const auto& row : rows)
    for (const auto p : all_providers) {
      http_answer answer;
      answer.failure = row.failure;
      answer.detail = "why";
      const auto got = judge(p, answer);
      EXPECT_EQ(got.what.outcome, row.outcome) << to_string(row.failure);
      EXPECT_EQ(got.why, row.why) << to_string(row.failure);
      EXPECT_EQ(got.what.retry_after.has_value(), row.outcome == o::slow_down);
      EXPECT_NE(got.what.reason.find("why"), std::string::npos);
    }
}

TEST(WhatsappAnswer, TroublesHaveNames) {
  EXPECT_EQ(to_string(t::none), "none");
  EXPECT_EQ(to_string(t::busy), "busy");
  EXPECT_EQ(to_string(t::not_connected), "not_connected");
  EXPECT_EQ(to_string(t::logged_out), "logged_out");
  EXPECT_EQ(to_string(t::window_closed), "window_closed");
  EXPECT_EQ(to_string(t::bad_recipient), "bad_recipient");
  EXPECT_EQ(to_string(t::bad_content), "bad_content");
}

} // namespace
} // namespace switchboard::channels::whatsapp
