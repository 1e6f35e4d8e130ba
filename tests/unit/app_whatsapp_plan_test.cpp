// What goes to WhatsApp because a ticket has changed, and how it looks when it
// leaves.
#include "api/whatsapp/parked.hpp"
#include "app/whatsapp_plan.hpp"
#include "app/whatsapp_render.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/ticket_changes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::app {
namespace {

namespace whatsapp = channels::whatsapp;
using lines = std::vector<std::string>;
using whatsapp::provider;

constexpr const char* phone = "+15551234567";
constexpr const char* manager = "+15550009999";
constexpr const char* manager_lane
  = "whatsapp:baileys:15550009999@s.whatsapp.net";
constexpr const char* customer_lane
  = "whatsapp:baileys:15551234567@s.whatsapp.net";

std::string url_of(const std::string& ref) {
  return "https://x.example/ticket/" + ref;
}

config::config some_config() {
  config::config c;
  c.whatsapp_baileys.url = "http://127.0.0.1:1";
  c.whatsapp_baileys.api_key = "a key of the tests";
  c.whatsapp_cloud.app_secret = "secret";
  c.whatsapp_cloud.access_token = "token";
  c.whatsapp_cloud.phone_number_id = "1065";
  c.whatsapp_cloud.template_name = "ticket_update";
  return c;
}

class WhatsappPlan : public testing::Test {
protected:
  WhatsappPlan() {
    session.id = domain::session_id{next_uuid()};
    session.via = domain::channel::whatsapp;
    session.contact = {"Ana", phone, ""};
    session.lines = {{"cloud", "1065", "15551234567"},
                     {"baileys", "main", "15551234567@s.whatsapp.net"}};
    commit(persistence::save(std::nullopt, session, now));
    domain::user ben;
    ben.id = domain::user_id{7};
    ben.name = "Ben";
    ben.phone = "+15550007777";
    commit(persistence::save(std::nullopt, ben, now));
    domain::user eve;
    eve.id = domain::user_id{8};
    eve.name = "Eve";
    eve.phone = "+15550008888";
    eve.role = domain::user_role::admin;
    commit(persistence::save(std::nullopt, eve, now));
    options.staff_by = provider::baileys;
    options.staff_account = "main";
    options.manager_phone = manager;
    options.with_template = {provider::cloud};
    options.ticket_url = url_of;
    build();
  }

  void build() {
    planner.emplace(options, journal.rows());
    renderer.emplace(whatsapp_renderer::parts{journal.rows(), ends, *planner,
                                              [this] { return now; }, url_of});
  }

  domain::uuid next_uuid() {
    return domain::make_uuid7(now, 1, ++drawn);
  }

  void commit(persistence::changes what) {
    std::optional<persistence::commit_outcome> outcome;
    journal.commit(std::move(what), [&](auto o) { outcome = std::move(o); });
    ASSERT_TRUE(outcome);
    ASSERT_TRUE(std::holds_alternative<persistence::committed>(*outcome));
  }

  domain::message_draft words(std::string body,
                              domain::sender_role role
                              = domain::sender_role::customer,
                              std::string external_id = {}) {
    domain::message_draft out;
    out.id = domain::message_id{next_uuid()};
    out.role = role;
    out.via = domain::channel::whatsapp;
    out.body = std::move(body);
    out.external_id = std::move(external_id);
    return out;
  }

  lines create(provider via = provider::baileys) {
    domain::create_ticket out;
    out.id = domain::ticket_id{next_uuid()};
    out.number = domain::ticket_number{12};
    out.ref = "T-20260101-AAAAAAAA";
    out.from = session.contact;
    out.subject = "Broken";
    out.via = domain::channel::whatsapp;
    out.session = domain::session_place{session.id, 1};
    const std::string account = via == provider::cloud ? "1065" : "main";
    out.first_message = words("It is broken", domain::sender_role::customer,
                              whatsapp::external_id(via, account, "first"));
    out.notice = words("Your number is #12", domain::sender_role::bot);
    ticket = out.id;
    return apply(out);
  }

  /// Carries a command out as the ticket's actor would; what is planned, as
  /// `<lane> <errand> <message>.<part>`.
  lines apply(const domain::ticket_command& command) {
    const auto before = tickets.load(ticket);
    auto after = before;
    auto decided = domain::decide(after, command, domain::context{now});
    EXPECT_TRUE(decided);
    if (!decided)
      return {};
    for (const auto& event : decided.value())
      domain::apply(after, event);
    planned = planner->plan(*after, decided.value());
    commit(persistence::ticket_changes(before, *after, decided.value()));
    lines out;
    for (const auto& one : planned) {
      const auto what = whatsapp::decode_errand(one.payload);
      out.push_back(
        one.lane + ' '
        + (what ? std::string{to_string(what->what)} + ' '
                    + std::to_string(static_cast<std::uint32_t>(what->message))
                    + '.' + std::to_string(what->part)
                    + (what->as_template ? " template" : "")
                : "?"));
    }
    return out;
  }

