// Plays the receiver of a webhook for someone who tries Switchboard by hand:
//
//   webhook-receiver --port 9000 --path /hook --secret whsec_… --fail-rate 0.2

#include "tests/simulators/webhook_receiver.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>

namespace {

namespace simulators = switchboard::simulators;

/// What the command line says.
struct arguments {
  simulators::webhook_receiver_options receiver;
  simulators::webhook_endpoint_options endpoint;
  simulators::webhook_reaction usual;
  std::string path = "/hook";
  unsigned delay_ms = 0;
};

void describe(CLI::App& cli, arguments& to) {
  to.receiver.port = 9000;
  to.receiver.keep_calls = false;
  cli.add_option("--port", to.receiver.port, "port on 127.0.0.1, 0 for any");
  cli.add_option("--path", to.path, "path of the endpoint");
  cli
    .add_option("--secret", to.endpoint.secrets,
                "whsec_…; more than one while it is being rotated")
    ->required();
  cli
    .add_option("--fail-rate", to.endpoint.fail_share,
                "share of calls answered with 500")
    ->check(CLI::Range(0.0, 1.0));
  cli.add_option("--seed", to.endpoint.seed, "of the choice which calls fail");
  cli.add_option("--status", to.usual.status, "of all other answers")
    ->check(CLI::Range(200, 599));
  cli.add_option("--retry-after", to.usual.retry_after,
                 "header of these answers");
  cli.add_option("--delay-ms", to.delay_ms, "before these answers");
}

void print(const simulators::webhook_call& call) {
  std::cout << call.status << " " << call.request.path << " " << call.id
            << (call.duplicate ? " (again) " : " ") << call.request.body
            << std::endl;
}

int run(int argc, char** argv) {
  arguments given;
  CLI::App cli{"Plays the receiver of a webhook and prints what it receives"};
  describe(cli, given);
  CLI11_PARSE(cli, argc, argv);
  given.usual.delay = std::chrono::milliseconds{given.delay_ms};
  given.receiver.on_call = print;

  // The receiver's thread, which starts below, inherits this.
  sigset_t ends{};
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  simulators::webhook_receiver receiver{std::move(given.receiver)};
  receiver.add(given.path, std::move(given.endpoint));
  receiver.usually(given.path, std::move(given.usual));
  std::cout << "webhook-receiver: listening on " << receiver.url(given.path)
            << std::endl;
  int number = 0;
  sigwait(&ends, &number);
  receiver.stop();
  const auto tally = receiver.tally();
  std::cout << tally.calls << " calls, " << tally.messages << " messages, "
            << tally.duplicates << " duplicates, " << tally.failed
            << " failed, " << tally.refused << " refused" << std::endl;
  for (const auto& one : receiver.violations())
    std::cout << "breaks the specification: " << one << std::endl;
  return receiver.violations().empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "webhook-receiver: " << e.what() << std::endl;
    return 1;
  }
}
