#include "tests/integration/whatsapp_fixture.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::test {

namespace {

simulators::twilio_options twilio_options() {
  simulators::twilio_options out;
  out.public_url = whatsapp_public_url;
  return out;
}

std::string path_of(const json::value& ticket, std::string_view rest) {
  return "/api/v1/tickets/" + text_at(ticket, "/id") + std::string{rest};
}

} // namespace

whatsapp_world::whatsapp_world(whatsapp_world_options options)
  : twilio{twilio_options()}, options_{std::move(options)} {
  server_.emplace(make_settings());
  connect();
}

whatsapp_world::~whatsapp_world() {
  server_.reset();
  if (tolerates_complaints)
    return;
  for (const simulators::whatsapp_simulator* one :
       std::initializer_list<const simulators::whatsapp_simulator*>{
         &sidecar, &twilio, &cloud, &n8n})
    for (const auto& complaint : one->complaints())
      ADD_FAILURE() << complaint;
}

settings whatsapp_world::make_settings() const {
  auto out = options_.more;
  out.try_emplace("BASE_URL", whatsapp_public_url);
  out.try_emplace("SWITCHBOARD_WHATSAPP_MANAGER_PHONE", whatsapp_manager_phone);
  if (options_.has_sidecar) {
    const auto& end = sidecar.options();
    out.try_emplace("SWITCHBOARD_WHATSAPP_BAILEYS_URL", sidecar.url());
    out.try_emplace("SWITCHBOARD_WHATSAPP_BAILEYS_API_KEY", end.api_key);
    out.try_emplace("SWITCHBOARD_WHATSAPP_BAILEYS_JID", end.own_jid);
    out.try_emplace("SWITCHBOARD_WHATSAPP_BAILEYS_SESSION", end.session);
    out.try_emplace("SWITCHBOARD_WHATSAPP_BAILEYS_PER_MINUTE", "0");
  }
  if (options_.has_twilio) {
    const auto& end = twilio.options();
    out.try_emplace("SWITCHBOARD_WHATSAPP_TWILIO_API_URL", twilio.url());
    out.try_emplace("SWITCHBOARD_WHATSAPP_TWILIO_ACCOUNT_SID", end.account_sid);
    out.try_emplace("SWITCHBOARD_WHATSAPP_TWILIO_AUTH_TOKEN", end.auth_token);
    out.try_emplace("SWITCHBOARD_WHATSAPP_TWILIO_FROM", end.from);
    // Its files lie on a second server of this machine.
    out.try_emplace("SWITCHBOARD_WEBHOOKS_ALLOW_NETWORKS", "127.0.0.0/8");
  }
  if (options_.has_cloud) {
    const auto& end = cloud.options();
    out.try_emplace("SWITCHBOARD_WHATSAPP_CLOUD_API_URL", cloud.url());
    out.try_emplace("SWITCHBOARD_WHATSAPP_CLOUD_APP_SECRET", end.app_secret);
    out.try_emplace("SWITCHBOARD_WHATSAPP_CLOUD_VERIFY_TOKEN",
                    end.verify_token);
    out.try_emplace("SWITCHBOARD_WHATSAPP_CLOUD_ACCESS_TOKEN",
                    end.access_token);
    out.try_emplace("SWITCHBOARD_WHATSAPP_CLOUD_PHONE_NUMBER_ID",
                    end.phone_number_id);
  }
  if (options_.has_n8n) {
    out.try_emplace("SWITCHBOARD_WHATSAPP_N8N_URL", n8n.hook_url());
    out.try_emplace("SWITCHBOARD_WHATSAPP_N8N_API_KEY", n8n.options().api_key);
  }
  return out;
}

void whatsapp_world::connect() {
  const auto engine = "http://127.0.0.1:" + std::to_string(server_->port());
  sidecar.connect(engine);
  twilio.connect(engine);
  cloud.connect(engine);
  n8n.connect(engine);
}

void whatsapp_world::restart() {
  server_->restart();
  connect();
}

void whatsapp_world::restart_after_kill() {
  server_->restart_after_kill();
  connect();
}

// -- tickets ------------------------------------------------------------------

json::array whatsapp_world::tickets(std::size_t count) {
  json::array out;
  eventually([&] {
    const auto list = parsed(server().get("/api/v1/tickets", as_admin));
    out = list.at("data").as_array();
    return out.size() >= count;
  });
  EXPECT_EQ(out.size(), count);
  return out;
}

json::array whatsapp_world::messages(const json::value& ticket) {
  const auto list
    = parsed(server().get(path_of(ticket, "/messages?limit=200"), as_admin));
  return list.at("data").as_array();
}

json::array whatsapp_world::wait_for(
  const json::value& ticket,
  const std::function<bool(const json::array& messages)>& is) {
  json::array out;
  const bool came = eventually([&] {
    out = messages(ticket);
    return is(out);
  });
  EXPECT_TRUE(came) << json::serialize(out);
  return out;
}

std::vector<std::string> whatsapp_world::thread(const json::value& ticket) {
  std::vector<std::string> out;
  for (const auto& one : messages(ticket))
    out.push_back(text_at(one, "/sender") + ": " + text_at(one, "/body"));
  return out;
}

json::value whatsapp_world::reply(const json::value& ticket,
                                  std::string_view text) {
  const json::object body{{"body", json::string{text.data(), text.size()}}};
  const auto said
    = server().post(path_of(ticket, "/messages"), json::serialize(body),
                    joined(as_admin, json_type));
  EXPECT_EQ(said.status, 201) << said.body;
  return parsed(said);
}

std::string whatsapp_world::delivery_state(const json::value& ticket,
                                           std::string_view text,
                                           std::string_view wanted) {
  std::string out;
  eventually([&] {
    for (const auto& one : messages(ticket))
      if (text_at(one, "/body") == text)
        out = text_at(one, "/delivery/state");
    return out == wanted;
  });
  return out;
}

std::vector<std::string> texts_of(const simulators::whatsapp_simulator& at,
                                  std::string_view to) {
  std::vector<std::string> out;
  for (const auto& one : at.deliveries(to))
    out.push_back(one.text);
  return out;
}

} // namespace switchboard::test
