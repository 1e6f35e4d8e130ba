// Who sends what to WhatsApp, and what is waited for.
#include "actors/messages.hpp"
#include "app/whatsapp_carrier.hpp"
#include "net/io_runtime.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/ticket_changes.hpp"

#include <gtest/gtest.h>

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::app {
namespace {

namespace whatsapp = channels::whatsapp;
using channels::delivery_outcome;
using channels::http_answer;
using channels::http_request;
using whatsapp::provider;

constexpr std::chrono::seconds patience{20};
constexpr const char* address = "15551234567@s.whatsapp.net";
constexpr const char* sidecar_url = "http://127.0.0.1:1";

class actor_config final : public caf::actor_system_config {
public:
  actor_config() {
    add_message_types<caf::id_block::switchboard>();
  }
};

/// A sidecar that may be down, and the Cloud API beside it.
class WhatsappCarrier : public testing::Test {
protected:
  WhatsappCarrier() {
    session.id = domain::session_id{next_uuid()};
    session.via = domain::channel::whatsapp;
    session.contact = {"Ana", "+15551234567", ""};
    session.lines = {{"baileys", "main", address}};
    commit(persistence::save(std::nullopt, session, now));
    c.whatsapp_baileys.url = sidecar_url;
    c.whatsapp_baileys.api_key = "a key of the tests";
    c.whatsapp_cloud.app_secret = "secret";
    c.whatsapp_cloud.access_token = "token";
    c.whatsapp_cloud.phone_number_id = "1065";
    c.whatsapp.fallback = "cloud";
  }

  ~WhatsappCarrier() override {
    if (carrier)
      carrier->stop();
    beside.begin_stop();
    EXPECT_TRUE(beside.wait_stopped(patience));
    runtime.stop();
  }

  void build() {
    const auto clock = [this] { return now; };
    const auto url = [](const std::string&) { return std::string{}; };
    ends = std::make_unique<whatsapp_ends>(c, "https://x.example");
    whatsapp_planner::options how;
    how.fallback = ends->fallback();
    how.ticket_url = url;
    planner = std::make_unique<whatsapp_planner>(how, journal.rows());
    renderer = std::make_unique<whatsapp_renderer>(
      whatsapp_renderer::parts{journal.rows(), *ends, *planner, clock, url});
    const auto exchange
      = [this](http_request request) { return serve(std::move(request)); };
    uploads = std::make_unique<whatsapp_uploads>(whatsapp_uploads::parts{
      journal.rows(), *ends, exchange,
      [](domain::attachment_id, auto done) { done(std::nullopt); },
      [](domain::attachment_id) { return "https://x.example/file"; }});
    health = std::make_unique<whatsapp_health>(
      whatsapp_health::options{}, whatsapp_health::hooks{clock, {}, {}});
    whatsapp_carrier::parts parts{
      runtime.actors(), beside,   *ends,
      *renderer,        *uploads, *health,
      exchange,         clock,    std::chrono::seconds{0}};
    carrier
      = std::make_unique<whatsapp_carrier>(std::move(parts), whatsapp_pace{c});
  }

  boost::asio::awaitable<http_answer> serve(http_request request) {
    http_answer out;
    if (request.url.starts_with(sidecar_url) && is_down) {
      out.failure = channels::http_failure::connect_failed;
    } else {
      out.status = 200;
      out.body = R"({"data":{"key":{"id":"3EB0"}},"messages":[{"id":"w.1"}]})";
    }
    requests.push_back(std::move(request));
    co_return out;
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

  void apply(domain::ticket_id id, const domain::ticket_command& command) {
    const auto before = persistence::ticket_views{journal.rows()}.load(id);
    auto after = before;
    const auto decided = domain::decide(after, command, domain::context{now});
    ASSERT_TRUE(decided);
    for (const auto& event : decided.value())
      domain::apply(after, event);
    commit(persistence::ticket_changes(before, *after, decided.value()));
  }

  domain::message_draft words(std::string body, domain::sender_role role) {
    domain::message_draft out;
    out.id = domain::message_id{next_uuid()};
    out.role = role;
    out.via = domain::channel::whatsapp;
    out.body = std::move(body);
    return out;
  }

  /// The delivery of an agent's answer to somebody who wrote to the sidecar.
  persistence::delivery answer(domain::message_draft said) {
    domain::create_ticket open;
    open.id = domain::ticket_id{next_uuid()};
    open.number = domain::ticket_number{12};
    open.ref = "T-20260101-AAAAAAAA";
    open.from = session.contact;
    open.subject = "Broken";
    open.via = domain::channel::whatsapp;
    open.session = domain::session_place{session.id, 1};
    open.first_message = words("It is", domain::sender_role::customer);
    open.first_message.external_id
      = whatsapp::external_id(provider::baileys, "main", "first");
    apply(open.id, open);
    apply(open.id, domain::add_message{std::move(said)});
    whatsapp::errand what;
    what.what = whatsapp::errand_kind::message;
    what.ticket = open.id;
    what.message = domain::message_sequence{2};
    what.account = "main";
    persistence::delivery out;
    out.id = persistence::delivery_id{1};
    out.lane = whatsapp::lane_of(provider::baileys, address);
    out.payload = encode(what);
    out.created_at = now;
    return out;
  }

  /// What goes back to the ticket.
  std::string carry_and_tell(const persistence::delivery& what) {
    const auto channel = carrier->channel_of(what.lane);
    EXPECT_NE(channel, nullptr);
    persistence::changes settling;
    if (!channel)
      return {};
    caf::scoped_actor self{runtime.actors()};
    self->request(channel->carrier, patience, what)
      .receive(
        [&](http_answer& answer) {
          channel->on_settle(what, answer, channel->judge(answer), now,
                             settling);
        },
        [](const caf::error&) { FAIL() << "no answer"; });
    return settling.deliveries.empty() ? std::string{}
                                       : settling.deliveries.front().payload;
  }

  channels::verdict carry(const persistence::delivery& what) {
    const auto channel = carrier->channel_of(what.lane);
    EXPECT_NE(channel, nullptr);
    channels::verdict out;
    if (!channel)
      return out;
    caf::scoped_actor self{runtime.actors()};
    self->request(channel->carrier, patience, what)
      .receive([&](http_answer& answer) { out = channel->judge(answer); },
               [](const caf::error&) { FAIL() << "no answer"; });
    return out;
  }

  void lose_the_sidecar() {
    is_down = true;
    whatsapp::send_result lost;
    lost.why = whatsapp::trouble::not_connected;
    health->sent(provider::baileys, lost, channels::http_failure::none);
  }

  domain::timestamp now{std::chrono::hours{1000}};
  std::uint64_t drawn = 0;
  bool is_down = false;
  std::vector<http_request> requests;
  config::config c;
  domain::session session;
  persistence::memory_journal journal;
  actor_config actors;
  net::io_runtime runtime{actors};
  background beside{runtime.make_executor()};
  std::unique_ptr<whatsapp_ends> ends;
  std::unique_ptr<whatsapp_planner> planner;
  std::unique_ptr<whatsapp_renderer> renderer;
  std::unique_ptr<whatsapp_uploads> uploads;
  std::unique_ptr<whatsapp_health> health;
  std::unique_ptr<whatsapp_carrier> carrier;
};

TEST_F(WhatsappCarrier, WritesByTemplateForAnotherWhomTheyNeverWroteTo) {
  c.whatsapp_cloud.template_name = "ticket_update";
  build();
  const auto what = answer(words("Hello", domain::sender_role::agent));
  lose_the_sidecar();
  EXPECT_EQ(carry(what).outcome, delivery_outcome::delivered);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_NE(requests[0].body.find(R"("type":"template")"), std::string::npos)
    << requests[0].body;
}

TEST_F(WhatsappCarrier, WaitsWhenTheStandInMayNotWriteToThem) {
  build();
  const auto what = answer(words("Hello", domain::sender_role::agent));
  lose_the_sidecar();
  EXPECT_EQ(carry(what).outcome, delivery_outcome::slow_down);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(requests[0].url.starts_with(sidecar_url)) << requests[0].url;
}

TEST_F(WhatsappCarrier, NamesAMessageByTheNumberThatSentIt) {
  c.whatsapp_baileys.session = "support";
  build();
  const auto what = answer(words("Hello", domain::sender_role::agent));
  const auto told = carry_and_tell(what);
  EXPECT_NE(told.find("baileys:support:3EB0"), std::string::npos) << told;
}

TEST_F(WhatsappCarrier, HoldsALaneForMoreThanAWeekend) {
  build();
  const auto channel
    = carrier->channel_of(whatsapp::lane_of(provider::baileys, address));
  ASSERT_NE(channel, nullptr);
  EXPECT_GE(channel->policy.slow_down_age_max, std::chrono::hours{4 * 24});
}

TEST_F(WhatsappCarrier, DoesNotWaitForEverForAFileThatIsLost) {
  build();
  domain::attachment file;
  file.id = {next_uuid()};
  file.state = domain::attachment_state::ready;
  file.name = "a.pdf";
  file.mime_type = "application/pdf";
  file.size = 100;
  commit(persistence::save(std::nullopt, file, now));
  auto said = words("Look", domain::sender_role::agent);
  said.attachments.push_back({file.id, file.name, file.mime_type, file.size});
  const auto what = answer(std::move(said));
  EXPECT_EQ(carry(what).outcome, delivery_outcome::slow_down);
  EXPECT_TRUE(requests.empty());
  now += std::chrono::hours{1};
  EXPECT_EQ(carry(what).outcome, delivery_outcome::delivered);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_NE(requests[0].body.find("Look\\na.pdf: https://x.example/file"),
            std::string::npos)
    << requests[0].body;
}

} // namespace
} // namespace switchboard::app
