#include "app/maintenance.hpp"

#include "app/storage.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/backup.hpp"
#include "persistence/export.hpp"
#include "persistence/verify.hpp"

#include <cstdio>
#include <iostream>

namespace switchboard::app {

namespace {

constexpr int failed = 1;
constexpr int damaged = 2;

int fail(const domain::error& reason) {
  std::cerr << "switchboard: " << reason.detail << '\n';
  return failed;
}

std::filesystem::path secrets_folder(const config::config& c) {
  return std::filesystem::path{c.storage.path} / "secrets";
}

/// Opening makes a missing store; these commands want one that exists.
domain::result<std::unique_ptr<persistence::rocks_journal>>
open_existing(const config::config& c) {
  const auto folder = persistence::journal_folder(c.storage.path);
  if (!std::filesystem::exists(folder))
    return domain::fail(domain::errc::storage_unavailable,
                        "there is no journal in " + folder.string());
  return open_journal(c, nullptr);
}

} // namespace

int run_verify(const config::config& c) {
  auto journal = open_existing(c);
  if (!journal)
    return fail(journal.error());
  if (const auto damage = journal.value()->check_files()) {
    std::cerr << "switchboard: " << *damage << '\n';
    return damaged;
  }
  const auto report = persistence::verify(journal.value()->rows());
  for (const auto& problem : report.problems)
    std::cerr << problem << '\n';
  const auto files = persistence::find_missing_files(
    journal.value()->rows(), persistence::attachments_folder(c.storage.path));
  for (const auto& problem : files.problems)
    std::cerr << problem << '\n';
  const auto problem_count = report.problem_count + files.count;
  std::cout << "verified " << report.events << " events, " << report.tickets
            << " tickets, " << report.messages << " messages, "
            << report.deliveries << " deliveries, " << report.dead_letters
            << " dead letters, " << files.looked_at << " attachments: ";
  if (problem_count == 0)
    std::cout << "all is well\n";
  else
    std::cout << problem_count << " problems\n";
  return problem_count == 0 ? 0 : damaged;
}

int run_backup(const config::config& c, const std::filesystem::path& folder) {
  auto journal = open_existing(c);
  if (!journal)
    return fail(journal.error());
  const auto result
    = persistence::backup(*journal.value(), folder, secrets_folder(c),
                          persistence::attachments_folder(c.storage.path));
  if (!result)
    return fail(result.error());
  std::cout << "backed up " << c.storage.path << " to " << folder.string()
            << '\n';
  return 0;
}

int run_restore(const config::config& c, const std::filesystem::path& folder) {
  const auto result = persistence::restore(folder, c.storage.path);
  if (!result)
    return fail(result.error());
  std::cout << "restored " << folder.string() << " to " << c.storage.path
            << '\n';
  return 0;
}

int run_export(const config::config& c) {
  auto journal = open_existing(c);
  if (!journal)
    return fail(journal.error());
  const auto write = [](std::string_view line) {
    return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
  };
  const auto count
    = persistence::export_events(*journal.value(), domain::offset{}, write);
  if (!count)
    return fail(count.error());
  return std::fflush(stdout) == 0 ? 0 : failed;
}

} // namespace switchboard::app
