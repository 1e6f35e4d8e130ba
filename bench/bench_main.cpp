// switchboard-bench: puts load on a server over HTTP and says how it answered.
#include "bench/arguments.hpp"
#include "bench/create_scenario.hpp"
#include "bench/desk_commands.hpp"
#include "bench/idle_connections.hpp"
#include "bench/list_scenario.hpp"
#include "bench/load_runner.hpp"
#include "bench/mixed_scenario.hpp"
#include "bench/process_watch.hpp"
#include "bench/queue_scenario.hpp"
#include "bench/read_scenario.hpp"
#include "bench/report.hpp"
#include "bench/text_list.hpp"
#include "bench/webhook_run.hpp"
#include "bench/whatsapp_command.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace switchboard::bench {
namespace {

std::chrono::nanoseconds to_span(double seconds) {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
}

load_options to_load_options(const arguments& args,
                             const process_watch* server) {
  load_options options;
  options.server = args.server;
  options.connections = args.connections;
  if (args.rate != "max") {
    std::size_t used = 0;
    auto rate = std::stod(args.rate, &used);
    if (used != args.rate.size() || !(rate > 0))
      throw std::invalid_argument{"--rate takes a number above 0, or 'max'"};
    options.rate = rate;
  }
  options.arrival = args.arrival == "constant" ? arrival_kind::constant
                                               : arrival_kind::poisson;
  options.warm_up = to_span(args.warm_up_s);
  options.duration = to_span(args.duration_s);
  options.answer_timeout = to_span(args.timeout_s);
  if (args.count > 0) {
    options.count = args.count;
    options.warm_up = {};
  }
  options.seed = args.seed;
  options.server_process = server;
  return options;
}

void show_progress(const load_progress& progress) {
  std::fprintf(stderr, "%s\n", to_line(progress).c_str());
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << content;
  out.flush();
  if (!out)
    throw std::runtime_error{"cannot write " + path};
}

std::string read_key(const std::string& path) {
  std::ifstream in{path};
  std::string key;
  if (!std::getline(in, key) || key.empty())
    throw std::runtime_error{"cannot read a key from '" + path + "'"};
  return key;
}

/// The refs to read: from a file, or of tickets that are created now.
text_list gather_refs(const arguments& args) {
  if (!args.refs_in.empty()) {
    auto refs = text_list::load(args.refs_in);
    if (refs.size() == 0)
      throw std::runtime_error{"no refs in " + args.refs_in};
    return refs;
  }
  text_list refs;
  create_scenario work{to_string(args.server), args.seed, &refs};
  auto options = to_load_options(args, nullptr);
  options.rate.reset();
  options.warm_up = {};
  options.count = args.fill;
  load_runner runner{options, work};
  auto figures = runner.run(nullptr);
  if (figures.errors.total() > 0)
    throw std::runtime_error{"filling failed: " + figures.first_error};
  return refs;
}

int run_load(const arguments& args) {
  std::optional<process_watch> server;
  if (args.pid > 0)
    server.emplace(args.pid);
  auto host = to_string(args.server);
  text_list refs;
  std::unique_ptr<scenario> work;
  if (args.scenario == "create") {
    auto* kept = args.refs_out.empty() ? nullptr : &refs;
    work = std::make_unique<create_scenario>(host, args.seed, kept);
  } else if (args.scenario == "read") {
    refs = gather_refs(args);
    work = std::make_unique<read_scenario>(host, args.seed, refs);
  } else if (args.scenario == "lists") {
    gather_refs(args);
    work = std::make_unique<list_scenario>(host, read_key(args.admin_key_file));
  } else if (args.scenario == "queue") {
    gather_refs(args);
    const auto key = make_agent_key(args.server, read_key(args.admin_key_file));
    work = std::make_unique<queue_scenario>(host, key);
  } else {
    mixed_options mixed;
    mixed.host = host;
    mixed.inbound_key = read_key(args.inbound_key_file);
    mixed.agent_phone = args.agent_phone;
    mixed.seed = args.seed;
    mixed.check_content = !args.status_only;
    work = std::make_unique<mixed_scenario>(mixed);
  }
  auto options = to_load_options(args, server ? &*server : nullptr);
  load_runner runner{options, *work};
  load_runner::progress_handler on_progress;
  if (!args.quiet)
    on_progress = show_progress;
  auto figures = runner.run(on_progress);
  report_header header;
  header.scenario = args.scenario;
  header.server = host;
  header.connections = args.connections;
  header.rate = options.rate.value_or(0);
  header.server_resident_bytes = server ? server->resident_bytes() : 0;
  std::fputs(to_table(header, figures).c_str(), stdout);
  if (!args.json.empty())
    write_file(args.json, to_json(header, figures));
  if (!args.refs_out.empty())
    refs.save(args.refs_out);
  return figures.errors.total() == 0 || args.allow_errors ? 0 : 1;
}

/// Reports deliveries in the place of requests and endpoints in the place of
/// connections; the time is that from the first arrival to the last.
int run_webhooks(const arguments& args) {
  std::optional<process_watch> server;
  if (args.pid > 0)
    server.emplace(args.pid);
  webhook_run_options options;
  options.load = to_load_options(args, server ? &*server : nullptr);
  options.endpoints = args.endpoints;
  options.admin_key = read_key(args.admin_key_file);
  load_runner::progress_handler on_progress;
  if (!args.quiet)
    on_progress = show_progress;
  const auto own_before = own_cpu_time();
  const auto server_before = server ? server->cpu_time() : own_before;
  auto run = measure_webhooks(options, on_progress);
  const auto problem = run.problem(args.endpoints);
  auto figures = std::move(run.creations);
  figures.generator_cpu = own_cpu_time() - own_before;
  if (server)
    figures.server_cpu = server->cpu_time() - server_before;
  figures.answers_of_cpu = run.hooks.deliveries;
  figures.kinds.clear();
  figures.kinds.push_back({.name = "delivery", .latency = run.hooks.latency});
  figures.measured = run.hooks.span;
  if (!problem.empty() && figures.errors.total() == 0) {
    figures.errors.unexpected = 1;
    figures.first_error = problem;
  }
  report_header header;
  header.scenario = args.scenario;
  header.server = to_string(args.server);
  header.connections = args.endpoints;
  header.rate = options.load.rate.value_or(0);
  header.server_resident_bytes = server ? server->resident_bytes() : 0;
  std::printf("%llu tickets, each told to %u endpoints\n",
              static_cast<unsigned long long>(run.tickets), args.endpoints);
  std::fputs(to_table(header, figures).c_str(), stdout);
  if (!args.json.empty())
    write_file(args.json, to_json(header, figures));
  return figures.errors.total() == 0 || args.allow_errors ? 0 : 1;
}

int show(const arguments& args, const command_outcome& outcome) {
  std::fputs(outcome.text.c_str(), stdout);
  if (!args.json.empty())
    write_file(args.json, outcome.json);
  return outcome.good || args.allow_errors ? 0 : 1;
}

int run_conversations(const arguments& args) {
  std::optional<process_watch> server;
  if (args.pid > 0)
    server.emplace(args.pid);
  desk_command command;
  command.server = server ? &*server : nullptr;
  command.load = to_load_options(args, command.server);
  if (!args.quiet)
    command.on_progress = show_progress;
  command.sessions = args.sessions;
  command.agents = args.agents;
  command.claims = args.claims;
  command.group_per_minute = args.group_per_minute;
  command.bot_api_port = args.bot_api_port;
  if (args.scenario == "streams") {
    command.admin_key = read_key(args.admin_key_file);
  } else {
    raise_descriptor_limit(args.sessions);
    command.webhook_secret = read_key(args.webhook_secret_file);
  }
  return show(args, args.scenario == "desk"    ? run_desk(command)
                    : args.scenario == "burst" ? run_burst(command)
                                               : run_streams(command));
}

/// Without a count, so many messages as are due in the time.
command_outcome run_chats(const arguments& args) {
  constexpr double messages_of_any_rate = 20'000;
  std::optional<process_watch> server;
  if (args.pid > 0)
    server.emplace(args.pid);
  whatsapp_options options;
  options.load = to_load_options(args, server ? &*server : nullptr);
  options.chats = args.chats;
  options.first_rate = args.first_rate;
  options.sink_port = args.sink_port;
  options.secret = read_key(args.whatsapp_secret_file);
  options.public_url = args.base_url;
  const auto due = options.load.rate ? *options.load.rate * args.duration_s
                                     : messages_of_any_rate;
  options.messages
    = args.count > 0 ? args.count : static_cast<std::uint64_t>(due);
  load_runner::progress_handler on_progress;
  if (!args.quiet)
    on_progress = show_progress;
  return run_whatsapp(options, on_progress);
}

int run_idle(const arguments& args) {
  if (args.pid <= 0)
    throw std::invalid_argument{"idle needs --pid, the server's process"};
  process_watch server{args.pid};
  idle_options options;
  options.server = args.server;
  options.connections = args.connections;
  options.path = args.idle_path;
  auto figures = measure_idle_connections(options, server);
  std::printf(
    "%u idle connections, %u dropped: the server grew from %.1f to "
    "%.1f MiB, %.0f bytes for each\n",
    figures.connections, figures.dropped,
    static_cast<double>(figures.resident_before) / 1048576,
    static_cast<double>(figures.resident_after) / 1048576,
    figures.bytes_each());
  if (!args.json.empty()) {
    auto json = R"({"scenario":"idle","connections":)"
                + std::to_string(figures.connections) + R"(,"dropped":)"
                + std::to_string(figures.dropped) + R"(,"resident_before":)"
                + std::to_string(figures.resident_before)
                + R"(,"resident_after":)"
                + std::to_string(figures.resident_after) + R"(,"bytes_each":)"
                + std::to_string(figures.bytes_each()) + "}\n";
    write_file(args.json, json);
  }
  return figures.dropped == 0 || args.allow_errors ? 0 : 1;
}

} // namespace
} // namespace switchboard::bench

int main(int argc, char** argv) try {
  using namespace switchboard::bench;
  CLI::App app{
    "Puts load on a Switchboard server, or on a peer that answers "
    "the same requests, and measures the answers."};
  arguments args;
  declare(app, args);
  CLI11_PARSE(app, argc, argv);
  if (args.scenario == "idle")
    return run_idle(args);
  if (args.scenario == "whatsapp")
    return show(args, run_chats(args));
  for (const auto* one : {"desk", "burst", "streams"})
    if (args.scenario == one)
      return run_conversations(args);
  return args.scenario == "webhooks" ? run_webhooks(args) : run_load(args);
} catch (const std::exception& error) {
  std::fprintf(stderr, "switchboard-bench: %s\n", error.what());
  return 2;
}
