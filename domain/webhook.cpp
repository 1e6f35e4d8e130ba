#include "domain/webhook.hpp"

#include <algorithm>

namespace switchboard::domain {

bool webhook::wants(std::string_view event_type) const noexcept {
  if (event_type.empty())
    return false; // the outside does not hear of it
  return std::any_of(events.begin(), events.end(), [&](const auto& wanted) {
    return wanted == every_event || wanted == event_type;
  });
}

} // namespace switchboard::domain
