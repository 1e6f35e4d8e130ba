#include "persistence/journal.hpp"

namespace switchboard::persistence {

std::string_view to_string(family f) noexcept {
  switch (f) {
    case family::meta: return "default";
    case family::events: return "events";
    case family::entities: return "entities";
    case family::messages: return "messages";
    case family::index: return "index";
    case family::unique: return "unique";
    case family::outbox: return "outbox";
    case family::attempts: return "attempts";
    case family::dead_letters: return "deadletters";
    case family::timers: return "timers";
    case family::activities: return "activities";
    case family::places: return "places";
    case family::marks: return "marks";
  }
  return "?";
}

std::string_view to_string(commit_failure f) noexcept {
  switch (f) {
    case commit_failure::stale: return "stale";
    case commit_failure::fenced: return "fenced";
    case commit_failure::no_room: return "no_room";
    case commit_failure::overloaded: return "overloaded";
    case commit_failure::closed: return "closed";
    case commit_failure::unknown: return "unknown";
  }
  return "?";
}

} // namespace switchboard::persistence
