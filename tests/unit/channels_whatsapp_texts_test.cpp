#include "channels/whatsapp/greeting.hpp"
#include "channels/whatsapp/texts.hpp"
#include "domain/text.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {
namespace {

domain::ticket some_ticket() {
  domain::ticket out;
  out.number = domain::ticket_number{12};
  out.subject = "No water";
  out.urgency = domain::priority::urgent;
  out.from = {"Asha", "+12025550123", "asha@example.com"};
  return out;
}

constexpr domain::ticket_number twelve{12};

TEST(WhatsappTexts, TellOfANewTicket) {
  EXPECT_EQ(new_ticket_text(some_ticket(), " Nothing since\nMonday ",
                            "https://desk.example/t/12"),
            "New ticket #12 • urgent\nAsha (+12025550123)\nNo water\n"
            "Nothing since\nMonday\nhttps://desk.example/t/12\n"
            "Answer by quoting this message, or begin with #12");
}

TEST(WhatsappTexts, SayNothingTwiceAndNothingEmpty) {
  auto ticket = some_ticket();
  EXPECT_EQ(new_ticket_text(ticket, "No water since Monday", ""),
            "New ticket #12 • urgent\nAsha (+12025550123)\n"
            "No water since Monday\n"
            "Answer by quoting this message, or begin with #12");
  ticket.from = {"", "", "asha@example.com"};
  ticket.subject.clear();
  EXPECT_EQ(new_ticket_text(ticket, "", ""),
            "New ticket #12 • urgent\nasha@example.com\n"
            "Answer by quoting this message, or begin with #12");
}

TEST(WhatsappTexts, ShowTheBeginningOfALongMessage) {
  std::string words;
  for (int i = 0; i < 300; ++i)
    words += "ü";
  const auto text = new_ticket_text(some_ticket(), words, "");
  EXPECT_NE(text.find('\n' + words.substr(0, 400) + "…\n"), std::string::npos);
}

TEST(WhatsappTexts, TellOfAnEscalatedTicket) {
  EXPECT_EQ(escalated_text(some_ticket(), "https://desk.example/t/12"),
            "Ticket #12 is escalated • urgent\nAsha (+12025550123)\nNo water\n"
            "https://desk.example/t/12\n"
            "Answer by quoting this message, or begin with #12");
}

TEST(WhatsappTexts, SayWhoWrites) {
  EXPECT_EQ(customer_text(twelve, "Asha", "Hi"), "#12 • Asha: Hi");
  EXPECT_EQ(customer_text(twelve, "", "Hi"), "#12: Hi");
  EXPECT_EQ(group_text("Asha", "Hi"), "Asha: Hi");
  EXPECT_EQ(group_text("", "Hi"), "Hi");
}

TEST(WhatsappTexts, AskWhichTicketIsMeant) {
  std::vector<named_ticket> open{{twelve, "No water"},
                                 {domain::ticket_number{9}, "A bill"}};
  EXPECT_TRUE(
    which_ticket_text(open).ends_with("\n#12 • No water\n#9 • A bill"));
  EXPECT_NE(which_ticket_text({}).find("none open"), std::string::npos);
  open.resize(listed_tickets_max + 3);
  EXPECT_TRUE(which_ticket_text(open).ends_with("\n… and 3 more."));
}

TEST(WhatsappTexts, SayWhyAMessageWasNotSent) {
  EXPECT_EQ(unknown_ticket_text("12"),
            "There is no ticket #12. Your message was not sent.");
  EXPECT_EQ(unknown_ticket_text("T-20260101-ABCDEFGH"),
            "There is no ticket T-20260101-ABCDEFGH. Your message was not "
            "sent.");
  EXPECT_EQ(not_yours_text(twelve, "Asha"),
            "Ticket #12 is with Asha. Your message was not sent.");
  EXPECT_EQ(not_yours_text(twelve, ""),
            "Ticket #12 is nobody's yet. Claim it first. Your message was not "
            "sent.");
  EXPECT_EQ(closed_text(twelve),
            "Ticket #12 is closed. The customer would not see your message, so "
            "it was not sent.");
  EXPECT_EQ(failed_text(twelve, "No such number"),
            "Your message on ticket #12 did not reach the customer: No such "
            "number.");
}

struct name_row {
  std::string text;
  std::string name; ///< empty: none
  std::string words;
};

TEST(WhatsappNames, AreReadInFrontOfTheWords) {
  const std::vector<name_row> rows{
    {"#12 hello", "12", "hello"},
    {" #12: hello you ", "12", "hello you"},
    {"#12:hello", "12", "hello"},
    {"#12, hello", "12", "hello"},
    {"#12. hello", "12", "hello"},
    {"#12\nhello\nyou", "12", "hello\nyou"},
    {"12: hello", "12", "hello"},
    {"12:\nhello", "12", "hello"},
    {"#12", "12", ""},
    {"12", "12", ""},
    {"12:", "12", ""},
    {"#0012 x", "12", "x"},
    {"T-20260101-ABCDEFGH hello", "T-20260101-ABCDEFGH", "hello"},
    {"t-20260101-abcdefgh: hello", "T-20260101-ABCDEFGH", "hello"},
    {"T-20260101-ABCDEFGH.", "T-20260101-ABCDEFGH", ""},
    {"TICK-MBK3X2A1-0123ABCD hello", "TICK-MBK3X2A1-0123ABCD", "hello"},
    {"tick-mbk3x2a1-0123abcd", "TICK-MBK3X2A1-0123ABCD", ""},
    {"", "", ""},
    {"hello #12", "", ""},
    {"12 pieces", "", ""},
    {"12:30 is fine", "", ""},
    {"12. March", "", ""},
    {"12,5 litres", "", ""},
    {"#12.5", "", ""},
    {"#12th", "", ""},
    {"#", "", ""},
    {"#0", "", ""},
    {"0", "", ""},
    {"# 12", "", ""},
    {"#1234567890123456789", "", ""},
    {"T-shirt please", "", ""},
    {"T-20260101-AB hello", "", ""},
    {"TICK-MBK3X2A1-0123ABC hello", "", ""},
    {"TICK-MBK3X2A1-0123ABCZ hello", "", ""},
    {"TICK--0123ABCD", "", ""},
    {"TICK-0123ABCD", "", ""}};
  for (const auto& row : rows) {
    const auto got = ticket_in_front(row.text);
    ASSERT_EQ(got.has_value(), !row.name.empty()) << row.text;
    if (!got)
      continue;
    EXPECT_EQ(got->name, row.name) << row.text;
    EXPECT_EQ(got->words, row.words) << row.text;
  }
}

TEST(WhatsappNames, IncludeTheKeysThatTicketsHave) {
  domain::ticket_id id;
  id.value = domain::make_uuid7(
    domain::timestamp{std::chrono::milliseconds{1'760'000'000'000}}, 1, 77);
  const auto key = domain::ticket_key(id);
  const auto text = key + " hello";
  const auto got = ticket_in_front(text);
  ASSERT_TRUE(got);
  EXPECT_EQ(domain::count_code_points(got->name), key.size());
  EXPECT_EQ(got->words, "hello");
}

TEST(WhatsappSplit, CutsLongTextsBetweenWordsAndCharacters) {
  EXPECT_EQ(split_text("short", 4096), std::vector<std::string>{"short"});
  EXPECT_EQ(split_text("one two three", 8),
            (std::vector<std::string>{"one two", "three"}));
  EXPECT_TRUE(split_text(" \n ", 10).empty());
  // A family is one character to the eye, and an accent belongs to its letter.
  const std::string family = "👨‍👩‍👧";
  std::string accented;
  for (int i = 0; i < 30; ++i)
    accented += "e\xCC\x81";
  std::string joined;
  for (const auto& part : split_text(accented, 7)) {
    EXPECT_LE(domain::count_code_points(part), 7U);
    EXPECT_FALSE(part.starts_with("\xCC\x81"));
    joined += part;
  }
  EXPECT_EQ(joined, accented);
  EXPECT_EQ(split_text("abc" + family, 10),
            (std::vector<std::string>{"abc", family}));
}

TEST(WhatsappGreeting, SpeaksTheLanguageOfTheCustomer) {
  const std::vector<std::string> lines{
    "en: Thank you. It is #{number} ({ref}, #{number}).", "es: Gracias",
    "pt-BR: Obrigado", "nb: Takk"};
  const greetings all{lines};
  const auto said = [&](std::string_view phone, std::string_view locale) {
    return all.words(phone, locale, domain::ticket_number{12}, "T-1");
  };
  EXPECT_EQ(said("+15551234567", ""), "Thank you. It is #12 (T-1, #12).");
  EXPECT_EQ(said("+34600000000", ""), "Gracias");
  EXPECT_EQ(said("+5511999999999", ""), "Obrigado");
  EXPECT_EQ(said("+351911111111", ""), "Obrigado");
  EXPECT_EQ(said("+4790000000", ""), "Takk");
  EXPECT_EQ(said("+34600000000", "en-GB"), "Thank you. It is #12 (T-1, #12).");
  EXPECT_EQ(said("+15551234567", "ES_mx"), "Gracias");
  EXPECT_EQ(said("+34600000000", "xx"), "Gracias");
  EXPECT_EQ(said("+819012345678", ""), "Thank you. It is #12 (T-1, #12).");
  EXPECT_EQ(said("", ""), "Thank you. It is #12 (T-1, #12).");
}

TEST(WhatsappGreeting, SaysNothingWithoutLines) {
  const greetings none{std::vector<std::string>{}};
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.words("+1555", "en", domain::ticket_number{1}, "T-1"), "");
  const std::vector<std::string> odd{"no language", "en:  "};
  EXPECT_TRUE(greetings{odd}.empty());
}

TEST(WhatsappGreeting, KnowsTheCountriesByTheirCodes) {
  const std::vector<std::pair<std::string, std::string>> rows{
    {"+12025550123", "en"},
    {"+18095551234", "es"},
    {"+79161234567", "ru"},
    {"+380501234567", "uk"},
    {"+4915112345678", "de"},
    {"+919812345678", "hi"},
    {"+85291234567", "zh"},
    {"+971501234567", "ar"},
    {"+390612345678", "it"},
    {"+9991234", ""},
    {"", ""}};
  for (const auto& [phone, language] : rows)
    EXPECT_EQ(language_of(phone), language) << phone;
}

} // namespace
} // namespace switchboard::channels::whatsapp
