#include "api/openapi/document.hpp"
#include "api/stats_routes.hpp"
#include "tests/support/json_schema.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace switchboard::api {
namespace {

namespace json = boost::json;
using persistence::statistics_row;

const domain::timestamp noon
  = *domain::parse_rfc3339("2026-01-31T12:30:00.000Z");

/// The answer, after a look at whether it is what the description promises.
json::value answer_of(const statistics_row& row, domain::timestamp now = noon) {
  const auto answer = stats_response(row, now);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  const auto document
    = json::parse(openapi_document{}.text("https://support.example.com"));
  const support::json_schema schemas{document,
                                     support::json_schema::unlisted::refused};
  auto body = json::parse(answer.body);
  const auto& schema = document.at("components").at("schemas").at("Stats");
  for (const auto& problem : schemas.check(body, schema))
    ADD_FAILURE() << problem;
  return body;
}

domain::ticket_event event(domain::timestamp at, domain::ticket_fact fact) {
  return {domain::sequence{1}, at, std::move(fact)};
}

/// One ticket, created half an hour before `noon`, answered a minute later and
/// resolved at noon, held by agent 7.
statistics_row some_row() {
  using namespace std::chrono_literals;
  statistics_row row;
  row.last = domain::offset{90211};
  domain::ticket ticket;
  ticket.created_at = noon - 31min;
  domain::ticket_created created;
  created.urgency = domain::priority::high;
  created.via = domain::channel::whatsapp;
  row.figures.apply(event(ticket.created_at, created), nullptr);
  ticket.assignee = "7";
  row.figures.apply(event(noon - 31min, domain::assignee_changed{"7", "", ""}),
                    &ticket);
  domain::message_added answer;
  answer.message.role = domain::sender_role::agent;
  ticket.first_response_at = noon - 30min;
  row.figures.apply(event(noon - 30min, answer), &ticket);
  ticket.state = domain::status::resolved;
  row.figures.apply(
    event(noon, domain::status_changed{domain::status::pending,
                                       domain::status::resolved, "", ""}),
    &ticket);
  return row;
}

TEST(Stats, OfNothingAreComplete) {
  const auto body = answer_of({});
  EXPECT_EQ(body.at("as_of"), "2026-01-31T12:30:00.000Z");
  EXPECT_EQ(body.at("offset"), 0);
  EXPECT_EQ(body.at("tickets").at("total"), 0);
  EXPECT_EQ(body.at("flow").at("hours").as_array().size(), 48U);
  EXPECT_EQ(body.at("flow").at("days").as_array().size(), 30U);
  EXPECT_TRUE(body.at("first_response_s").at("p50").is_null());
  EXPECT_TRUE(body.at("deliveries").as_array().empty());
}

TEST(Stats, CountTickets) {
  const auto body = answer_of(some_row());
  EXPECT_EQ(body.at("offset"), 90211);
  const auto& tickets = body.at("tickets");
  EXPECT_EQ(tickets.at("total"), 1);
  EXPECT_EQ(tickets.at("open"), 0);
  EXPECT_EQ(tickets.at("by_status").at("resolved"), 1);
  EXPECT_EQ(tickets.at("by_status").at("pending"), 0);
  EXPECT_EQ(tickets.at("by_priority").at("high"), 1);
  EXPECT_EQ(tickets.at("by_channel").at("whatsapp"), 1);
  EXPECT_EQ(tickets.at("by_agent"),
            json::parse(R"([{"agent_id":7,"open":0,"total":1}])"));
}

TEST(Stats, ListHoursAndDaysFromTheOldestToTheRunningOne) {
  const auto body = answer_of(some_row());
  const auto& hours = body.at("flow").at("hours").as_array();
  EXPECT_EQ(hours.front().at("start"), "2026-01-29T13:00:00.000Z");
  EXPECT_EQ(
    hours[46],
    json::parse(
      R"({"start":"2026-01-31T11:00:00.000Z","created":1,"resolved":0})"));
  EXPECT_EQ(
    hours[47],
    json::parse(
      R"({"start":"2026-01-31T12:00:00.000Z","created":0,"resolved":1})"));
  const auto& days = body.at("flow").at("days").as_array();
  EXPECT_EQ(days.front().at("start"), "2026-01-02T00:00:00.000Z");
  EXPECT_EQ(
    days[29],
    json::parse(
      R"({"start":"2026-01-31T00:00:00.000Z","created":1,"resolved":1})"));
}

TEST(Stats, GiveTimesInSeconds) {
  const auto body = answer_of(some_row());
  EXPECT_EQ(body.at("first_response_s").at("count"), 1);
  EXPECT_NEAR(body.at("first_response_s").at("p99").to_number<double>(), 60, 2);
  EXPECT_NEAR(body.at("resolution_s").at("p50").to_number<double>(), 1860, 60);
}

TEST(Stats, TellHowDeliveriesFared) {
  statistics_row row;
  row.figures.add({"n8n", 0, 3, 0});
  row.figures.add({"telegram", 1'000'000, 0, 1});
  row.figures.add({"webhook", 998, 12, 2});
  row.figures.add({"whatsapp", 5, 0, 0});
  const auto body = answer_of(row);
  const auto& kinds = body.at("deliveries").as_array();
  ASSERT_EQ(kinds.size(), 4U);
  EXPECT_TRUE(kinds[0].at("success_rate").is_null());
  EXPECT_EQ(kinds[1].at("success_rate"), 0.999);
  EXPECT_EQ(kinds[2].at("success_rate"), 0.998);
  EXPECT_EQ(kinds[2].at("failed_attempts"), 12);
  EXPECT_EQ(kinds[2].at("dead"), 2);
  EXPECT_EQ(kinds[3].at("success_rate").to_number<double>(), 1);
}

} // namespace
} // namespace switchboard::api
