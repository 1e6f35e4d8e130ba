#pragma once

#include "bench/desk_world.hpp"
#include "bench/load_figures.hpp"

namespace switchboard::bench {

/// A desk with all its sessions claimed, then messages both ways at a rate: an
/// agent's update in until the visitor's stream shows it, and a visitor's
/// message in until the Bot API gets it. Telegram's limits must be off at the
/// server, so that this is the server's own share. The figures' kinds are the
/// two ways. Throws std::runtime_error when the desk cannot be set up.
load_figures measure_desk(const desk_options& options,
                          const load_runner::progress_handler& on_progress);

} // namespace switchboard::bench
