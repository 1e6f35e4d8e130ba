// The small pieces that what is sent to WhatsApp is made of.
#include "app/whatsapp_bot.hpp"
#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_health.hpp"
#include "app/whatsapp_outcome.hpp"
#include "app/whatsapp_pace.hpp"
#include "app/whatsapp_parts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace switchboard::app {
namespace {

namespace whatsapp = channels::whatsapp;
using channels::delivery_outcome;
using channels::http_failure;
using whatsapp::provider;
using namespace std::chrono_literals;

// -- parts --------------------------------------------------------------------

domain::attachment_ref file(std::string name, std::string type) {
  return {domain::attachment_id{domain::uuid_of_number(7)}, std::move(name),
          std::move(type), 100};
}

TEST(WhatsappParts, ShortWordsAreTheCaptionOfTheFirstFile) {
  const std::array takers{provider::baileys};
  const std::vector files{file("a.jpg", "image/jpeg"),
                          file("b.pdf", "application/pdf")};
  const auto parts = whatsapp_parts_of(" look ", files, takers);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0], (whatsapp_part{"look", files[0]}));
  EXPECT_EQ(parts[1], (whatsapp_part{"", files[1]}));
}

TEST(WhatsappParts, WordsThatAreNoCaptionGoBeforeTheFiles) {
  const std::array takers{provider::baileys};
  const std::vector voice{file("a.ogg", "audio/ogg")};
  const auto parts = whatsapp_parts_of("listen", voice, takers);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0], (whatsapp_part{"listen", std::nullopt}));
  const auto length = whatsapp::caption_length_max(provider::baileys,
                                                   whatsapp::file_kind::image)
                      + 1;
  const auto longer = whatsapp_parts_of(std::string(length, 'x'),
                                        {file("a.jpg", "image/jpeg")}, takers);
  ASSERT_EQ(longer.size(), 2U);
  EXPECT_FALSE(longer[0].file);
}

TEST(WhatsappParts, FitWhoeverMayHaveToSendThem) {
  const std::string words(3000, 'x');
  const std::array one{provider::baileys};
  EXPECT_EQ(whatsapp_parts_of(words, {}, one).size(), 1U);
  const std::array two{provider::baileys, provider::twilio};
  EXPECT_EQ(whatsapp_parts_of(words, {}, two).size(), 2U);
  EXPECT_TRUE(whatsapp_parts_of("  ", {}, one).empty());
}

// -- addresses ----------------------------------------------------------------

TEST(WhatsappEnds, AddressPeopleAsEachProviderDoes) {
  const std::string phone = "+15551234567";
  EXPECT_EQ(whatsapp_address(provider::baileys, phone),
            "15551234567@s.whatsapp.net");
  EXPECT_EQ(whatsapp_address(provider::cloud, phone), "15551234567");
  for (const auto p : whatsapp::all_providers)
    EXPECT_EQ(phone_in_address(whatsapp_address(p, phone)), phone);
  EXPECT_EQ(phone_in_address("225123456789012@lid"), "");
  EXPECT_EQ(phone_in_address("120363040000000000@g.us"), "");
  EXPECT_EQ(phone_in_address("US.13491208655302741918"), "");
}

TEST(WhatsappEnds, KnowWhoCanSend) {
  config::config c;
  c.whatsapp_baileys.api_key = "a key of the tests";
  c.whatsapp_twilio.auth_token = "token";
  c.whatsapp_twilio.account_sid = "AC1";
  c.whatsapp_twilio.from = "+14155238886";
  c.whatsapp.fallback = "baileys";
  const whatsapp_ends ends{c, "https://x.example"};
  EXPECT_TRUE(ends.is_on(provider::baileys));
  EXPECT_FALSE(ends.can_send(provider::baileys)) << "there is no address";
  EXPECT_EQ(ends.sending(), std::vector{provider::twilio});
  EXPECT_EQ(ends.staff_by(), provider::twilio);
  EXPECT_FALSE(ends.fallback());
  EXPECT_EQ(ends.twilio()->status_url,
            "https://x.example/webhook/twilio/whatsapp");
}