  /// How the planned delivery looks when it leaves: `to: words`, or why not.
  std::string draw(std::size_t index = 0) {
    const auto& of = planned.at(index);
    persistence::delivery d;
    d.id = persistence::delivery_id{1};
    d.lane = of.lane;
    d.payload = of.payload;
    d.created_at = of.created_at;
    const auto lane = whatsapp::parse_lane(d.lane);
    const auto what = whatsapp::decode_errand(d.payload);
    if (!lane || !what)
      return "?";
    const auto out = renderer->draw(d, *what, lane->via,
                                    {lane->via, what->account, lane->address});
    if (const auto* const sending = std::get_if<whatsapp_sending>(&out))
      return sending->what.address + ": "
             + (sending->what.as_template ? "(template) " : "")
             + (sending->what.quoted ? "(" + sending->what.quoted->id + ") "
                                     : "")
             + sending->what.text;
    if (const auto* const change = std::get_if<whatsapp::outgoing_change>(&out))
      return "change of " + change->id + ": " + change->text;
    if (const auto* const none = std::get_if<whatsapp_nothing>(&out))
      return "nothing: " + none->why;
    if (const auto* const delay = std::get_if<whatsapp_delay>(&out))
      return "later: " + delay->why;
    return "refused: " + std::get<whatsapp_refusal>(out).why;
  }

  /// The provider has taken a part of a message.
  lines sent(std::uint32_t message, std::uint32_t part, provider via,
             std::string id) {
    domain::report_delivery report;
    report.number = domain::message_sequence{message};
    report.part = part;
    report.to = domain::delivery_state::sent;
    report.via = "whatsapp:" + std::string{to_string(via)};
    report.external_id = whatsapp::external_id(via, "main", id);
    return apply(report);
  }

