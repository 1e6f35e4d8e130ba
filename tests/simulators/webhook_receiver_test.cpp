#include "tests/simulators/webhook_receiver.hpp"

#include "tests/support/http_call.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <vector>

namespace switchboard::simulators {
namespace {

using boost::beast::http::verb;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::http_reply;
using kind = webhook_reaction::kind;
using texts = std::vector<std::string>;

constexpr const char* secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* other_secret
  = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string event(int sequence, const std::string& ticket = "t-1",
                  const std::string& type = "ticket.updated") {
  return R"({"type":")" + type + R"(","timestamp":"2026-01-31T12:00:00.000Z",)"
         + R"("data":{"ticket":{"id":")" + ticket + R"("}},"sequence":)"
         + std::to_string(sequence) + "}";
}

/// A call that is as it should be, until a test changes a part of it.
class WebhookReceiver : public testing::Test {
protected:
  WebhookReceiver() {
    webhook_endpoint_options options;
    options.secrets = {secret};
    receiver.add("/a", options);
    receiver.add("/b", options);
  }

  support::header_list headers() const {
    const auto signature = webhook_signature(signed_by, id, timestamp, body);
    return {{"content-type", content_type},
            {"webhook-id", id},
            {"webhook-timestamp", timestamp},
            {"webhook-signature", signature}};
  }

  http_reply post() const {
    return support::call(receiver.port(), verb::post, path, headers(), body);
  }

  http_reply post(const std::string& new_id, const std::string& new_body) {
    id = new_id;
    body = new_body;
    return post();
  }

  texts violations() const {
    auto out = receiver.violations();
    for (auto& one : out)
      one.erase(0, one.find(": ") + 2);
    return out;
  }

