#include "bench/desk_commands.hpp"

#include "bench/client_socket.hpp"
#include "bench/desk_burst.hpp"
#include "bench/desk_run.hpp"
#include "bench/report.hpp"
#include "bench/stream_run.hpp"

#include <stdexcept>

namespace switchboard::bench {

namespace {

desk_options options_of(const desk_command& from) {
  desk_options out;
  out.load = from.load;
  out.sessions = from.sessions;
  out.agents = from.agents;
  out.bot_api_port = from.bot_api_port;
  out.webhook_secret = from.webhook_secret;
  return out;
}

report_header header_of(const desk_command& from, const char* scenario) {
  report_header out;
  out.scenario = scenario;
  out.server = to_string(from.load.server);
  out.connections = from.sessions;
  out.rate = from.load.rate.value_or(0);
  out.server_resident_bytes
    = from.server == nullptr ? 0 : from.server->resident_bytes();
  return out;
}

/// Notes the CPU time of both sides over a run.
class cpu_watch {
public:
  explicit cpu_watch(const process_watch* server)
    : server_{server}, own_{own_cpu_time()}, other_{server_time()} {}

  void note(load_figures& in) const {
    in.generator_cpu = own_cpu_time() - own_;
    in.server_cpu = server_time() - other_;
  }

private:
  [[nodiscard]] std::chrono::nanoseconds server_time() const {
    return server_ == nullptr ? std::chrono::nanoseconds{}
                              : server_->cpu_time();
  }

  const process_watch* server_;
  std::chrono::nanoseconds own_;
  std::chrono::nanoseconds other_;
};

void add_member(std::string& json, const std::string& member) {
  json.insert(json.rfind('}'), ',' + member);
}

} // namespace

command_outcome run_desk(const desk_command& command) {
  const auto figures = measure_desk(options_of(command), command.on_progress);
  const auto header = header_of(command, "desk");
  return {std::to_string(command.sessions)
            + " sessions, each claimed and with an open stream\n"
            + to_table(header, figures),
          to_json(header, figures), figures.errors.total() == 0};
}

command_outcome run_burst(const desk_command& command) {
  auto options = options_of(command);
  options.agents = command.sessions; // so that no agent's chat is busy
  const cpu_watch cpu{command.server};
  const auto burst
    = measure_burst(options, command.claims, command.group_per_minute);
  auto figures = burst.writing;
  cpu.note(figures);
  figures.kinds.clear();
  figures.kinds.push_back({.name = "card", .latency = burst.card});
  figures.kinds.push_back({.name = "tap answer", .latency = burst.tap_answer});
  figures.kinds.push_back({.name = "agent told", .latency = burst.agent_told});
  figures.measured = burst.drain;
  figures.answers_of_cpu = command.sessions;
  if (!burst.problem.empty()) {
    figures.errors.unexpected = 1;
    figures.first_error = burst.problem;
  }
  const auto header = header_of(command, "burst");
  command_outcome out{to_table(header, figures), to_json(header, figures),
                      figures.errors.total() == 0};
  out.text = std::to_string(command.sessions) + " visitors wrote at once; "
             + std::to_string(burst.claims) + " cards were claimed, "
             + std::to_string(burst.claims_while_waiting)
             + " of them while others waited\n" + out.text;
  add_member(out.json, R"("claims":)" + std::to_string(burst.claims)
                         + R"(,"claims_while_waiting":)"
                         + std::to_string(burst.claims_while_waiting)
                         + R"(,"group_per_minute":)"
                         + std::to_string(command.group_per_minute));
  return out;
}

command_outcome run_streams(const desk_command& command) {
  if (command.server == nullptr)
    throw std::invalid_argument{"streams needs --pid, the server's process"};
  stream_options options;
  options.load = command.load;
  options.streams = command.sessions;
  options.admin_key = command.admin_key;
  const auto run
    = measure_streams(options, *command.server, command.on_progress);
  const auto header = header_of(command, "streams");
  const auto each = std::to_string(
    static_cast<std::int64_t>(run.bytes_each(command.sessions)));
  command_outcome out{to_table(header, run.messages),
                      to_json(header, run.messages),
                      run.messages.errors.total() == 0 && run.ended == 0};
  out.text = std::to_string(command.sessions) + " open streams, "
             + std::to_string(run.ended) + " ended: " + each
             + " bytes for each\n" + out.text;
  add_member(out.json, R"("bytes_each":)" + each + R"(,"ended":)"
                         + std::to_string(run.ended) + R"(,"resident_before":)"
                         + std::to_string(run.resident_before)
                         + R"(,"resident_after":)"
                         + std::to_string(run.resident_after));
  return out;
}

} // namespace switchboard::bench
