#include "app/logging.hpp"
#include "app/maintenance.hpp"
#include "app/serve.hpp"
#include "app/version.hpp"
#include "config/loader.hpp"

#include <sodium/core.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

namespace {

namespace app = switchboard::app;
namespace config = switchboard::config;

constexpr int bad_configuration = 78; // EX_CONFIG of sysexits.h

/// The configuration, or nothing after its problems were printed.
std::optional<config::config> load(const std::string& file) {
  const auto path
    = file.empty() ? std::nullopt : std::optional<std::filesystem::path>{file};
  auto loaded = config::load(path, config::process_environment());
  if (auto* good = std::get_if<config::config>(&loaded))
    return std::move(*good);
  for (const auto& problem : std::get<std::vector<config::problem>>(loaded))
    std::cerr << "switchboard: " << config::to_string(problem) << '\n';
  return std::nullopt;
}

/// Loads the configuration and hands it to a subcommand.
template <class Run>
int with_config(const std::string& file, Run run) {
  const auto c = load(file);
  if (!c)
    return bad_configuration;
  app::start_logging(c->log);
  return run(*c);
}

int check_config(const config::config& c) {
  for (const auto& line : config::describe(c))
    std::cout << line << '\n';
  std::cout << "the configuration is good\n";
  return 0;
}

int run(int argc, char** argv) {
  CLI::App cli{"Switchboard, a customer-support ticket engine", "switchboard"};
  cli.set_version_flag("--version", "switchboard " + std::string{app::version});
  cli.require_subcommand(1);
  std::string file;
  std::string folder;
  std::string format = "jsonl";
  const auto subcommand = [&](const char* name, const char* help) {
    auto* sub = cli.add_subcommand(name, help);
    sub
      ->add_option("--config", file, "a TOML file; see config/switchboard.toml")
      ->envname("SWITCHBOARD_CONFIG");
    return sub;
  };
  const auto* serve = subcommand("serve", "run the server");
  const auto* check
    = subcommand("check-config", "check the configuration and print it");
  const auto* verify = subcommand("verify", "replay all events and compare");
  auto* backup = subcommand("backup", "copy the data folder's contents");
  backup->add_option("folder", folder, "a new folder")->required();
  auto* restore = subcommand("restore", "fill an empty data folder");
  restore->add_option("folder", folder, "a backup")->required();
  auto* exporting = subcommand("export", "print all events");
  exporting->add_option("--format", format, "jsonl")
    ->check(CLI::IsMember({"jsonl"}));
  CLI11_PARSE(cli, argc, argv);

  return with_config(file, [&](const config::config& c) {
    if (serve->parsed())
      return app::serve(c);
    if (check->parsed())
      return check_config(c);
    if (verify->parsed())
      return app::run_verify(c);
    if (backup->parsed())
      return app::run_backup(c, folder);
    if (restore->parsed())
      return app::run_restore(c, folder);
    return app::run_export(c);
  });
}

} // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) {
    std::fputs("switchboard: libsodium cannot be used here\n", stderr);
    return EXIT_FAILURE;
  }
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "switchboard: %s\n", problem.what());
    return EXIT_FAILURE;
  }
}
