// Messages and what was told of them since, in the words of each dialect.
#include "channels/rest/events.hpp"
#include "channels/rest/objects.hpp"
#include "channels/web/visitor.hpp"
#include "domain/webhook.hpp"

#include <gtest/gtest.h>

#include <string>

namespace switchboard::channels {
namespace {

using domain::delivery_state;
using domain::message_sequence;

const domain::timestamp noon{
  std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}
  + std::chrono::hours{12}};

constexpr message_sequence second{2};

domain::message_draft some_message() {
  domain::message_draft out;
  out.id = {domain::uuid_of_number(7)};
  out.role = domain::sender_role::agent;
  out.sender_name = "Ada";
  out.via = domain::channel::whatsapp;
  out.body = "Here it is.";
  return out;
}

std::string rest_message(const domain::message_draft& message,
                         const domain::message_marks& marks = {}) {
  std::string text;
  json::writer out{text};
  rest::write_message(out, second, noon, message, {}, nullptr, marks);
  return text;
}

std::string visitor_message(const web::visitor_message_place& place) {
  std::string text;
  json::writer out{text};
  web::write_visitor_message(out, {}, place, some_message());
  return text;
}

std::string activity(domain::ticket_fact fact) {
  std::string text;
  json::writer out{text};
  rest::write_activity(out, {domain::sequence{4}, noon, std::move(fact)});
  return text;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(RestMessage, HasNoMarksAtFirst) {
  const auto text = rest_message(some_message());
  EXPECT_TRUE(says(text, R"("edited_at":null,"reply_to":null,)"
                         R"("deleted_at":null,"reactions":[],)"
                         R"("delivery":null})"))
    << text;
}

TEST(RestMessage, NamesTheOneThatItAnswers) {
  auto message = some_message();
  message.reply_to = message_sequence{1};
  EXPECT_TRUE(says(rest_message(message), R"("reply_to":1)"));
}

TEST(RestMessage, ShowsItsMarksButNobodysId) {
  domain::message_marks marks;
  marks.reactions = {{"phone:+15551234567", "John \"J\"", "👍", noon},
                     {"lid:225", "", "🎉", noon}};
  marks.deleted_at = noon;
  marks.delivery = {delivery_state::failed, "whatsapp:cloud", "no room", noon};
  const auto text = rest_message(some_message(), marks);
  EXPECT_TRUE(says(text, R"("deleted_at":"2026-01-31T12:00:00.000Z")"));
  EXPECT_TRUE(says(text, R"("reactions":[{"by_name":"John \"J\"","emoji":"👍"})"
                         R"(,{"by_name":"","emoji":"🎉"}])"))
    << text;
  EXPECT_TRUE(says(text, R"("delivery":{"state":"failed",)"
                         R"("via":"whatsapp:cloud","reason":"no room",)"
                         R"("at":"2026-01-31T12:00:00.000Z"})"))
    << text;
  EXPECT_FALSE(says(text, "555123")) << text;
  EXPECT_FALSE(says(text, "lid:")) << text;
}

TEST(VisitorMessage, TellsWhatItAnswersAndWhetherItIsGone) {
  EXPECT_TRUE(says(visitor_message({domain::ticket_number{1}, noon}),
                   R"("reply_to":null,"deleted":false})"));
  web::visitor_message_place place{domain::ticket_number{1}, noon};
  place.reply_to = domain::message_id{domain::uuid_of_number(5)};
  place.is_deleted = true;
  EXPECT_TRUE(says(visitor_message(place), R"("reply_to":")"
                                             + to_string(place.reply_to->value)
                                             + R"(","deleted":true})"));
}

TEST(RestActivity, TellsOfDeletionsFailuresAndReminders) {
  const auto deleted = activity(domain::message_deleted{second, "Jane"});
  EXPECT_TRUE(says(deleted, R"("type":"message_deleted","actor":"Jane")"));
  EXPECT_TRUE(says(deleted, R"("data":{"message":2})"));
  const auto failed = activity(domain::delivery_reported{
    second, 1, delivery_state::failed, "whatsapp:cloud", "cloud:1:a", "no"});
  EXPECT_TRUE(says(failed, R"("type":"delivery_failed","actor":null)"));
  EXPECT_TRUE(says(
    failed, R"("data":{"message":2,"via":"whatsapp:cloud","reason":"no"})"));
  const auto reminded = activity(domain::customer_reminded{});
  EXPECT_TRUE(says(reminded, R"("type":"customer_reminded")"));
  EXPECT_TRUE(says(reminded, R"("data":{})"));
}

TEST(RestEvents, AreSilentOfReactionsAndDeliveries) {
  EXPECT_EQ(rest::public_type(domain::message_reacted{second, "a", "A", "👍"}),
            "");
  EXPECT_EQ(rest::public_type(domain::delivery_reported{
              second, 0, delivery_state::failed, "", "", ""}),
            "");
  EXPECT_EQ(rest::public_type(domain::message_deleted{second, "A"}),
            "ticket.updated");
  EXPECT_EQ(rest::public_type(domain::customer_reminded{}), "ticket.updated");
}

TEST(RestEvents, ThatHaveNoNameAreWantedByNobody) {
  domain::webhook hook;
  hook.events = {std::string{domain::every_event}};
  EXPECT_TRUE(hook.wants("ticket.updated"));
  EXPECT_FALSE(hook.wants(""));
}

} // namespace
} // namespace switchboard::channels
