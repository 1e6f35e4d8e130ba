#pragma once

#include "domain/ids.hpp"

#include <functional>

namespace switchboard::api {

/// Who hears what visitors do beside writing: those who show it to the agents.
/// Called from any thread; must be quick. Empty functions hear nothing.
struct visitor_signals {
  /// The visitor of this session is writing.
  std::function<void(const domain::session_id&)> typing{};
  /// They have read up to this message. `done` is called once, on any thread:
  /// with false when it could not be kept.
  std::function<void(const domain::session_id&, const domain::message_id&,
                     std::function<void(bool)> done)>
    read{};
};

} // namespace switchboard::api
