// What becomes of messages when a provider of WhatsApp has trouble.
#include "tests/integration/whatsapp_fixture.hpp"

#include <algorithm>

namespace switchboard::test {
namespace {

constexpr const char* ana_jid = "15551234567@s.whatsapp.net";
const sidecar_author ana{ana_jid, "Ana", {}, {}};

settings quiet(settings more = {}) {
  more.try_emplace("SWITCHBOARD_WHATSAPP_ACKNOWLEDGEMENTS", "");
  return more;
}

bool has_text(const simulators::whatsapp_simulator& at, std::string_view text) {
  return std::ranges::any_of(at.deliveries(),
                             [&](const auto& one) { return one.text == text; });
}

bool wait_for_text(simulators::whatsapp_simulator& at, std::string_view text) {
  return at.wait_until(
    [&](const auto& all) {
      return std::ranges::any_of(
        all, [&](const auto& one) { return one.text == text; });
    },
    patience);
}

TEST(WhatsappTrouble, HoldsWhatASidecarCannotSendInItsOrder) {
  whatsapp_world world{{.has_sidecar = true, .more = quiet()}};
  world.sidecar.says(ana, "Hello");
  const auto ticket = world.tickets(1).front();
  world.sidecar.set_state(sidecar_state::disconnected);
  const std::vector<std::string> words{"one", "two", "three"};
  const auto calls = world.sidecar.call_count();
  for (const auto& word : words)
    world.reply(ticket, word);
  EXPECT_TRUE(world.sidecar.wait_for_calls(calls + 1, patience));
  // They outlive the process.
  world.restart_after_kill();
  EXPECT_FALSE(has_text(world.sidecar, "one"));
  world.sidecar.becomes(sidecar_state::connected);
  EXPECT_TRUE(wait_for_text(world.sidecar, "three"));
  EXPECT_EQ(texts_of(world.sidecar, ana_jid), words);
  EXPECT_EQ(world.delivery_state(ticket, "three", "sent"), "sent");
}

TEST(WhatsappTrouble, ShowsInReadyzWhoIsLoggedOut) {
  whatsapp_world world{{.has_sidecar = true, .more = quiet()}};
  EXPECT_EQ(world.server().get("/readyz").status, 200);
  world.sidecar.becomes(sidecar_state::logged_out);
  const auto red = world.server().get("/readyz");
  EXPECT_EQ(red.status, 503);
  EXPECT_NE(red.body.find("logged out"), std::string::npos) << red.body;
  world.sidecar.becomes(sidecar_state::connected);
  EXPECT_EQ(world.server().get("/readyz").status, 200);
}

TEST(WhatsappTrouble, ShowsInReadyzThatATokenHasExpired) {
  whatsapp_world world{{.has_cloud = true, .more = quiet()}};
  world.cloud.says({}, "Hello");
  const auto ticket = world.tickets(1).front();
  world.cloud.expire_token();
  world.reply(ticket, "Good day");
  EXPECT_TRUE(
    eventually([&] { return world.server().get("/readyz").status == 503; }));
  world.cloud.renew_token();
  EXPECT_TRUE(wait_for_text(world.cloud, "Good day"));
  EXPECT_TRUE(
    eventually([&] { return world.server().get("/readyz").status == 200; }));
}

TEST(WhatsappTrouble, SendsTheSameMessageOnceWhenAnAnswerIsLost) {
  whatsapp_world world{{.has_sidecar = true, .more = quiet()}};
  world.sidecar.says(ana, "Hello");
  const auto ticket = world.tickets(1).front();
  world.sidecar.fail(
    whatsapp_fault::of(whatsapp_fault::kind::close).with_effect().repeated(2));
  world.reply(ticket, "Good day");
  world.reply(ticket, "Bye");
  EXPECT_TRUE(wait_for_text(world.sidecar, "Bye"));
  const std::vector<std::string> words{"Good day", "Bye"};
  EXPECT_EQ(texts_of(world.sidecar, ana_jid), words);
}

TEST(WhatsappTrouble, SendsATemplateAfterTheWindow) {
  whatsapp_world world{
    {.has_cloud = true,
     .more
     = quiet({{"SWITCHBOARD_WHATSAPP_CLOUD_TEMPLATE_NAME", "ticket_update"}})}};
  world.cloud.says({}, "Hello");
  const auto ticket = world.tickets(1).front();
  // For Meta a day has gone by, which the server does not know.
  world.cloud.advance(std::chrono::hours{25});
  world.reply(ticket, "Good day");
  EXPECT_TRUE(world.cloud.wait_until(
    [](const auto& all) {
      return std::ranges::any_of(all, [](const whatsapp_delivery& one) {
        return one.kind == "template" && one.text == "Good day";
      });
    },
    patience));
}

TEST(WhatsappTrouble, TellsAManagerByTemplateWhoHasNotWritten) {
  whatsapp_world world{
    {.has_cloud = true,
     .more
     = quiet({{"SWITCHBOARD_WHATSAPP_CLOUD_TEMPLATE_NAME", "ticket_update"}})}};
  world.cloud.says({}, "It is broken");
  EXPECT_TRUE(world.cloud.wait_until(
    [](const auto& all) {
      return std::ranges::any_of(all, [](const whatsapp_delivery& one) {
        return one.kind == "template"
               && one.text.find("It is broken") != std::string::npos;
      });
    },
    patience));
}

TEST(WhatsappTrouble, SaysWhyNothingArrivedAfterTheWindow) {
  whatsapp_world world{{.has_cloud = true, .more = quiet()}};
  world.cloud.says({}, "Hello");
  const auto ticket = world.tickets(1).front();
  world.cloud.advance(std::chrono::hours{25});
  world.reply(ticket, "Good day");
  EXPECT_EQ(world.delivery_state(ticket, "Good day", "failed"), "failed");
  const auto shown = world.messages(ticket).back();
  EXPECT_NE(text_at(shown, "/delivery/reason").find("24 hours"),
            std::string::npos);
}

TEST(WhatsappTrouble, FallsBackToAnotherProvider) {
  whatsapp_world world{
    {.has_sidecar = true,
     .has_twilio = true,
     .more = quiet({{"SWITCHBOARD_WHATSAPP_FALLBACK", "twilio"},
                    {"SWITCHBOARD_WHATSAPP_FALLBACK_AFTER_S", "1"},
                    {"SWITCHBOARD_WHATSAPP_STAFF_PROVIDER", "twilio"}})}};
  // Twilio's window is open.
  world.twilio.says({}, "Hello");
  world.sidecar.says(ana, "Or here");
  const auto ticket = world.tickets(1).front();
  world.sidecar.set_state(sidecar_state::disconnected);
  world.reply(ticket, "Good day");
  EXPECT_TRUE(wait_for_text(world.twilio, "Good day"));
  EXPECT_FALSE(has_text(world.sidecar, "Good day"));
}

TEST(WhatsappTrouble, TakesStatusesThatComeBeforeTheirMessageIsKnown) {
  whatsapp_world world{{.has_twilio = true, .more = quiet()}};
  world.twilio.says({}, "Hello");
  const auto ticket = world.tickets(1).front();
  // Slow to answer, and quicker to tell.
  world.twilio.fail(whatsapp_fault::after(milliseconds{400}).on("Messages"));
  world.reply(ticket, "Good day");
  EXPECT_TRUE(wait_for_text(world.twilio, "Good day"));
  const auto sent = world.twilio.deliveries().back();
  EXPECT_EQ(world.twilio.reports(sent.id, "delivered").status, 200);
  EXPECT_EQ(world.delivery_state(ticket, "Good day", "delivered"), "delivered");
}

TEST(WhatsappTrouble, LetsConfiguredWordsSpeakForABotThatIsAway) {
  whatsapp_world world{
    {.has_sidecar = true,
     .more = {{"SWITCHBOARD_WHATSAPP_BOT_URL", "http://127.0.0.1:9/bot"},
              {"SWITCHBOARD_WHATSAPP_BOT_TIMEOUT_MS", "200"}}}};
  world.sidecar.says(ana, "Hello");
  const auto ticket = world.tickets(1).front();
  const auto all = world.wait_for(
    ticket, [](const json::array& messages) { return messages.size() == 2; });
  EXPECT_EQ(text_at(all.at(1), "/sender"), "bot");
  EXPECT_NE(text_at(all.at(1), "/body").find("#1"), std::string::npos);
}

} // namespace
} // namespace switchboard::test