TEST(WhatsappEnds, TakeTheWebsitesAgentForTheManagerUnlessItIsTheDefault) {
  config::config c;
  EXPECT_EQ(whatsapp_manager(c), "");
  c.website.agent_phone = "+15550001111";
  EXPECT_EQ(whatsapp_manager(c), "+15550001111");
  c.whatsapp.manager_phone = "+15550002222";
  EXPECT_EQ(whatsapp_manager(c), "+15550002222");
}

// -- pace ---------------------------------------------------------------------

TEST(WhatsappPace, SpreadsASessionsMessagesOverTheMinute) {
  config::config c;
  c.whatsapp_baileys.per_minute = 60;
  whatsapp_pace pace{c};
  const auto now = whatsapp_pace::clock::time_point{} + 1h;
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(pace.take(provider::baileys, now), 0s) << i;
  EXPECT_EQ(pace.take(provider::baileys, now), 1s);
  EXPECT_EQ(pace.take(provider::baileys, now), 2s);
  EXPECT_EQ(pace.take(provider::cloud, now), 0s) << "another one's is its own";
  EXPECT_EQ(pace.take(provider::baileys, now + 1min), 0s);
}

TEST(WhatsappPace, RestsWhenItIsTold) {
  whatsapp_pace pace{config::config{}};
  const auto now = whatsapp_pace::clock::time_point{} + 1h;
  pace.hold(provider::n8n, now + 3s);
  EXPECT_EQ(pace.take(provider::n8n, now), 3s);
  EXPECT_EQ(pace.take(provider::n8n, now + 3s), 0s);
  EXPECT_EQ(pace.held(provider::n8n, now + 1s), 2s);
  EXPECT_EQ(pace.held(provider::n8n, now + 3s), 0s);
  EXPECT_EQ(pace.held(provider::cloud, now), 0s);
}

// -- outcomes -----------------------------------------------------------------

TEST(WhatsappOutcome, TravelsInFrontOfTheProvidersAnswer) {
  whatsapp_outcome what;
  what.via = provider::cloud;
  what.account = "106540352242922";
  what.result.what
    = {delivery_outcome::slow_down, "too \"fast\"", std::chrono::seconds{7}};
  what.result.why = whatsapp::trouble::busy;
  what.result.code = 130429;
  channels::http_answer raw;
  raw.status = 429;
  raw.body = R"({"error":{}})";
  const auto packed = pack(what, raw);
  EXPECT_EQ(packed.status, 429);
  EXPECT_TRUE(packed.body.ends_with("\n" + raw.body));
  const auto read = unpack(packed);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->via, what.via);
  EXPECT_EQ(read->account, what.account);
  EXPECT_EQ(read->result.why, what.result.why);
  EXPECT_EQ(read->result.code, what.result.code);
  const auto verdict = judge_whatsapp(packed);
  EXPECT_EQ(verdict.outcome, delivery_outcome::slow_down);
  EXPECT_EQ(verdict.reason, "too \"fast\"");
  EXPECT_EQ(verdict.retry_after, std::chrono::seconds{7});
}

TEST(WhatsappOutcome, KeepsNoWordsOfWhatWasTaken) {
  whatsapp_outcome what;
  what.result.what.outcome = delivery_outcome::delivered;
  what.result.id = "SM1";
  what.is_sent = true;
  channels::http_answer raw;
  raw.status = 201;
  raw.body = R"({"sid":"SM1","body":"a secret"})";
  const auto packed = pack(what, raw);
  EXPECT_EQ(packed.body.find("secret"), std::string::npos);
  const auto read = unpack(packed);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->is_sent);
  EXPECT_EQ(read->result.id, "SM1");
  EXPECT_FALSE(unpack(raw));
}

// -- health -------------------------------------------------------------------

class WhatsappHealth : public testing::Test {
protected:
  void sends(whatsapp::trouble why, delivery_outcome outcome,
             http_failure failure = http_failure::none) {
    whatsapp::send_result result;
    result.why = why;
    result.what.outcome = outcome;
    result.what.reason = "because";
    health.sent(provider::baileys, result, failure);
  }

