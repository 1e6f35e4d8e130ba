#include "channels/telegram/desk_texts.hpp"
#include "channels/telegram/utf16.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::telegram::desk {
namespace {

using domain::ticket_number;
using std::chrono::hours;
using std::chrono::minutes;

domain::ticket ticket_12() {
  domain::ticket out;
  out.number = ticket_number{12};
  out.created_at = domain::timestamp{hours{1000}};
  out.waiting_since = out.created_at;
  return out;
}

domain::message_draft words(std::string body) {
  domain::message_draft out;
  out.body = std::move(body);
  return out;
}

domain::attachment_ref file(std::string type, std::uint64_t size = 10) {
  return {{}, "a file", std::move(type), size};
}

std::vector<std::string> labels(const inline_keyboard& from) {
  std::vector<std::string> out;
  for (const auto& row : from.rows)
    for (const auto& one : row)
      out.push_back(one.text + '=' + one.value);
  return out;
}

using lines = std::vector<std::string>;

// -- names --------------------------------------------------------------------

TEST(DeskNames, ReadTheTapsThatTheyWrite) {
  for (const auto does :
       {tap_action::claim, tap_action::pass, tap_action::connect})
    EXPECT_EQ(parse_tap(encode({does, ticket_number{12}})),
              (tap{does, ticket_number{12}}));
  EXPECT_EQ(parse_tap(encode({})), tap{});
  EXPECT_EQ(encode({tap_action::claim, ticket_number{7}}), "CLAIM#7");
  EXPECT_EQ(encode({tap_action::pass, ticket_number{7}}), "PASS#7");
}

TEST(DeskNames, ReadNothingElse) {
  for (const auto* const data :
       {"", "CLAIM#", "CLAIM#0", "CLAIM#-1", "CLAIM#1x", "claim#1",
        "CLAIM#99999999999999999999", "RESOLVED#1", "noop#1"})
    EXPECT_FALSE(parse_tap(data)) << data;
}

TEST(DeskNames, ReadTheirExternalIds) {
  const origin from{bot_number{777}, chat_id{501}, message_id{42}};
  EXPECT_EQ(external_id(from), "tg:777:501:42");
  EXPECT_EQ(parse_external_id("tg:777:501:42"), from);
  for (const auto* const text :
       {"", "tg:", "tg:777:501", "tg:777:501:", "tg:777:501:42:1",
        "tg:a:501:42", "wa:777:501:42"})
    EXPECT_FALSE(parse_external_id(text)) << text;
}

TEST(DeskNames, ReadWhatFollowsACommand) {
  EXPECT_EQ(parse_arguments(""), arguments{});
  EXPECT_EQ(parse_arguments("#12"), (arguments{"", ticket_number{12}, false}));
  EXPECT_EQ(parse_arguments(" 12 "), (arguments{"", ticket_number{12}, false}));
  EXPECT_EQ(parse_arguments("@ana #12"),
            (arguments{"ana", ticket_number{12}, false}));
  EXPECT_EQ(parse_arguments("#12\n@ana"),
            (arguments{"ana", ticket_number{12}, false}));
  EXPECT_TRUE(parse_arguments("@ana please").extra);
  EXPECT_TRUE(parse_arguments("#12 #13").extra);
}

TEST(DeskNames, FindTheTicketInWhatTheBotSays) {
  const ticket_number number{12};
  const auto parts = parts_of(ticket_12(), words("Hi"));
  for (const auto& text :
       {parts[0].text.text, edited_text(parts[0].text).text,
        connected_text(number, {}), released_text(number),
        handed_over_text(number, "@ana"), closed_text(number),
        contact_text(ticket_12(), {"Asha", "", ""}),
        deleted_text(ticket_12(), words("Hi")),
        reaction_text(ticket_12(), "Asha", "+", words("Hi")),
        undelivered_text(ticket_12(), {}, words("Hi")),
        escalated_text(ticket_12(), {})})
    EXPECT_EQ(ticket_in_text(text), number) << text;
  for (const auto* const text : {"", "Visitor #", "#x", "See #12", "Hello"})
    EXPECT_FALSE(ticket_in_text(text)) << text;
}

TEST(DeskNames, TellAgesInTheUnitThatFits) {
  const domain::timestamp now{hours{100'000}};
  EXPECT_EQ(age(now + minutes{5}, now), "0 min");
  EXPECT_EQ(age(now - minutes{59}, now), "59 min");
  EXPECT_EQ(age(now - hours{47}, now), "47 h");
  EXPECT_EQ(age(now - hours{48}, now), "2 days");
}

// -- the group ----------------------------------------------------------------

TEST(DeskCard, HasTheTicketAndTheBeginningOfItsFirstMessage) {
  auto ticket = ticket_12();
  const auto first = words("Where is it?");
  EXPECT_EQ(card_text(ticket, &first),
            "New ticket #12 • General\n\"Where is it?\"");
  ticket.category = "Billing";
  const auto umlauts = words(std::string(199, 'x') + "üäö");
  EXPECT_EQ(card_text(ticket, &umlauts),
            "New ticket #12 • Billing\n\"" + std::string(199, 'x') + "ü\"");
  EXPECT_EQ(card_text(ticket, nullptr), "New ticket #12 • Billing");
}

TEST(DeskCard, HasTheButtonsOfItsState) {
  auto ticket = ticket_12();
  EXPECT_EQ(labels(card_keyboard(ticket, {})),
            (lines{"Claim=CLAIM#12", "Pass=PASS#12"}));
  domain::user ana;
  ana.name = "Ana";
  ticket.assignee = "1";
  ticket.state = domain::status::assigned;
  EXPECT_EQ(labels(card_keyboard(ticket, ana)), lines{"Claimed by Ana=noop"});
  ana.username = "ana";
  EXPECT_EQ(labels(card_keyboard(ticket, ana)), lines{"Claimed by @ana=noop"});
  for (const auto state : {domain::status::resolved, domain::status::closed}) {
    ticket.state = state;
    EXPECT_EQ(labels(card_keyboard(ticket, ana)), lines{"Closed=noop"});
  }
}

TEST(DeskCard, ItsReminderCountsTheMinutes) {
  const auto ticket = ticket_12();
  EXPECT_EQ(reminder_text(ticket, ticket.created_at + minutes{10}),
            "Ticket #12 has been waiting for 10 minutes.");
  EXPECT_EQ(reminder_text(ticket, ticket.created_at + minutes{1}),
            "Ticket #12 has been waiting for 1 minute.");
}

// -- an agent's chat ----------------------------------------------------------

TEST(DeskMessage, NamesWhoSpeaks) {
  const auto parts = parts_of(ticket_12(), words("Hi"));
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].text.text, "Visitor #12: Hi");
  auto named = words("Hi");
  named.sender_name = "Asha";
  EXPECT_EQ(parts_of(ticket_12(), named)[0].text.text,
            "Visitor #12 (Asha): Hi");
}

TEST(DeskMessage, LosesNothingWhenItIsCut) {
  std::string body;
  for (int i = 0; i < 2'000; ++i)
    body += "wörd" + std::to_string(i) + ' ';
  body.pop_back();
  const auto parts = parts_of(ticket_12(), words(body));
  ASSERT_GT(parts.size(), 1u);
  std::string all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].number, i);
    EXPECT_LE(count_units(parts[i].text.text), text_units_max);
    all += parts[i].text.text + ' ';
  }
  EXPECT_EQ(all, "Visitor #12: " + body + ' ');
}

