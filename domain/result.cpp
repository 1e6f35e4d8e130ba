#include "domain/result.hpp"

namespace switchboard::domain {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::unknown_ticket: return "unknown_ticket";
    case errc::already_exists: return "already_exists";
    case errc::illegal_transition: return "illegal_transition";
    case errc::already_assigned: return "already_assigned";
    case errc::conversation_over: return "conversation_over";
    case errc::not_allowed: return "not_allowed";
    case errc::duplicate: return "duplicate";
    case errc::invalid: return "invalid";
    case errc::overloaded: return "overloaded";
    case errc::storage_unavailable: return "storage_unavailable";
    case errc::outcome_unknown: return "outcome_unknown";
    case errc::precondition_failed: return "precondition_failed";
  }
  return "unknown_errc";
}

} // namespace switchboard::domain
