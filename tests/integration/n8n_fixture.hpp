#pragma once

#include "tests/integration/server_fixture.hpp"
#include "tests/simulators/n8n_simulator.hpp"

#include <string>

namespace switchboard::test {

using simulators::reaction;
using reaction_kind = simulators::reaction::kind;

/// A simulated n8n and settings of a server that tells it of new tickets, with
/// pauses between attempts that a test can wait for. The server is made by the
/// test, which knows what else it needs.
class n8n_test : public testing::Test {
protected:
  n8n_test() : n8n{simulator_options()} {}

  void TearDown() override {
    EXPECT_EQ(n8n.violations(), std::vector<std::string>{});
  }

  static simulators::n8n_simulator_options simulator_options() {
    simulators::n8n_simulator_options out;
    out.agent_phone = manager_phone;
    return out;
  }

  [[nodiscard]] settings with(settings more = {}) const {
    more.try_emplace("N8N_TICKET_CREATED_WEBHOOK", n8n.url());
    more.try_emplace("N8N_SHARED_SECRET", n8n.api_key());
    more.try_emplace("SWITCHBOARD_N8N_BACKOFF_MS", "5");
    more.try_emplace("BASE_URL", "https://support.example.com");
    return more;
  }

  /// The dead letters, once there are `count` of them.
  static json::array dead_letters(test_server& server, std::size_t count) {
    json::array out;
    eventually([&] {
      const auto body = parsed(server.get("/api/v1/dead-letters", as_admin));
      out = body.at("data").as_array();
      return out.size() >= count;
    });
    EXPECT_EQ(out.size(), count);
    return out;
  }

  static double attempts(test_server& server, const std::string& outcome) {
    return server.metric(
      R"(switchboard_delivery_attempts_total{lane_kind="n8n",outcome=")"
      + outcome + R"("})");
  }

  simulators::n8n_simulator n8n;
};

} // namespace switchboard::test