  webhook_receiver receiver;
  std::string path = "/a";
  std::string content_type = "application/json";
  std::string id = "msg_1";
  std::string timestamp
    = std::to_string(std::chrono::duration_cast<seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count());
  std::string signed_by = secret;
  std::string body = event(1);
};

TEST(WebhookSignatureBySimulator, IsThatOfTheReferenceLibraries) {
  EXPECT_EQ(webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                              "1614265330", R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_EQ(webhook_signature(other_secret, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                              "1614265330", R"({"test": 2432232314})"),
            "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI=");
}

TEST_F(WebhookReceiver, TakesAnAuthenticCall) {
  path = "/a?token=1";
  EXPECT_EQ(post().status, 200);
  ASSERT_EQ(receiver.calls().size(), 1U);
  const auto call = receiver.calls("/a").at(0);
  EXPECT_EQ(call.id, "msg_1");
  EXPECT_EQ(call.timestamp, timestamp);
  EXPECT_EQ(call.content.type, "ticket.updated");
  EXPECT_EQ(call.content.ticket_id, "t-1");
  EXPECT_EQ(call.content.sequence, 1);
  EXPECT_EQ(call.request.body, body);
  EXPECT_EQ(call.request.header("Webhook-ID"), "msg_1");
  EXPECT_TRUE(call.accepted);
  EXPECT_FALSE(call.duplicate);
  EXPECT_EQ(call.status, 200);
  EXPECT_TRUE(receiver.calls("/b").empty());
  EXPECT_EQ(violations(), texts{});
}

TEST_F(WebhookReceiver, RefusesWhatIsNotSignedByTheSecret) {
  signed_by = other_secret;
  EXPECT_EQ(post().status, 401);
  EXPECT_EQ(violations(), texts{"no signature is by one of the secrets"});
  EXPECT_EQ(receiver.tally().refused, 1U);
  receiver.forget();
  receiver.set_secrets("/a", {secret, other_secret});
  EXPECT_EQ(post().status, 200);
  auto list = headers();
  list.back().second
    = "v1,AAAA v2,x " + webhook_signature(secret, id, timestamp, body);
  EXPECT_EQ(support::call(receiver.port(), verb::post, path, list, body).status,
            200);
  list.back().second = "v1,";
  EXPECT_EQ(support::call(receiver.port(), verb::post, path, list, body).status,
            401);
  EXPECT_EQ(violations(), texts{"no signature is by one of the secrets"});
}

TEST_F(WebhookReceiver, FindsWhatIsWrongWithAHead) {
  const auto now = std::stoll(timestamp);
  timestamp = std::to_string(now - 1'000);
  EXPECT_EQ(post().status, 401);
  timestamp = std::to_string(now + 1'000);
  EXPECT_EQ(post().status, 401);
  timestamp = "soon";
  EXPECT_EQ(post().status, 401);
  timestamp = std::to_string(now);
  id = "msg.1";
  EXPECT_EQ(post().status, 401);
  id = "msg_1";
  content_type = "text/plain";
  EXPECT_EQ(post().status, 401);
  EXPECT_EQ(violations().size(), 5U);
  content_type = "application/json; charset=utf-8";
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(violations().size(), 5U);
}

TEST_F(WebhookReceiver, WantsEachHeaderOnceAndAPost) {
  for (std::size_t i = 0; i < 4; ++i) {
    auto twice = headers();
    twice.push_back(twice[i]);
    EXPECT_EQ(
      support::call(receiver.port(), verb::post, path, twice, body).status,
      401);
    auto without = headers();
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(
      support::call(receiver.port(), verb::post, path, without, body).status,
      401);
  }
  receiver.forget();
  EXPECT_EQ(
    support::call(receiver.port(), verb::put, path, headers(), body).status,
    401);
  EXPECT_EQ(violations(), texts{"method PUT"});
}

TEST_F(WebhookReceiver, NoticesABodyThatIsNoJson) {
  body = "{";
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(violations(), texts{"the body is not JSON"});
}

TEST_F(WebhookReceiver, KnowsItsPathsOnly) {
  path = "/c";
  EXPECT_EQ(post().status, 404);
  EXPECT_EQ(receiver.tally().refused, 1U);
  EXPECT_EQ(receiver.tally().calls, 1U);
  EXPECT_EQ(violations(), texts{});
}

TEST_F(WebhookReceiver, CountsAMessageOnceHoweverOftenItComes) {
  receiver.script("/a", {webhook_reaction::with_status(500)});
  EXPECT_EQ(post().status, 500);
  EXPECT_EQ(post().status, 200);
  EXPECT_EQ(post().status, 200);
  path = "/b";
  EXPECT_EQ(post().status, 200);
  const auto tally = receiver.tally("/a");
  EXPECT_EQ(tally.calls, 3U);
  EXPECT_EQ(tally.accepted, 2U);
  EXPECT_EQ(tally.messages, 1U);
  EXPECT_EQ(tally.duplicates, 1U);
  EXPECT_EQ(tally.failed, 1U);
  EXPECT_EQ(receiver.tally().messages, 2U);
  EXPECT_TRUE(receiver.calls().at(2).duplicate);
  EXPECT_EQ(violations(), texts{});
}

TEST_F(WebhookReceiver, HoldsTheOrderWithinATicket) {
  post("msg_1", event(2));
  post("msg_2", event(1, "t-2"));
  post("msg_3", event(4));
  post("msg_1", event(2)); // a replay
  post("msg_4", event(4, "t-1", "ticket.closed"));
  EXPECT_EQ(violations(), texts{});
  post("msg_5", event(3));
  EXPECT_EQ(violations(), texts{"sequence 3 after 4 of ticket t-1"});
  post("msg_6", event(4));
  EXPECT_EQ(violations().back(), "sequence 4 of ticket t-1 came as msg_3");
}

TEST_F(WebhookReceiver, LetsTheOrderBeBrokenWhereThatIsAskedFor) {
  webhook_endpoint_options options;
  options.secrets = {secret};
  options.ordered = false;
  receiver.add("/a", options);
  post("msg_1", event(2));
  post("msg_2", event(1));
  EXPECT_EQ(violations(), texts{});
}

TEST_F(WebhookReceiver, PlaysItsScript) {
  receiver.script(
    "/a",
    {webhook_reaction::with_status(410),
     webhook_reaction::with_status(429, "3"),
     webhook_reaction::redirect("http://x.example/"),
     webhook_reaction::of(kind::reset), webhook_reaction::of(kind::close),
     webhook_reaction::of(kind::garbage), webhook_reaction::of(kind::huge_body),
     webhook_reaction::after(milliseconds{20})});
  EXPECT_EQ(post().status, 410);
  const auto slow_down = post();
  EXPECT_EQ(slow_down.status, 429);
  EXPECT_EQ(slow_down.header("Retry-After"), "3");
  const auto redirect = post();
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.header("Location"), "http://x.example/");
  EXPECT_EQ(post().status, 0);
  EXPECT_EQ(post().status, 0);
  EXPECT_EQ(post().status, 0);
  EXPECT_EQ(receiver.tally().failed, 6U);
  EXPECT_GT(post().body.size(), 4'000'000U);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(post().status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{20});
  EXPECT_EQ(post().status, 200);
  receiver.usually("/a", webhook_reaction::with_status(503));
  EXPECT_EQ(post().status, 503);
  EXPECT_EQ(violations(), texts{});
}

TEST_F(WebhookReceiver, FailsAShareThatItsSeedChooses) {
  webhook_endpoint_options options;
  options.secrets = {secret};
  options.fail_share = 0.2;
  options.seed = 7;
  options.failure = webhook_reaction::with_status(502);
  const auto statuses = [&] {
    receiver.add("/a", options);
    support::http_connection connection{receiver.port()};
    std::vector<int> out;
    for (int i = 0; i < 200; ++i)
      out.push_back(connection.call(verb::post, path, headers(), body).status);
    return out;
  };
  const auto first = statuses();
  const auto failed = std::count(first.begin(), first.end(), 502);
  EXPECT_GT(failed, 20);
  EXPECT_LT(failed, 60);
  EXPECT_EQ(statuses(), first);
  options.seed = 8;
  EXPECT_NE(statuses(), first);
}

TEST_F(WebhookReceiver, HangsUntilItIsToldToGoOn) {
  receiver.script("/a", {webhook_reaction::of(kind::hang)});
  auto hanging = std::async(std::launch::async, [this] { return post(); });
  ASSERT_TRUE(receiver.wait_for_calls(1, seconds{10}));
  // The call is entered a moment before it begins to wait.
  while (hanging.wait_for(milliseconds{1}) != std::future_status::ready)
    receiver.release_hanging();
  EXPECT_EQ(hanging.get().status, 200);
}

TEST_F(WebhookReceiver, GoesDownAndComesBackOnTheSamePort) {
  const auto port = receiver.port();
  EXPECT_EQ(receiver.url("/a"),
            "http://127.0.0.1:" + std::to_string(port) + "/a");
  EXPECT_EQ(post().status, 200);
  receiver.stop();
  EXPECT_EQ(post().problem, "no connection");
  receiver.start();
  EXPECT_EQ(receiver.port(), port);
  EXPECT_EQ(post().status, 200);
  EXPECT_TRUE(receiver.wait_for_messages(1, seconds{10}));
  EXPECT_TRUE(receiver.wait_until(
    "/a", [](const webhook_tally& now) { return now.duplicates == 1; },
    seconds{10}));
  EXPECT_EQ(receiver.connection_count(), 2U);
  EXPECT_FALSE(receiver.wait_for_calls(3, milliseconds{1}));
}

TEST(WebhookReceiverForTheBench, KeepsNoCalls) {
  webhook_receiver_options options;
  options.keep_calls = false;
  std::atomic<int> seen = 0;
  options.on_call = [&seen](const webhook_call&) { ++seen; };
  webhook_receiver receiver{options};
  support::call(receiver.port(), verb::post, "/x", {}, "{}");
  EXPECT_EQ(receiver.tally().calls, 1U);
  EXPECT_TRUE(receiver.calls().empty());
  EXPECT_EQ(seen, 1);
}

} // namespace
} // namespace switchboard::simulators