TEST(DeskMessage, ItsFilesAreCountedFromTheirOwnBeginning) {
  auto message = words("See");
  message.attachments
    = {file("image/jpeg"), file("video/mp4"), file("application/pdf"),
       file("image/png"), file("audio/mpeg")};
  const auto parts = parts_of(ticket_12(), message);
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(parts[0].number, 0u);
  EXPECT_EQ(parts[1].files.size(), 2u);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].number, first_file_part + i - 1);
    EXPECT_EQ(parts[i].text.text, "Visitor #12");
  }
}

TEST(DeskMessage, AnAlbumHasTenPicturesAtMost) {
  auto message = words({});
  message.attachments.assign(10, file("image/jpeg"));
  EXPECT_EQ(parts_of(ticket_12(), message).size(), 1u);
  message.attachments.assign(11, file("image/jpeg"));
  const auto parts = parts_of(ticket_12(), message);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[1].number, first_file_part + 1);
}

TEST(DeskMessage, SendsEachFileInItsWay) {
  EXPECT_EQ(kind_of(file("image/jpeg")), file_kind::photo);
  EXPECT_EQ(kind_of(file("image/jpeg", 11'000'000)), file_kind::document);
  EXPECT_EQ(kind_of(file("image/gif")), file_kind::animation);
  EXPECT_EQ(kind_of(file("image/svg+xml")), file_kind::document);
  EXPECT_EQ(kind_of(file("video/mp4")), file_kind::video);
  EXPECT_EQ(kind_of(file("audio/ogg")), file_kind::voice);
  EXPECT_EQ(kind_of(file("audio/mpeg")), file_kind::audio);
  EXPECT_EQ(kind_of(file("text/plain")), file_kind::document);
}

TEST(DeskThread, ShowsItsNewestMessages) {
  using domain::message_sequence;
  EXPECT_EQ(thread_begin(message_sequence{0}), message_sequence{1});
  EXPECT_EQ(thread_begin(message_sequence{20}), message_sequence{1});
  EXPECT_EQ(thread_begin(message_sequence{21}), message_sequence{2});
  EXPECT_EQ(connected_text(ticket_number{12}, message_sequence{20}),
            "You're connected to ticket #12. Send messages here.");
  EXPECT_NE(connected_text(ticket_number{12}, message_sequence{45})
              .find("25 came before"),
            std::string::npos);
}

TEST(DeskList, NamesEachTicketWithItsAge) {
  const auto ticket = ticket_12();
  const auto now = ticket.created_at + hours{3};
  const std::vector<listed_ticket> all{{ticket, "Where is my order?"}};
  const auto text = own_list_text(all, 0, now);
  EXPECT_NE(text.find("#12 • General • 3 h\n    Where is my order?"),
            std::string::npos)
    << text;
  EXPECT_EQ(labels(own_list_keyboard(all)), lines{"#12=TICKET#12"});
  EXPECT_EQ(own_list_text({}, 0, now), no_ticket_text);
  EXPECT_NE(waiting_list_text(all, 4, now).find("and 4 more"),
            std::string::npos);
  EXPECT_EQ(labels(waiting_list_keyboard(all)), lines{"Claim #12=CLAIM#12"});
}

TEST(DeskQuestion, IsAskedOfWhoCannotBeReached) {
  EXPECT_FALSE(contact_question({"Asha", "", ""}, true).empty());
  EXPECT_NE(contact_question({}, true), contact_question({}, false));
  EXPECT_TRUE(contact_question({"", "+12025550123", ""}, false).empty());
  EXPECT_TRUE(contact_question({"", "", "a@example.org"}, false).empty());
}

} // namespace
} // namespace switchboard::channels::telegram::desk
