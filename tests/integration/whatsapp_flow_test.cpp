// The way of a conversation through each provider of WhatsApp, in and out.
#include "tests/integration/whatsapp_fixture.hpp"
#include "tests/simulators/http_peer.hpp"

#include <algorithm>
#include <mutex>

namespace switchboard::test {
namespace {

constexpr const char* ana_jid = "15551234567@s.whatsapp.net";
constexpr const char* manager_jid = "15550009999@s.whatsapp.net";

const sidecar_author ana{ana_jid, "Ana", {}, {}};
const sidecar_author boss{manager_jid, "Boss", {}, {}};

whatsapp_file picture() {
  // What tells a JPEG from other things.
  return {"image/jpeg", "broken.jpg",
          std::string{"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00", 11}
            + std::string(200, 'x')};
}

settings without_greeting() {
  return {{"SWITCHBOARD_WHATSAPP_ACKNOWLEDGEMENTS", ""}};
}

/// Everything that arrived at this place, once something has this text.
std::vector<std::string> wait_for_text(simulators::whatsapp_simulator& at,
                                       std::string_view to,
                                       std::string_view part) {
  EXPECT_TRUE(at.wait_until(
    [&](const auto& all) {
      return std::ranges::any_of(all, [&](const whatsapp_delivery& one) {
        return one.to == to && one.is_settled
               && one.text.find(part) != std::string::npos;
      });
    },
    patience))
    << "nothing with \"" << part << "\" came to " << to;
  return texts_of(at, to);
}

whatsapp_delivery last_at(simulators::whatsapp_simulator& at,
                          std::string_view to) {
  const auto all = at.deliveries(to);
  return all.empty() ? whatsapp_delivery{} : all.back();
}

/// Whether the picture of a message is here at last, and is that picture.
bool wait_for_file(whatsapp_world& world, const json::value& ticket,
                   std::size_t message) {
  return eventually([&] {
    const auto all = world.messages(ticket);
    if (all.size() <= message)
      return false;
    const auto url = text_at(all.at(message), "/attachments/0/url");
    const auto file = world.server().get(url);
    return file.status == 200 && file.body == picture().bytes;
  });
}

TEST(WhatsappFlow, GoesThroughASidecar) {
  whatsapp_world world{{.has_sidecar = true}};
  const auto said = world.sidecar.says(ana, "My shipment is broken");
  EXPECT_EQ(said.reply.status, 200) << said.reply.body;
  const auto ticket = world.tickets(1).front();
  EXPECT_EQ(text_at(ticket, "/channel"), "whatsapp");
  EXPECT_EQ(text_at(ticket, "/customer/phone"), "+15551234567");
  EXPECT_EQ(text_at(ticket, "/status"), "pending");
  const auto greeting = wait_for_text(world.sidecar, ana_jid, "#1");
  EXPECT_EQ(greeting.size(), 1U);
  // The manager hears of it.
  const auto told = wait_for_text(world.sidecar, manager_jid, "#1");
  EXPECT_NE(told.front().find("My shipment is broken"), std::string::npos);
  world.reply(ticket, "We look into it");
  wait_for_text(world.sidecar, ana_jid, "We look into it");
  const auto sent = last_at(world.sidecar, ana_jid);
  EXPECT_EQ(world.delivery_state(ticket, "We look into it", "sent"), "sent");
  world.sidecar.reports(sent.id, 3);
  world.sidecar.reports(sent.id, 4);
  EXPECT_EQ(world.delivery_state(ticket, "We look into it", "read"), "read");
  world.sidecar.says(ana, "Thank you");
  world.sidecar.reacts(ana, sent.id, "👍");
  const auto all = world.wait_for(ticket, [](const json::array& messages) {
    return messages.size() == 4
           && !messages.at(2).at("reactions").as_array().empty();
  });
  EXPECT_EQ(text_at(all.at(3), "/body"), "Thank you");
  EXPECT_EQ(world.tickets(1).size(), 1U);
}

TEST(WhatsappFlow, GoesThroughTwilio) {
  whatsapp_world world{{.has_twilio = true}};
  const twilio_customer who;
  const auto said = world.twilio.says(who, "Hello");
  EXPECT_EQ(said.reply.status, 200) << said.reply.body;
  const auto ticket = world.tickets(1).front();
  world.reply(ticket, "Good day");
  const auto to = "whatsapp:" + who.phone;
  wait_for_text(world.twilio, to, "Good day");
  EXPECT_EQ(world.delivery_state(ticket, "Good day", "sent"), "sent");
  const auto sent = last_at(world.twilio, to);
  EXPECT_EQ(world.twilio.reports(sent.id, "read").status, 200);
  EXPECT_EQ(world.delivery_state(ticket, "Good day", "read"), "read");
  EXPECT_EQ(
    world.twilio.posts({{"MessageSid", "SM1"}, {"Body", "x"}}, false).status,
    403);
}

TEST(WhatsappFlow, GoesThroughTheCloudApi) {
  whatsapp_world world{{.has_cloud = true}};
  EXPECT_EQ(world.cloud.verifies("1158201444").body, "1158201444");
  const cloud_customer who;
  const auto said = world.cloud.says(who, "Hello");
  EXPECT_EQ(said.reply.status, 200) << said.reply.body;
  world.cloud.repeats(said.id);
  const auto ticket = world.tickets(1).front();
  world.reply(ticket, "Good day");
  wait_for_text(world.cloud, who.wa_id, "Good day");
  const auto sent = last_at(world.cloud, who.wa_id);
  // In disorder, and twice.
  for (const auto* const status : {"read", "sent", "delivered", "read"})
    EXPECT_EQ(world.cloud.reports(sent.id, status).status, 200);
  EXPECT_EQ(world.delivery_state(ticket, "Good day", "read"), "read");
  world.cloud.answers(who, sent.id, "Thanks");
  const auto all = world.wait_for(
    ticket, [](const json::array& messages) { return messages.size() == 4; });
  EXPECT_EQ(all.at(3).at("reply_to"), json::value(3));
}

TEST(WhatsappFlow, GoesThroughAWorkflowOfN8n) {
  whatsapp_world world{{.has_n8n = true}};
  const auto said = world.n8n.says("+15551234567", "Hello", "Ana");
  EXPECT_EQ(said.reply.status, 200) << said.reply.body;
  const auto ticket = world.tickets(1).front();
  world.reply(ticket, "Good day");
  EXPECT_TRUE(world.n8n.wait_until(
    [](const auto& all) {
      return std::ranges::any_of(
        all, [](const auto& one) { return one.text == "Good day"; });
    },
    patience));
  EXPECT_EQ(world.delivery_state(ticket, "Good day", "sent"), "sent");
}

TEST(WhatsappFlow, FollowsWhatCustomersChangeAndTakeBack) {
  whatsapp_world world{{.has_sidecar = true, .more = without_greeting()}};
  const auto first = world.sidecar.says(ana, "It is borken");
  const auto second = world.sidecar.says(ana, "never mind");
  world.sidecar.edits(ana, first.id, "It is broken");
  world.sidecar.revokes(ana, second.id);
  const auto ticket = world.tickets(1).front();
  world.wait_for(ticket, [](const json::array& messages) {
    return messages.size() == 2
           && text_at(messages.at(0), "/body") == "It is broken"
           && messages.at(1).at("deleted_at").is_string();
  });
}

TEST(WhatsappFlow, AnswersAGroupOnlyWhenItIsNamed) {
  whatsapp_world world{{.has_sidecar = true, .more = without_greeting()}};
  auto member = ana;
  member.group = "120363040000000000@g.us";
  world.sidecar.says(member, "Has anybody seen my keys?");
  simulators::sidecar_extra named;
  named.mentions = {world.sidecar.options().own_jid};
  world.sidecar.says(member, "@15550001111 the printer is on fire", named);
  const auto ticket = world.tickets(1).front();
  EXPECT_EQ(world.messages(ticket).size(), 1U);
  world.reply(ticket, "Somebody comes");
  wait_for_text(world.sidecar, member.group, "Somebody comes");
  EXPECT_TRUE(world.sidecar.deliveries(ana_jid).empty());
}

TEST(WhatsappFlow, OpensOneTicketForTwoMessagesAtOnce) {
  whatsapp_world world{{.has_sidecar = true}};
  in_parallel(8, [&world](std::size_t i) {
    const auto said = world.sidecar.says(ana, "word " + std::to_string(i));
    EXPECT_EQ(said.reply.status, 200) << said.reply.body;
  });
  const auto ticket = world.tickets(1).front();
  const auto all = world.thread(ticket);
  EXPECT_EQ(
    std::ranges::count_if(
      all, [](const auto& line) { return line.starts_with("customer: "); }),
    8);
  EXPECT_EQ(wait_for_text(world.sidecar, ana_jid, "#1").size(), 1U);
}

TEST(WhatsappFlow, LetsABotGreetInItsOwnWords) {
  std::mutex mutex;
  json::value asked;
  simulators::http_peer bot{[&](const simulators::peer_request& call) {
    const std::lock_guard lock{mutex};
    asked = json::parse(call.body);
    simulators::peer_answer out;
    out.body = R"({"reply":"Hello Ana, this is the bot."})";
    return out;
  }};
  bot.start();
  whatsapp_world world{
    {.has_sidecar = true,
     .more = {{"SWITCHBOARD_WHATSAPP_BOT_URL", bot.url("/bot")}}}};
  world.sidecar.says(ana, "Good morning");
  const auto ticket = world.tickets(1).front();
  wait_for_text(world.sidecar, ana_jid, "Hello Ana, this is the bot.");
  const auto thread = world.thread(ticket);
  EXPECT_EQ(thread,
            (std::vector<std::string>{"customer: Good morning",
                                      "bot: Hello Ana, this is the bot."}));
  const std::lock_guard lock{mutex};
  EXPECT_EQ(text_at(asked, "/message/text"), "Good morning");
  EXPECT_EQ(text_at(asked, "/chat/phone"), "+15551234567");
  EXPECT_EQ(text_at(asked, "/ticket/ref"), text_at(ticket, "/ref"));
}

TEST(WhatsappFlow, LetsTheManagerAnswerByQuoting) {
  whatsapp_world world{{.has_sidecar = true, .more = without_greeting()}};
  world.sidecar.says(ana, "Is anybody there?");
  const auto ticket = world.tickets(1).front();
  wait_for_text(world.sidecar, manager_jid, "Is anybody there?");
  const auto notice = last_at(world.sidecar, manager_jid);
  // That the notice shows the ticket is known a moment after it was sent.
  EXPECT_TRUE(eventually([&] {
    simulators::sidecar_extra quoting;
    quoting.quoted = notice.id;
    world.sidecar.says(boss, "Yes, I am", quoting);
    const auto got = texts_of(world.sidecar, ana_jid);
    return std::ranges::find(got, "Yes, I am") != got.end();
  }));
  world.sidecar.says(boss, "#1 And I stay");
  wait_for_text(world.sidecar, ana_jid, "And I stay");
  world.sidecar.says(ana, "Great");
  wait_for_text(world.sidecar, manager_jid, "Great");
  EXPECT_EQ(world.tickets(1).size(), 1U);
  EXPECT_EQ(text_at(ticket, "/status"), "pending");
}

TEST(WhatsappFlow, CarriesFilesBothWays) {
  whatsapp_world world{{.has_sidecar = true, .more = without_greeting()}};
  world.sidecar.sends(ana, picture(), "look");
  simulators::sidecar_extra by_address;
  by_address.media = simulators::sidecar_media::url;
  world.sidecar.sends(ana, picture(), "and here", by_address);
  const auto ticket = world.tickets(1).front();
  const auto all = world.wait_for(
    ticket, [](const json::array& messages) { return messages.size() == 2; });
  EXPECT_TRUE(wait_for_file(world, ticket, 0));
  EXPECT_TRUE(wait_for_file(world, ticket, 1));
  EXPECT_EQ(text_at(all.at(1), "/body"), "and here");
  // The manager got them, too.
  EXPECT_TRUE(world.sidecar.wait_until(
    [](const auto& sent) {
      return std::ranges::count_if(
               sent,
               [](const whatsapp_delivery& one) {
                 return one.to == manager_jid && one.kind == "image"
                        && one.file.bytes == picture().bytes;
               })
             == 2;
    },
    patience));
  // And sends one back.
  world.sidecar.sends(boss, picture(), "#1 like this?");
  EXPECT_TRUE(world.sidecar.wait_until(
    [](const auto& sent) {
      return std::ranges::any_of(sent, [](const whatsapp_delivery& one) {
        return one.to == ana_jid && one.kind == "image"
               && one.file.bytes == picture().bytes && one.text == "like this?";
      });
    },
    patience));
}

TEST(WhatsappFlow, FetchesFilesFromTwilioAndSendsThemByTheirAddress) {
  whatsapp_world world{{.has_twilio = true, .more = without_greeting()}};
  world.twilio.sends({}, picture(), "look");
  const auto ticket = world.tickets(1).front();
  EXPECT_TRUE(wait_for_file(world, ticket, 0));
  twilio_customer manager;
  manager.phone = whatsapp_manager_phone;
  world.twilio.sends(manager, picture(), "#1 like this?");
  EXPECT_TRUE(world.twilio.wait_until(
    [](const auto& sent) {
      return std::ranges::any_of(sent, [](const whatsapp_delivery& one) {
        return one.to == "whatsapp:+15551234567" && one.is_settled
               && one.file.bytes == picture().bytes;
      });
    },
    patience));
}

TEST(WhatsappFlow, FetchesFilesFromMetaAndUploadsThem) {
  whatsapp_world world{{.has_cloud = true, .more = without_greeting()}};
  world.cloud.sends({}, picture(), "look");
  const auto ticket = world.tickets(1).front();
  EXPECT_TRUE(wait_for_file(world, ticket, 0));
  cloud_customer manager;
  manager.wa_id = std::string{whatsapp_manager_phone}.substr(1);
  world.cloud.sends(manager, picture(), "#1 like this?");
  EXPECT_TRUE(world.cloud.wait_until(
    [](const auto& sent) {
      return std::ranges::any_of(sent, [](const whatsapp_delivery& one) {
        return one.to == "15551234567" && one.kind == "image"
               && one.file.bytes == picture().bytes;
      });
    },
    patience));
}

} // namespace
} // namespace switchboard::test
