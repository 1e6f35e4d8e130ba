#include "domain/prompt.hpp"

namespace switchboard::domain {

std::string_view to_string(prompt_state state) noexcept {
  switch (state) {
    case prompt_state::awaiting_input: return "awaiting_input";
    case prompt_state::completed: return "completed";
    case prompt_state::cancelled: return "cancelled";
    case prompt_state::expired: return "expired";
  }
  return "unknown_state";
}

} // namespace switchboard::domain
