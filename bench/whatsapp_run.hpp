#pragma once

#include "bench/load_runner.hpp"
#include "bench/whatsapp_wire.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::bench {

struct whatsapp_options {
  load_options load; ///< its rate is that of messages, not of requests
  std::uint32_t chats = 1'000;     ///< of each provider
  std::uint64_t messages = 10'000; ///< of each row, after the first ones
  /// First messages due a second; 0: as fast as answered. They open tickets
  /// and are acknowledged.
  double first_rate = 200;
  std::uint16_t sink_port = 0;
  std::string secret;     ///< what all providers sign with
  std::string public_url; ///< the server's `http.base_url`
  /// How long nothing may happen that is waited for, before it is said to be
  /// lost.
  std::chrono::seconds patience{30};
};

/// One way in which messages come: a provider, one by one or in batches.
struct whatsapp_row {
  whatsapp_provider via = whatsapp_provider::baileys;
  std::uint32_t batch = 1;
  load_figures first;     ///< of messages that open a ticket; none for batches
  histogram acknowledged; ///< from a first message to the call that answers it
  load_figures steady;    ///< of requests, each with `batch` messages

  [[nodiscard]] std::string name() const;
  /// Steady messages a second, until the last one was answered.
  [[nodiscard]] double per_second() const;
  /// CPU time of the server for a steady message, in microseconds; 0: it was
  /// not watched.
  [[nodiscard]] double server_cpu_us() const;
};

struct whatsapp_figures {
  std::vector<whatsapp_row> rows;
  std::string problem; ///< empty: nothing went wrong
};

/// Customers write by each provider in turn: each chat once, which opens its
/// ticket and is to be acknowledged once; then messages to these tickets. All
/// requests are made and signed before the clock starts. A wrong answer, a
/// message that the server did not take as done, and an acknowledgement that is
/// missing or comes twice are problems. Throws std::runtime_error when the
/// server is not there.
whatsapp_figures
measure_whatsapp(const whatsapp_options& options,
                 const load_runner::progress_handler& on_progress);

} // namespace switchboard::bench
