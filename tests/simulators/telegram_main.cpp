// Plays Telegram for someone who tries Switchboard by hand: a bot, a support
// group, a visitor and two agents, and a page on which to be any of them.
//
//   telegram-simulator --port 8081 --page

#include "tests/simulators/telegram_simulator.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <iostream>

namespace {

namespace simulators = switchboard::simulators;

/// What the command line says.
struct arguments {
  simulators::telegram_simulator_options simulator;
  simulators::telegram_bot_options bot;
  simulators::telegram_bot_options executor_bot;
  std::string group = "Support";
  bool is_forum = false;
  bool no_limits = false;
};

void describe(CLI::App& cli, arguments& to) {
  to.simulator.port = 8081;
  to.bot.id = 4'200;
  to.bot.token = "4200:sandbox-token-of-the-support-bot";
  to.executor_bot.id = 4'300;
  to.executor_bot.token = "4300:sandbox-token-of-the-executor-bot";
  to.executor_bot.username = "executor_bot";
  to.executor_bot.first_name = "Executors";
  cli.add_option("--port", to.simulator.port, "port on 127.0.0.1, 0 for any");
  cli.add_flag("--page", to.simulator.page, "a page to play on, at /");
  cli.add_option("--server", to.simulator.page_server,
                 "where the page's visitor finds Switchboard");
  cli.add_option("--token", to.bot.token, "of the support bot");
  cli.add_option("--executor-token", to.executor_bot.token,
                 "of the executors' bot");
  cli.add_option("--group", to.group, "title of the support group");
  cli.add_flag("--forum", to.is_forum, "a support group with topics");
  cli.add_flag("--no-limits", to.no_limits, "without Telegram's rates");
}

int run(int argc, char** argv) {
  arguments given;
  CLI::App cli{"Plays the Telegram Bot API and everybody who has a client"};
  describe(cli, given);
  CLI11_PARSE(cli, argc, argv);
  given.simulator.limits.enabled = !given.no_limits;

  // The simulator's thread, which starts below, inherits this.
  sigset_t ends{};
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  simulators::telegram_simulator telegram{std::move(given.simulator)};
  const auto bot = telegram.add_bot(given.bot);
  const auto executor_bot = telegram.add_bot(given.executor_bot);
  const auto group = given.is_forum ? telegram.add_forum(given.group)
                                    : telegram.add_supergroup(given.group);
  std::string people;
  for (const auto* name : {"Alice", "Bob", "Carol"}) {
    std::string username{name};
    username.front() = static_cast<char>(username.front() - 'A' + 'a');
    const auto user = telegram.add_user(name, username);
    telegram.add_member(group, user);
    people += " " + username + "=" + std::to_string(user.id());
  }
  telegram.add_member(group, bot);
  std::cout << "telegram-simulator: listening on " << telegram.url()
            << "\nbot token: " << bot.token
            << "\nexecutor bot token: " << executor_bot.token
            << "\nsupport group: " << group.chat_id << "\npeople:" << people
            << std::endl;
  int number = 0;
  sigwait(&ends, &number);
  telegram.stop();
  const auto tally = telegram.tally();
  std::cout << tally.calls << " calls, " << tally.messages << " messages, "
            << tally.limited << " limited, " << tally.updates << " updates, "
            << tally.deliveries << " delivered" << std::endl;
  for (const auto& one : telegram.violations())
    std::cout << "breaks the specification: " << one << std::endl;
  return telegram.violations().empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "telegram-simulator: " << e.what() << std::endl;
    return 1;
  }
}
