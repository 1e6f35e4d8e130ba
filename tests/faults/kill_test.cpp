// Goal: whatever moment the process dies at, what was acknowledged is there,
// once, and n8n hears of it. Method: kill -9 at random moments under load, each
// time on the same data, and compare with what customers outside remember.
#include "tests/faults/fault_world.hpp"

#include <iostream>

namespace switchboard::faults {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class Killed : public fault_world {
protected:
  /// n8n is slow, fails or is away, as it pleases.
  void upset_n8n() {
    using simulators::reaction;
    switch (random() % 5) {
      case 0: n8n->stop(); break;
      case 1:
        n8n->script({reaction::of(reaction::kind::reset),
                     reaction::with_status(500),
                     reaction::of(reaction::kind::not_registered)});
        break;
      case 2:
        n8n->usually(reaction::after(std::chrono::milliseconds{20}));
        break;
      default: break;
    }
  }

  void calm_n8n() {
    n8n->start();
    n8n->usually(simulators::reaction::ok());
  }
};

TEST_F(Killed, LosesNothingAndRepeatsNothing) {
  make_server();
  server->start();
  const auto end = steady_clock::now() + fault_time(seconds{30});
  std::size_t cycles = 0;
  while (steady_clock::now() < end && !HasFailure()) {
    upset_n8n();
    begin_load();
    // The moment of the kill is the fault itself.
    std::this_thread::sleep_for(random_delay(50, 300));
    kill_under_load();
    server->start();
    calm_n8n();
    settle();
    ++cycles;
  }
  for (auto& one : customers)
    one.check_all(server->port());
  settle();
  expect_all_announced();
  std::cout << "kill -9: " << cycles << " cycles, " << ticket_count()
            << " tickets, " << message_count() << " messages, "
            << told.call_count() << " calls to n8n, " << refused()
            << " refusals" << std::endl;
  RecordProperty("cycles", static_cast<int>(cycles));
  EXPECT_GT(cycles, 0U);
  EXPECT_EQ(server->terminate(), 0);
  expect_exactly_what_is_known();
}

} // namespace
} // namespace switchboard::faults
