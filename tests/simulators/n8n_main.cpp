// Plays n8n for someone who tries Switchboard by hand:
//
//   n8n-simulator --port 5678 --fail-rate 0.2

#include "tests/simulators/n8n_simulator.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <mutex>
#include <random>

namespace {

namespace simulators = switchboard::simulators;

/// Waits for Ctrl-C or SIGTERM, which must be blocked in all threads.
void wait_for_end(const sigset_t& ends) {
  int number = 0;
  sigwait(&ends, &number);
}

int run(int argc, char** argv) {
  simulators::n8n_simulator_options options;
  options.port = 5678;
  double fail_rate = 0;
  std::uint64_t seed = 1;
  CLI::App cli{"Plays an n8n Webhook node and prints what it receives"};
  cli.add_option("--port", options.port, "port on 127.0.0.1, 0 for any free");
  cli.add_option("--path", options.path, "path of the webhook");
  cli.add_option("--api-key", options.api_key, "expected in x-api-key");
  cli.add_option("--fail-rate", fail_rate, "share of calls answered with 500")
    ->check(CLI::Range(0.0, 1.0));
  cli.add_option("--seed", seed, "of the choice which calls fail");
  CLI11_PARSE(cli, argc, argv);

  sigset_t ends{};
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  std::mt19937_64 random{seed};
  std::bernoulli_distribution fails{fail_rate};
  simulators::n8n_simulator* n8n = nullptr;
  const auto choose = [&] {
    n8n->usually(fails(random) ? simulators::reaction::with_status(500)
                               : simulators::reaction::ok());
  };
  std::mutex ready;
  std::unique_lock not_yet{ready};
  options.on_call = [&](const simulators::received_call& call) {
    const std::lock_guard wait{ready};
    std::cout << call.status << " " << call.method << " " << call.target << " "
              << call.body << std::endl;
    for (const auto& one : n8n->violations())
      std::cout << "  breaks the contract: " << one << std::endl;
    choose();
    n8n->forget();
  };
  simulators::n8n_simulator simulator{std::move(options)};
  n8n = &simulator;
  choose();
  std::cout << "n8n-simulator: listening on " << simulator.url() << std::endl;
  not_yet.unlock();
  wait_for_end(ends);
  simulator.stop();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "n8n-simulator: " << e.what() << std::endl;
    return 1;
  }
}
