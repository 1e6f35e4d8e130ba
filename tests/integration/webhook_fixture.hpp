#pragma once

#include "tests/integration/server_fixture.hpp"
#include "tests/simulators/webhook_receiver.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace switchboard::test {

using simulators::webhook_call;
using simulators::webhook_endpoint_options;
using simulators::webhook_reaction;
using reaction_kind = simulators::webhook_reaction::kind;

/// An endpoint as its owner knows it.
struct hook {
  std::string id;
  std::string path;   ///< of the receiver
  std::string secret; ///< the newest

  [[nodiscard]] std::string target(std::string_view rest = {}) const {
    return "/api/v1/webhooks/" + id + std::string{rest};
  }
};

/// One event: its type, its ticket, its number there.
using event_name = std::tuple<std::string, std::string, std::int64_t>;

/// A receiver and settings of a server that may call it, with pauses between
/// attempts that a test can wait for. The server is made by the test, which
/// knows what else it needs.
class webhook_test : public testing::Test {
protected:
  void TearDown() override;

  static settings with(settings more = {});

  static http_reply
  send(test_server& server, verb method, const std::string& target,
       const json::value& body = nullptr, const header_list& headers = {});
  /// What is there; a test failure when the answer is not 200.
  static json::value read(test_server& server, const std::string& target);
  /// A whole list, page by page.
  static json::array list(test_server& server, const std::string& target,
                          int limit = 200);

  /// Makes an endpoint for a path of the receiver, which from then on expects
  /// its signature. It wants every event unless `more` says otherwise.
  hook subscribe(test_server& server, const std::string& path,
                 json::object more = {}, webhook_endpoint_options expects = {});
  /// Creates a ticket by the API and returns it.
  static json::value ticket(test_server& server, std::string title = "Help");
  static void say(test_server& server, const json::value& ticket,
                  std::string body, std::string sender = "customer");

  /// The events of the server's history: all, or those of some types.
  static std::multiset<event_name> history(test_server& server);
  /// The events that a path accepted, repetitions left out.
  [[nodiscard]] std::multiset<event_name> told(std::string_view path) const;

  /// Whether the path accepts so many different messages in time.
  bool accepts(const hook& to, std::uint64_t messages);
  bool hears(const hook& to, std::uint64_t calls);

  /// The dead letters, once there are `count` of them.
  static json::array dead_letters(test_server& server, std::size_t count);
  static bool becomes_disabled(test_server& server, const hook& which);
  /// The attempts of an endpoint, oldest first, once there are `count`.
  static json::array attempts(test_server& server, const hook& of,
                              std::size_t count);

  simulators::webhook_receiver receiver;
};

} // namespace switchboard::test
