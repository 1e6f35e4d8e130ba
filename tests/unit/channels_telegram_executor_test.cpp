#include "channels/telegram/executor_texts.hpp"
#include "channels/telegram/utf16.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::telegram::executor {
namespace {

domain::ticket some_ticket(domain::status state = domain::status::assigned) {
  domain::ticket out;
  out.number = domain::ticket_number{12};
  out.subject = "No water";
  out.urgency = domain::priority::high;
  out.from = {"Asha", "+12025550123", ""};
  out.state = state;
  return out;
}

/// The callback data of all buttons, row by row.
std::vector<std::string> data_of(const inline_keyboard& keyboard) {
  std::vector<std::string> out;
  for (const auto& row : keyboard.rows)
    for (const auto& one : row)
      out.push_back(one.value);
  return out;
}

TEST(ExecutorTap, IsReadAsItWasWritten) {
  for (const auto does :
       {tap_action::start_work, tap_action::resolve, tap_action::ask_update}) {
    const tap what{does, domain::ticket_number{4711}};
    EXPECT_EQ(parse_tap(encode(what)), what);
    EXPECT_TRUE(looks_like_tap(encode(what)));
    EXPECT_LE(
      encode({does, domain::ticket_number{999'999'999'999'999'999}}).size(),
      callback_data_size_max);
  }
  EXPECT_EQ(encode({tap_action::start_work, domain::ticket_number{12}}),
            "INPROGRESS#12");
  EXPECT_EQ(encode({tap_action::resolve, domain::ticket_number{12}}),
            "RESOLVED#12");
  EXPECT_EQ(encode({tap_action::ask_update, domain::ticket_number{12}}),
            "UPDATE#12");
}

TEST(ExecutorTap, IsNotReadFromAnythingElse) {
  for (const std::string data :
       {"", "#", "RESOLVED", "RESOLVED#", "RESOLVED#0", "RESOLVED#-1",
        "RESOLVED#1x", "RESOLVED# 1", "resolved#1", "CLAIM#1", "noop",
        "UPDATE#99999999999999999999", "UPDATE#1#2"})
    EXPECT_FALSE(parse_tap(data)) << data;
}

TEST(ExecutorTap, IsTakenForOneOfTheDesksByNobody) {
  for (const std::string data :
       {"CLAIM#1", "PASS#1", "TICKET#1", "noop", "", "UPDATED#1"})
    EXPECT_FALSE(looks_like_tap(data)) << data;
  EXPECT_TRUE(looks_like_tap("UPDATE#nonsense"));
}

TEST(ExecutorCard, SaysWhatTheWorkIs) {
  const auto text = card_text(some_ticket(), "The tap is dry.").text;
  EXPECT_EQ(text,
            "#12 No water\nPriority: high\n"
            "Customer: Asha, +12025550123\n\n"
            "The tap is dry.\n\nStatus: open");
}

TEST(ExecutorCard, LeavesOutWhatIsNotKnown) {
  auto ticket = some_ticket(domain::status::in_progress);
  ticket.from = {};
  EXPECT_EQ(card_text(ticket, "  ").text,
            "#12 No water\nPriority: high\nStatus: in progress");
  ticket.from.phone = "+12025550123";
  EXPECT_EQ(card_text(ticket, "").text,
            "#12 No water\nPriority: high\n"
            "Customer: +12025550123\nStatus: in progress");
}

TEST(ExecutorCard, IsShortEnoughWhateverTheTicketSays) {
  auto ticket = some_ticket();
  for (std::size_t i = 0; i < domain::subject_length_max; ++i)
    ticket.subject += "𝄞";
  for (std::size_t i = 0; i < domain::name_length_max; ++i)
    ticket.from.name += "𝄞";
  std::string description;
  for (std::size_t i = 0; i < domain::body_length_max; ++i)
    description += "𝄞";
  EXPECT_LE(count_units(card_text(ticket, description).text), text_units_max);
  EXPECT_LE(count_units(question_text(ticket, std::chrono::minutes{15}).text),
            text_units_max);
  domain::message_draft message;
  message.body = description;
  message.sender_name = ticket.from.name;
  EXPECT_LE(count_units(customer_text(ticket, message).text), text_units_max);
}

TEST(ExecutorCard, HasAButtonForEachThingToDo) {
  for (const auto state :
       {domain::status::pending, domain::status::assigned,
        domain::status::waiting_customer, domain::status::escalated})
    EXPECT_EQ(
      data_of(card_keyboard(some_ticket(state))),
      (std::vector<std::string>{"INPROGRESS#12", "RESOLVED#12", "UPDATE#12"}));
}

TEST(ExecutorCard, ShowsAsDoneWhatIsInProgress) {
  const auto keyboard = card_keyboard(some_ticket(domain::status::in_progress));
  EXPECT_EQ(data_of(keyboard),
            (std::vector<std::string>{"noop", "RESOLVED#12", "UPDATE#12"}));
  EXPECT_EQ(keyboard.rows[0][0].text, "In Progress ✓");
}

TEST(ExecutorCard, HasNoButtonsWhenThereIsNothingToDo) {
  EXPECT_TRUE(
    card_keyboard(some_ticket(domain::status::resolved)).rows.empty());
  EXPECT_TRUE(card_keyboard(some_ticket(domain::status::closed)).rows.empty());
  EXPECT_FALSE(is_open(some_ticket(domain::status::closed)));
}

TEST(ExecutorCard, SaysWhyItIsSpent) {
  const auto resolved = some_ticket(domain::status::resolved);
  EXPECT_EQ(spent_card_text(&resolved).text, "#12 No water\nStatus: resolved");
  const auto open = some_ticket();
  EXPECT_EQ(spent_card_text(&open).text,
            "#12 No water\nThis ticket is not yours any more.");
  EXPECT_FALSE(spent_card_text(nullptr).empty());
}

TEST(ExecutorWords, SayHowManyTicketsThereAre) {
  EXPECT_EQ(list_text(0, 0, false), no_tickets_text);
  EXPECT_EQ(list_text(1, 0, false), "Your open ticket:");
  EXPECT_EQ(list_text(3, 0, false), "Your open tickets:");
  EXPECT_EQ(list_text(20, 5, false),
            "Your 20 newest open tickets; there are 5 more.");
  EXPECT_EQ(list_text(20, 200, true),
            "Your 20 newest open tickets; there are more than 200 others.");
}

TEST(ExecutorWords, ShowTheCustomersMessage) {
  domain::message_draft message;
  message.body = "Still dry!";
  EXPECT_EQ(customer_text(some_ticket(), message).text,
            "#12 The customer writes:\nStill dry!");
  message.sender_name = "Asha";
  message.body.clear();
  message.media_url = "https://example.com/a.jpg";
  EXPECT_EQ(customer_text(some_ticket(), message).text,
            "#12 Asha writes:\n(1 file is with it)");
  message.attachments.resize(2);
  EXPECT_EQ(customer_text(some_ticket(), message).text,
            "#12 Asha writes:\n(3 files are with it)");
}

TEST(ExecutorWords, AskWithTheTimeThatThereIs) {
  const auto ask = [](std::chrono::seconds time) {
    return question_text(some_ticket(), time).text;
  };
  EXPECT_EQ(ask(std::chrono::minutes{15}),
            "How is it going? Reply with your update on #12 No water\n\n"
            "There are 15 minutes for it; /cancel drops it.");
  EXPECT_NE(ask(std::chrono::seconds{1}).find("1 minute "), std::string::npos);
}

TEST(ExecutorWords, FitIntoTheAnswerToATap) {
  const domain::ticket_number number{999'999'999'999'999'999};
  auto ticket = some_ticket(domain::status::in_progress);
  ticket.number = number;
  for (const std::string& text :
       {std::string{stranger_tap_text}, std::string{dead_button_text},
        std::string{failed_tap_text}, unknown_tap_text(number),
        not_yours_tap_text(number), already_tap_text(ticket),
        done_tap_text({tap_action::start_work, number}),
        done_tap_text({tap_action::resolve, number}),
        done_tap_text({tap_action::ask_update, number})})
    EXPECT_LE(count_units(text), callback_answer_length_max) << text;
}

} // namespace
} // namespace switchboard::channels::telegram::executor
