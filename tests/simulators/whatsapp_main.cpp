// Plays a provider of WhatsApp, and everybody who has a phone, for someone who
// tries Switchboard by hand with curl.
//
//   whatsapp-simulator --provider baileys --port 3000 --key my-sidecar-key
//   curl localhost:3000/control/say -d '{"from":"+15551234567","text":"Hi"}'
//   curl localhost:3000/control/sent

#include "tests/simulators/whatsapp_cloud.hpp"
#include "tests/simulators/whatsapp_control.hpp"
#include "tests/simulators/whatsapp_n8n.hpp"
#include "tests/simulators/whatsapp_sidecar.hpp"
#include "tests/simulators/whatsapp_twilio.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <map>
#include <memory>

namespace {

namespace simulators = switchboard::simulators;

/// What the command line says.
struct arguments {
  std::string provider = "baileys";
  std::string dialect = "generic";
  std::string key;
  std::string public_url;
  simulators::whatsapp_options common;
};

void describe(CLI::App& cli, arguments& to) {
  to.common.port = 3'000;
  to.common.engine = "http://127.0.0.1:8080";
  to.common.statuses = {"sent", "delivered", "read"};
  to.common.waits = false;
  using std::chrono::seconds;
  to.common.retries = {seconds{1}, seconds{5}, seconds{30}, seconds{120}};
  cli.add_option("--provider", to.provider, "baileys, twilio, cloud or n8n")
    ->check(CLI::IsMember({"baileys", "twilio", "cloud", "n8n"}));
  cli.add_option("--dialect", to.dialect, "generic, fazer or evolution")
    ->check(CLI::IsMember({"generic", "fazer", "evolution"}));
  cli.add_option("--port", to.common.port, "port on 127.0.0.1, 0 for any");
  cli.add_option("--engine", to.common.engine,
                 "where Switchboard is: http://127.0.0.1:<port>");
  cli.add_option("--key", to.key,
                 "the secret both sides know: baileys.api_key, "
                 "twilio.auth_token, cloud.app_secret or n8n.api_key");
  cli.add_option("--public-url", to.public_url,
                 "Switchboard's public address, as Twilio signs it");
}

template <class Options>
Options options_of(const arguments& given, std::string Options::*key) {
  Options out;
  static_cast<simulators::whatsapp_options&>(out) = given.common;
  if (!given.key.empty())
    out.*key = given.key;
  return out;
}

/// A simulator with the hand that plays it, and what has to be configured.
struct stage {
  std::unique_ptr<simulators::whatsapp_simulator> simulator;
  std::string hints;
};

stage set_up_baileys(const arguments& given) {
  using simulators::sidecar_state;
  auto options = options_of(given, &simulators::sidecar_options::api_key);
  options.kind = given.dialect == "fazer" ? simulators::sidecar_kind::fazer
                 : given.dialect == "evolution"
                   ? simulators::sidecar_kind::evolution
                   : simulators::sidecar_kind::generic;
  auto made = std::make_unique<simulators::sidecar_simulator>(options);
  auto* on = made.get();
  simulators::whatsapp_hand hand;
  hand.say = [on](const simulators::whatsapp_words& words) {
    simulators::sidecar_author who;
    who.jid = words.from.substr(1) + "@s.whatsapp.net";
    who.name = words.name;
    who.group = words.group;
    simulators::sidecar_extra extra;
    extra.quoted = words.reply_to;
    return words.file.bytes.empty()
             ? on->says(who, words.text, extra)
             : on->sends(who, words.file, words.text, extra);
  };
  hand.report = [on](const std::string& id, const std::string& status) {
    on->reports(id, status == "read"        ? 4
                    : status == "delivered" ? 3
                    : status == "failed"    ? 0
                                            : 2);
  };
  hand.become = [on](std::string_view state) {
    const std::map<std::string_view, sidecar_state> states{
      {"connected", sidecar_state::connected},
      {"disconnected", sidecar_state::disconnected},
      {"logged_out", sidecar_state::logged_out}};
    const auto at = states.find(state);
    if (at != states.end())
      on->becomes(at->second);
    return at != states.end();
  };
  on->set_control(make_whatsapp_control(*on, std::move(hand)));
  return {std::move(made), "whatsapp.baileys: url = " + on->url()
                             + ", api_key = " + on->options().api_key
                             + ", session = " + on->options().session
                             + ", dialect = " + given.dialect};
}

stage set_up_twilio(const arguments& given) {
  auto options = options_of(given, &simulators::twilio_options::auth_token);
  options.public_url = given.public_url;
  auto made = std::make_unique<simulators::twilio_simulator>(options);
  auto* on = made.get();
  simulators::whatsapp_hand hand;
  hand.say = [on](const simulators::whatsapp_words& words) {
    simulators::twilio_customer who;
    who.phone = words.from;
    who.name = words.name;
    if (!words.file.bytes.empty())
      return on->sends(who, words.file, words.text);
    return words.reply_to.empty()
             ? on->says(who, words.text)
             : on->answers(who, words.reply_to, words.text);
  };
  hand.report = [on](const std::string& id, const std::string& status) {
    on->reports(id, status, status == "failed" ? 63'024 : 0);
  };
  hand.become = [on](std::string_view state) {
    return simulators::set_whatsapp_state(*on, state);
  };
  on->set_control(make_whatsapp_control(*on, std::move(hand)));
  const auto& known = on->options();
  return {std::move(made),
          "whatsapp.twilio: api_url = " + on->url()
            + ", account_sid = " + known.account_sid
            + ", auth_token = " + known.auth_token + ", from = " + known.from
            + ", template_sid = " + known.templates.begin()->first};
}

stage set_up_cloud(const arguments& given) {
  auto made = std::make_unique<simulators::cloud_simulator>(
    options_of(given, &simulators::cloud_options::app_secret));
  auto* on = made.get();
  simulators::whatsapp_hand hand;
  hand.say = [on](const simulators::whatsapp_words& words) {
    simulators::cloud_customer who;
    who.wa_id = words.from.substr(1);
    who.name = words.name;
    if (!words.file.bytes.empty())
      return on->sends(who, words.file, words.text);
    return words.reply_to.empty()
             ? on->says(who, words.text)
             : on->answers(who, words.reply_to, words.text);
  };
  hand.report = [on](const std::string& id, const std::string& status) {
    on->reports(id, status, status == "failed" ? 131'026 : 0);
  };
  hand.become = [on](std::string_view state) {
    return simulators::set_whatsapp_state(*on, state);
  };
  on->set_control(make_whatsapp_control(*on, std::move(hand)));
  const auto& known = on->options();
  return {std::move(made), "whatsapp.cloud: api_url = " + on->url()
                             + ", app_secret = " + known.app_secret
                             + ", verify_token = " + known.verify_token
                             + ", access_token = " + known.access_token
                             + ", phone_number_id = " + known.phone_number_id};
}

stage set_up_n8n(const arguments& given) {
  auto made = std::make_unique<simulators::n8n_bridge>(
    options_of(given, &simulators::n8n_bridge_options::api_key));
  auto* on = made.get();
  simulators::whatsapp_hand hand;
  hand.say = [on](const simulators::whatsapp_words& words) {
    return words.file.bytes.empty()
             ? on->says(words.from, words.text, words.name)
             : on->sends(words.from, words.file, words.text, words.name);
  };
  hand.report = [](const std::string& /*id*/, const std::string& /*status*/) {};
  hand.become = [on](std::string_view state) {
    return simulators::set_whatsapp_state(*on, state);
  };
  on->set_control(make_whatsapp_control(*on, std::move(hand)));
  return {std::move(made), "whatsapp.n8n: url = " + on->hook_url()
                             + ", api_key = " + on->options().api_key};
}

stage set_up(const arguments& given) {
  if (given.provider == "twilio")
    return set_up_twilio(given);
  if (given.provider == "cloud")
    return set_up_cloud(given);
  return given.provider == "n8n" ? set_up_n8n(given) : set_up_baileys(given);
}

int run(int argc, char** argv) {
  arguments given;
  CLI::App cli{"Plays a provider of WhatsApp and everybody who has a phone"};
  describe(cli, given);
  CLI11_PARSE(cli, argc, argv);

  // The simulator's threads, which start below, inherit this.
  sigset_t ends{};
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const auto play = set_up(given);
  std::cout << "whatsapp-simulator: listening on " << play.simulator->url()
            << "\n"
            << play.hints << std::endl;
  int number = 0;
  sigwait(&ends, &number);
  play.simulator->stop();
  const auto complaints = play.simulator->complaints();
  std::cout << play.simulator->call_count() << " calls, "
            << play.simulator->deliveries().size() << " messages" << std::endl;
  for (const auto& one : complaints)
    std::cout << "breaks the rules: " << one << std::endl;
  return complaints.empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "whatsapp-simulator: " << e.what() << std::endl;
    return 1;
  }
}
