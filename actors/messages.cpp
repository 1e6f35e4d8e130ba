#include "actors/messages.hpp"

#include <caf/sec.hpp>

namespace switchboard::actors {

domain::error from_caf(const caf::error& err) {
  if (err.category() == caf::atom("domain")) {
    std::string detail;
    if (err.context().match_elements<std::string>())
      detail = err.context().get_as<std::string>(0);
    return {static_cast<domain::errc>(err.code()), std::move(detail)};
  }
  return {domain::errc::outcome_unknown, "no answer in time"};
}

} // namespace switchboard::actors
