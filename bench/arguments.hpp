#pragma once

#include "bench/client_socket.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace switchboard::bench {

/// What the command line of switchboard-bench says; a scenario uses what it
/// needs of it.
struct arguments {
  std::string scenario;
  endpoint server;
  std::uint32_t connections = 64;
  std::string rate = "max";
  std::string arrival = "poisson";
  double warm_up_s = 1;
  double duration_s = 10;
  double timeout_s = 10;
  std::uint64_t count = 0;
  std::uint64_t fill = 10'000;
  std::uint64_t seed = 1;
  std::string refs_in;
  std::string refs_out;
  std::string inbound_key_file;
  std::string admin_key_file;
  std::uint32_t endpoints = 100;
  std::string agent_phone;
  bool status_only = false;
  bool quiet = false;
  bool allow_errors = false;
  std::string json;
  int pid = 0;
  std::string idle_path = "/healthz";
  std::uint32_t sessions = 1'000;
  std::uint32_t agents = 100;
  std::uint32_t claims = 100;
  double group_per_minute = 1'200;
  std::uint16_t bot_api_port = 0;
  std::string webhook_secret_file;
  std::uint32_t chats = 1'000;
  double first_rate = 200;
  std::uint16_t sink_port = 0;
  std::string whatsapp_secret_file;
  std::string base_url = "https://support.example.com";
};

/// Makes the command line known; `args` holds the defaults and gets what is
/// given, so it must outlive the parsing.
void declare(CLI::App& app, arguments& args);

} // namespace switchboard::bench
