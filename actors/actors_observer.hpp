#pragma once

#include <string_view>

namespace switchboard::actors {

/// Hears of actors that come and go; `kind` is their log name. Called on actor
/// threads.
class actors_observer {
public:
  virtual ~actors_observer() = default;
  virtual void started(std::string_view kind) = 0;
  /// `failed`: not of its own will.
  virtual void ended(std::string_view kind, bool failed) = 0;
  /// One that failed has a successor.
  virtual void restarted(std::string_view kind) = 0;
};

} // namespace switchboard::actors
