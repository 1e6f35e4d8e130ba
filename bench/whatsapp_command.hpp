#pragma once

#include "bench/desk_commands.hpp"
#include "bench/whatsapp_run.hpp"

#include <string>

namespace switchboard::bench {

/// A line for each row.
std::string to_table(const whatsapp_options& options,
                     const whatsapp_figures& figures);

/// One JSON object; latencies in microseconds.
std::string to_json(const whatsapp_options& options,
                    const whatsapp_figures& figures);

/// Runs the scenario `whatsapp`.
command_outcome run_whatsapp(const whatsapp_options& options,
                             const load_runner::progress_handler& on_progress);

} // namespace switchboard::bench
