// The scenario `whatsapp`: what it sends, what plays the providers, and that it
// sees when something is lost or comes twice.
#include "bench/plain_caller.hpp"
#include "bench/whatsapp_command.hpp"
#include "bench/whatsapp_sink.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {
namespace {

using enum whatsapp_provider;

constexpr std::string_view secret = "a-secret-of-the-bench";

std::string made(whatsapp_provider via,
                 const std::vector<whatsapp_text>& texts) {
  const whatsapp_caller caller{{.via = via,
                                .host = "127.0.0.1:8080",
                                .public_url = "http://127.0.0.1:8080",
                                .secret = std::string{secret},
                                .sent_at = 1'700'000'000}};
  return caller.request(texts);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(WhatsappChats, AreKnownByTheirNumbers) {
  for (const auto via : whatsapp_providers)
    for (const std::uint32_t number : {0U, 7U, 999'999U}) {
      const whatsapp_chat chat{via, number};
      EXPECT_EQ(phone_of(chat).size(), 11U);
      EXPECT_EQ(chat_of(phone_of(chat)), chat);
    }
  EXPECT_EQ(phone_of({n8n, 42}), "15553000042");
  for (const auto* other : {"", "1555000004", "155500000422", "15559000042",
                            "15653000042", "1555300004x"})
    EXPECT_FALSE(chat_of(other)) << other;
}

TEST(WhatsappRequests, ShowTheKeyOfASidecar) {
  for (const auto via : {baileys, n8n}) {
    const auto request = made(via, {{7, "ID1", "Hello"}});
    EXPECT_TRUE(has(request, "x-api-key: a-secret-of-the-bench\r\n"));
    EXPECT_TRUE(has(request, R"("remoteJid":")" + phone_of({via, 7})));
    EXPECT_TRUE(has(request, R"("conversation":"Hello"}}]}})"));
  }
  EXPECT_TRUE(made(n8n, {{7, "ID1", "Hello"}})
                .starts_with("POST /webhook/n8n/whatsapp HTTP/1.1\r\n"));
}

TEST(WhatsappRequests, AreSignedAsTwilioDoes) {
  const auto request = made(twilio, {{7, "SM1", "Hi & bye, ü"}});
  EXPECT_TRUE(
    has(request, "X-Twilio-Signature: jC8lX42DXKuLJgASq0Sw0DKLp70=\r\n"));
  EXPECT_TRUE(has(request,
                  "\r\nContent-Type: application/"
                  "x-www-form-urlencoded\r\n"));
  EXPECT_TRUE(has(request,
                  "&Body=Hi%20%26%20bye%2c%20%c3%bc&"
                  "From=whatsapp%3a%2b15551000007&"));
}

TEST(WhatsappRequests, AreSignedAsMetaDoes) {
  const auto request
    = made(cloud, {{7, "wamid.1", "Hello"}, {8, "wamid.2", "Hi"}});
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_EQ(
    body,
    R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":)"
    R"([{"field":"messages","value":{"messaging_product":"whatsapp",)"
    R"("metadata":{"display_phone_number":"15559001111",)"
    R"("phone_number_id":"106540352242922"},"contacts":)"
    R"([{"profile":{"name":"Petra Lindqvist"},"wa_id":"15552000007"},)"
    R"({"profile":{"name":"Petra Lindqvist"},"wa_id":"15552000008"}],)"
    R"("messages":[{"from":"15552000007","id":"wamid.1",)"
    R"("timestamp":"1700000000","type":"text","text":{"body":"Hello"}},)"
    R"({"from":"15552000008","id":"wamid.2","timestamp":"1700000000",)"
    R"("type":"text","text":{"body":"Hi"}}]}}]}]})");
  EXPECT_TRUE(has(
    request,
    "X-Hub-Signature-256: "
    "sha256="
    "b25909a94a7ef099745ca78fa3005491f5490041c6670c6285f635651e2eb2b7\r\n"));
}

TEST(WhatsappAnswers, AreRightWhenAllWasAccepted) {
  EXPECT_TRUE(is_taken(baileys, 1, 200, R"({"ok":true,"accepted":1})"));
  EXPECT_FALSE(is_taken(baileys, 1, 200, R"({"ok":true,"accepted":0})"));
  EXPECT_FALSE(is_taken(n8n, 1, 503, R"({"ok":true,"accepted":1})"));
  EXPECT_TRUE(is_taken(twilio, 1, 200, "<Response></Response>"));
  EXPECT_FALSE(is_taken(cloud, 10, 403, ""));
}

struct sent_to {
  whatsapp_provider via;
  std::string_view target;
  std::string body;
  unsigned status;
};

/// How the server calls each provider.
sent_to call_to(const whatsapp_chat& chat) {
  const auto phone = phone_of(chat);
  switch (chat.via) {
    case baileys:
      return {chat.via, "/baileys/send",
              R"({"session":"main","jid":")" + phone + R"(@s.whatsapp.net"})",
              200};
    case twilio:
      return {chat.via, "/2010-04-01/Accounts/AC1/Messages.json",
              "To=whatsapp%3A%2B" + phone + "&From=whatsapp%3A%2B15559001111",
              201};
    case cloud:
      return {chat.via, "/v23.0/106540352242922/messages",
              R"({"messaging_product":"whatsapp","to":")" + phone + R"("})",
              200};
    case n8n:
      return {chat.via, "/n8n",
              R"({"event":"message.send","to":"+)" + phone + R"("})", 200};
  }
  return {};
}

TEST(WhatsappSink, TellsWhoGotAMessage) {
  std::vector<whatsapp_chat> seen;
  whatsapp_sink sink{0, [&](const whatsapp_chat& to) { seen.push_back(to); }};
  endpoint server;
  server.port = sink.port();
  plain_caller caller{server, ""};
  std::vector<whatsapp_chat> told;
  for (const auto via : whatsapp_providers) {
    told.push_back({via, 42});
    const auto call = call_to(told.back());
    EXPECT_TRUE(
      has(caller.call("POST", call.target, call.body, call.status), "SENT"));
  }
  caller.call("GET", "/baileys/status", "", 200);
  caller.call("POST", "/n8n", R"({"to":"+4915112345678"})", 200);
  sink.stop();
  EXPECT_EQ(seen, told);
  EXPECT_EQ(sink.strange(), 2U);
}

/// Plays Switchboard: takes messages, and greets each chat after its first one,
/// before it answers.
class fake_switchboard {
public:
  explicit fake_switchboard(std::uint16_t sink_port) {
    sink_.port = sink_port;
  }

  /// How often a chat is greeted instead of once.
  std::map<std::string, int> greetings;
  /// Messages of a provider that are put aside, and that are lost.
  std::map<whatsapp_provider, std::uint64_t> aside;
  std::map<whatsapp_provider, std::uint64_t> lost;

  [[nodiscard]] std::uint16_t port() const {
    return server_.port();
  }

private:
  void answer(const light_call& call, light_answer& out) {
    if (call.target == "/metrics") {
      for (const auto& [via, count] : counts_) {
        out.body += line(via, "done", count - aside[via] - lost[via]);
        out.body += line(via, "put_aside", aside[via]);
      }
      return;
    }
    // A chat is named more than once in what brings its message.
    std::set<std::string> phones;
    for (auto at = call.body.find("1555"); at != std::string_view::npos;
         at = call.body.find("1555", at + 1))
      if (chat_of(call.body.substr(at, 11)))
        phones.emplace(call.body.substr(at, 11));
    for (const auto& phone : phones) {
      const auto chat = *chat_of(phone);
      ++counts_[chat.via];
      if (greeted_.insert(phone).second)
        greet(chat, greetings.contains(phone) ? greetings.at(phone) : 1);
    }
    out.body = R"({"ok":true,"accepted":)" + std::to_string(phones.size())
               + R"(,"ignored":0})";
  }

  static std::string line(whatsapp_provider via, std::string_view result,
                          std::uint64_t count) {
    std::string out{"switchboard_whatsapp_messages_total{provider=\""};
    out.append(to_string(via)).append("\",result=\"").append(result);
    return out + "\"} " + std::to_string(count) + '\n';
  }

  void greet(const whatsapp_chat& chat, int times) const {
    const auto call = call_to(chat);
    for (int i = 0; i < times; ++i)
      plain_caller{sink_, ""}.call("POST", call.target, call.body, call.status);
  }

  endpoint sink_;
  std::map<whatsapp_provider, std::uint64_t> counts_;
  std::set<std::string> greeted_;
  light_server server_{0, [this](const light_call& call, light_answer& out) {
                         answer(call, out);
                       }};
};

class WhatsappRun : public ::testing::Test {
protected:
  WhatsappRun() : server_{free_port()} {
    options_.load.server.port = server_.port();
    options_.load.connections = 2;
    options_.chats = 20;
    options_.messages = 60;
    options_.first_rate = 0;
    options_.sink_port = sink_port_;
    options_.secret = secret;
    // A greeting comes before the answer, so there is nothing to wait for.
    options_.patience = std::chrono::seconds{0};
  }

  whatsapp_figures measure() {
    return measure_whatsapp(options_, nullptr);
  }

  std::uint16_t free_port() {
    const light_server probe{0, [](const light_call&, light_answer&) {}};
    return sink_port_ = probe.port();
  }

  std::uint16_t sink_port_ = 0;
  whatsapp_options options_;
  fake_switchboard server_;
};

TEST_F(WhatsappRun, HasARowForEachWay) {
  const auto figures = measure();
  EXPECT_EQ(figures.problem, "");
  std::vector<std::string> names;
  for (const auto& row : figures.rows) {
    names.push_back(row.name());
    EXPECT_EQ(row.steady.all().count(), 60U / row.batch) << row.name();
    EXPECT_GT(row.per_second(), 0) << row.name();
    const auto firsts = row.batch == 1 ? 20U : 0U;
    EXPECT_EQ(row.first.all().count(), firsts) << row.name();
    EXPECT_EQ(row.acknowledged.count(), firsts) << row.name();
  }
  using list = std::vector<std::string>;
  EXPECT_EQ(names, (list{"baileys", "twilio", "cloud", "cloud in 10s", "n8n"}));
  EXPECT_TRUE(has(to_table(options_, figures), "\ncloud in 10s "));
  EXPECT_TRUE(has(to_json(options_, figures),
                  R"({"name":"cloud in 10s","batch":10,"messages":60,)"));
}

TEST_F(WhatsappRun, MissesAnAcknowledgement) {
  server_.greetings[phone_of({twilio, 3})] = 0;
  EXPECT_EQ(measure().problem,
            "twilio, acknowledgements: 1 of 20 messages did not arrive");
}

TEST_F(WhatsappRun, SeesAnAcknowledgementThatComesTwice) {
  server_.greetings[phone_of({n8n, 3})] = 2;
  EXPECT_EQ(measure().problem,
            "n8n, acknowledgements: 1 messages arrived again");
}

TEST_F(WhatsappRun, SeesMessagesThatWerePutAside) {
  server_.aside[baileys] = 2;
  EXPECT_EQ(measure().problem, "baileys: 2 messages were put_aside");
}

TEST_F(WhatsappRun, SeesMessagesThatWereLost) {
  server_.lost[n8n] = 2;
  EXPECT_EQ(measure().problem, "n8n: 78 of 80 messages were done");
}

} // namespace
} // namespace switchboard::bench