  domain::timestamp now{std::chrono::hours{1000}};
  std::uint64_t drawn = 0;
  persistence::memory_journal journal;
  persistence::ticket_views tickets{journal.rows()};
  domain::session session;
  domain::ticket_id ticket;
  whatsapp_planner::options options;
  whatsapp_ends ends{some_config(), "https://x.example"};
  std::optional<whatsapp_planner> planner;
  std::optional<whatsapp_renderer> renderer;
  std::vector<persistence::new_delivery> planned;
};

TEST_F(WhatsappPlan, TellsTheManagerAndGreetsTheCustomer) {
  EXPECT_EQ(create(), (lines{manager_lane + std::string{" ticket 0.0"},
                             customer_lane + std::string{" message 2.0"}}));
  EXPECT_NE(draw(0).find("It is broken"), std::string::npos);
  EXPECT_NE(draw(0).find(url_of("T-20260101-AAAAAAAA")), std::string::npos);
  EXPECT_EQ(draw(1), "15551234567@s.whatsapp.net: Your number is #12");
}

TEST_F(WhatsappPlan, AnswersOnTheLineOfTheNewestMessage) {
  create(provider::cloud);
  const domain::add_message answer{words("Hello", domain::sender_role::agent)};
  EXPECT_EQ(apply(answer), lines{"whatsapp:cloud:15551234567 message 3.0"});
  apply(domain::add_message{
    words("Here I am", domain::sender_role::customer,
          whatsapp::external_id(provider::baileys, "main", "second"))});
  EXPECT_EQ(
    apply(domain::add_message{words("I see", domain::sender_role::agent)}),
    lines{std::string{customer_lane} + " message 5.0"});
}

TEST_F(WhatsappPlan, RelaysToWhoHasTheTicket) {
  create();
  const auto says = [this](std::string body) {
    return apply(domain::add_message{words(std::move(body))});
  };
  EXPECT_EQ(says("Hello?"), lines{std::string{manager_lane} + " relay 3.0"});
  EXPECT_NE(draw().find("#12"), std::string::npos);
  domain::claim_ticket claim;
  claim.agent = "7";
  EXPECT_TRUE(apply(claim).empty()) << "who takes it knows";
  EXPECT_EQ(says("Who are you?"),
            lines{"whatsapp:baileys:15550007777@s.whatsapp.net relay 4.0"});
}

TEST_F(WhatsappPlan, TellsAdminsOfWhatIsEscalated) {
  create();
  domain::change_status command;
  command.to = domain::status::escalated;
  command.actor = "7";
  EXPECT_EQ(apply(command),
            lines{"whatsapp:baileys:15550008888@s.whatsapp.net notice 0.0"});
}

TEST_F(WhatsappPlan, ChangesWhatWasSent) {
  create();
  apply(domain::add_message{words("Helo", domain::sender_role::agent)});
  domain::edit_message edit;
  edit.number = domain::message_sequence{3};
  edit.added_at = now;
  edit.message = words("Hello", domain::sender_role::agent);
  EXPECT_EQ(apply(edit), lines{std::string{customer_lane} + " edit 3.0"});
  const auto planned_edit = planned;
  EXPECT_TRUE(draw().starts_with("later: ")) << "it is still on its way";
  sent(3, 0, provider::baileys, "3EB0");
  planned = planned_edit;
  EXPECT_EQ(draw(), "change of 3EB0: Hello");
  domain::delete_message gone;
  gone.number = domain::message_sequence{3};
  gone.actor = "7";
  EXPECT_EQ(apply(gone), lines{std::string{customer_lane} + " revoke 3.0"});
  EXPECT_EQ(draw(), "change of 3EB0: ");
}

TEST_F(WhatsappPlan, KeepsWordsThatAreShortenedToACaption) {
  create();
  auto said = words(std::string(2000, 'x'), domain::sender_role::agent);
  said.attachments.push_back(
    {domain::attachment_id{next_uuid()}, "a.jpg", "image/jpeg", 100});
  apply(domain::add_message{said});
  sent(3, 0, provider::baileys, "3EB0");
  sent(3, 1, provider::baileys, "3EB1");
  domain::edit_message edit;
  edit.number = domain::message_sequence{3};
  edit.added_at = now;
  edit.message = said;
  edit.message.body = "Shorter";
  EXPECT_EQ(apply(edit), lines{std::string{customer_lane} + " edit 3.0"});
  EXPECT_EQ(draw(), "change of 3EB0: Shorter");
}

TEST_F(WhatsappPlan, QuotesWhatIsAnswered) {
  create();
  auto answer = words("That one?", domain::sender_role::agent);
  answer.reply_to = domain::message_sequence{1};
  apply(domain::add_message{answer});
  EXPECT_EQ(draw(), "15551234567@s.whatsapp.net: (first) That one?");
}

TEST_F(WhatsappPlan, SendsATemplateAfterTheWindowAndOnceMoreWhenItIsTold) {
  create(provider::cloud);
  apply(domain::add_message{words("Hello", domain::sender_role::agent)});
  EXPECT_EQ(draw(), "15551234567: Hello");
  now += std::chrono::hours{24};
  EXPECT_EQ(draw(), "15551234567: (template) Hello");
  sent(3, 0, provider::cloud, "wamid.1");
  domain::report_delivery failed;
  failed.number = domain::message_sequence{3};
  failed.to = domain::delivery_state::failed;
  failed.via = "whatsapp:cloud";
  failed.reason = api::whatsapp::window_closed_reason;
  EXPECT_EQ(apply(failed),
            lines{"whatsapp:cloud:15551234567 message 3.0 template"});
  // What fails as a template, too, does not go round in circles.
  sent(3, 0, provider::cloud, "wamid.2");
  EXPECT_EQ(apply(failed), lines{std::string{manager_lane} + " notice 0.0"});
}

TEST_F(WhatsappPlan, TellsStaffByTemplateUntilTheyHaveWritten) {
  options.staff_by = provider::cloud;
  options.staff_account = "1065";
  build();
  create(provider::cloud);
  EXPECT_TRUE(draw().starts_with("15550009999: (template) New ticket #12"))
    << draw();
  apply(domain::add_message{
    words("Look into it", domain::sender_role::manager,
          whatsapp::external_id(provider::cloud, "1065", "m1"))});
  apply(domain::add_message{words("Thanks")});
  EXPECT_TRUE(draw().starts_with("15550009999: #12")) << draw();
  now += std::chrono::hours{24};
  EXPECT_TRUE(draw().starts_with("15550009999: (template) #12")) << draw();
}

TEST_F(WhatsappPlan, SaysNothingOfWhatWasDeletedMeanwhile) {
  create();
  apply(domain::add_message{words("Oops", domain::sender_role::agent)});
  const auto waiting = planned;
  domain::delete_message gone;
  gone.number = domain::message_sequence{3};
  gone.actor = "7";
  apply(gone);
  planned = waiting;
  EXPECT_EQ(draw(), "nothing: it was deleted");
}

TEST_F(WhatsappPlan, FindsAnotherWayToTheCustomer) {
  create();
  const auto what = whatsapp::decode_errand(planned.at(1).payload);
  const auto lane = whatsapp::parse_lane(planned.at(1).lane);
  ASSERT_TRUE(what && lane);
  EXPECT_EQ(renderer->other_place(*what, *lane, provider::cloud),
            (whatsapp_place{provider::cloud, "1065", "15551234567"}));
  EXPECT_EQ(renderer->other_place(*what, *lane, provider::twilio),
            (whatsapp_place{provider::twilio, "", phone}));
}

TEST_F(WhatsappPlan, LeavesTicketsOfTheWebsiteToTheHook) {
  options.hook_tells = true;
  build();
  domain::create_ticket out;
  out.id = domain::ticket_id{next_uuid()};
  out.number = domain::ticket_number{13};
  out.ref = "T-20260101-BBBBBBBB";
  out.subject = "Broken";
  out.first_message = words("It is broken");
  ticket = out.id;
  EXPECT_TRUE(apply(out).empty());
}

TEST_F(WhatsappPlan, AsksTheBotForTheFirstAnswer) {
  options.has_bot = true;
  options.manager_phone.clear();
  build();
  create();
  ASSERT_EQ(planned.size(), 2U);
  EXPECT_EQ(planned[0].lane, whatsapp_bot_lane);
  EXPECT_EQ(planned[0].payload,
            R"({"ticket":")" + to_string(ticket.value) + "\"}");
}

} // namespace
} // namespace switchboard::app
