#pragma once

#include "bench/hook_receiver.hpp"
#include "bench/load_runner.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace switchboard::bench {

struct webhook_run_options {
  load_options load; ///< of the creations
  std::uint32_t endpoints = 100;
  std::string admin_key;
  /// How long nothing may arrive, before it is said to be lost.
  std::chrono::seconds patience{15};
};

struct webhook_run_figures {
  load_figures creations;
  std::uint64_t tickets = 0; ///< all that were created
  hook_figures hooks;

  /// What went wrong, or empty: each endpoint was told of each ticket once.
  [[nodiscard]] std::string problem(std::uint32_t endpoints) const;
};

/// Makes endpoints that want `ticket.created`, creates tickets, waits until
/// every endpoint was told of every ticket, and removes the endpoints again.
/// Throws std::runtime_error when an endpoint cannot be made or removed.
webhook_run_figures
measure_webhooks(const webhook_run_options& options,
                 const load_runner::progress_handler& on_progress);

} // namespace switchboard::bench