  domain::timestamp now{std::chrono::hours{1}};
  std::vector<std::string> errors;
  whatsapp_health health{{.configured = {provider::baileys}},
                         {[this] { return now; },
                          [this](const actors::error_note& note) {
                            errors.push_back(note.where + ' ' + note.code);
                          },
                          {}}};
};

TEST_F(WhatsappHealth, IsRedAfterAMinuteWithoutConnection) {
  EXPECT_FALSE(health.unable_since(provider::baileys));
  sends(whatsapp::trouble::none, delivery_outcome::retry_later,
        http_failure::connect_failed);
  EXPECT_EQ(health.unable_since(provider::baileys), now);
  EXPECT_TRUE(health.obstacles().empty());
  now += 61s;
  EXPECT_EQ(health.obstacles().size(), 1U);
  sends(whatsapp::trouble::none, delivery_outcome::delivered);
  EXPECT_TRUE(health.obstacles().empty());
  EXPECT_EQ(errors, std::vector<std::string>{"whatsapp:baileys unreachable"});
}

TEST_F(WhatsappHealth, IsRedAtOnceWhenItIsLoggedOut) {
  health.told({provider::baileys, "main", whatsapp::line_state::logged_out,
               "the phone was unlinked"});
  ASSERT_EQ(health.obstacles().size(), 1U);
  EXPECT_NE(health.obstacles()[0].find("unlinked"), std::string::npos);
  // It tries, and is not back.
  health.told(
    {provider::baileys, "main", whatsapp::line_state::connecting, {}});
  sends(whatsapp::trouble::not_connected, delivery_outcome::slow_down);
  EXPECT_EQ(health.state_of(provider::baileys), whatsapp_line::logged_out);
  health.told({provider::baileys, "main", whatsapp::line_state::open, {}});
  EXPECT_TRUE(health.obstacles().empty());
}

TEST_F(WhatsappHealth, ForgetsWhatNobodyHasSeenForLong) {
  sends(whatsapp::trouble::not_connected, delivery_outcome::slow_down);
  now += 16min;
  EXPECT_EQ(health.state_of(provider::baileys), whatsapp_line::unknown);
  EXPECT_TRUE(health.obstacles().empty());
}

TEST_F(WhatsappHealth, GrowsMorePatientTheLongerItIsDown) {
  EXPECT_EQ(health.patience(provider::baileys), 2s);
  sends(whatsapp::trouble::not_connected, delivery_outcome::slow_down);
  now += 40s;
  EXPECT_EQ(health.patience(provider::baileys), 10s);
  now += 10min;
  EXPECT_EQ(health.patience(provider::baileys), 60s);
  EXPECT_TRUE(health.may_probe(provider::baileys));
  EXPECT_FALSE(health.may_probe(provider::baileys)) << "one asker";
}

// -- the bot ------------------------------------------------------------------

TEST(WhatsappBot, AsksWithTheTicketTheChatAndTheWords) {
  domain::ticket ticket;
  ticket.number = domain::ticket_number{12};
  ticket.ref = "T-1";
  domain::session who;
  who.contact = {"Ana", "+15551234567", ""};
  EXPECT_EQ(encode_bot_question(ticket, who, "Hi \"there\""),
            R"({"ticket":{"number":12,"ref":"T-1"},)"
            R"("chat":{"phone":"+15551234567","name":"Ana"},)"
            R"("message":{"text":"Hi \"there\""}})");
}

TEST(WhatsappBot, TakesOnlyARealReply) {
  channels::http_answer answer;
  answer.status = 200;
  answer.body = R"({"reply":" Hello ","more":1})";
  EXPECT_EQ(decode_bot_reply(answer), "Hello");
  for (const auto* const body :
       {"", "[]", R"({"reply":""})", R"({"reply":7})", "Hello"}) {
    answer.body = body;
    EXPECT_FALSE(decode_bot_reply(answer)) << body;
  }
  answer.body = R"({"reply":"Hello"})";
  answer.status = 500;
  EXPECT_FALSE(decode_bot_reply(answer));
  answer = {};
  answer.failure = http_failure::answer_timeout;
  EXPECT_FALSE(decode_bot_reply(answer));
}

} // namespace
} // namespace switchboard::app
