#pragma once

#include "bench/load_runner.hpp"
#include "bench/process_watch.hpp"

#include <cstdint>
#include <string>

namespace switchboard::bench {

/// What the command line says to the scenarios of visitors' conversations.
struct desk_command {
  load_options load;
  load_runner::progress_handler on_progress; ///< may be empty
  const process_watch* server = nullptr;     ///< may be null, but for streams
  std::uint32_t sessions = 1'000;
  std::uint32_t agents = 100;
  std::uint32_t claims = 100;
  double group_per_minute = 1'200;
  std::uint16_t bot_api_port = 0;
  std::string webhook_secret;
  std::string admin_key;
};

/// What a command found: a text for people, one JSON object, and whether all
/// was right.
struct command_outcome {
  std::string text;
  std::string json;
  bool good = false;
};

command_outcome run_desk(const desk_command& command);
command_outcome run_burst(const desk_command& command);
command_outcome run_streams(const desk_command& command);

} // namespace switchboard::bench
