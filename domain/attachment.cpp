#include "domain/attachment.hpp"

namespace switchboard::domain {

std::string_view to_string(attachment_state state) noexcept {
  switch (state) {
    case attachment_state::pending: return "pending";
    case attachment_state::ready: return "ready";
    case attachment_state::failed: return "failed";
  }
  return "unknown_state";
}

} // namespace switchboard::domain
