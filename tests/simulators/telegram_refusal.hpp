#pragma once

#include <boost/json/object.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace switchboard::simulators::telegram {

/// Ends a call with an error of the Bot API; it never leaves the simulator.
struct refusal : std::runtime_error {
  refusal(int with_code, const std::string& description, bool never = false)
    : std::runtime_error{description}, code{with_code}, is_violation{never} {}

  int code;
  bool is_violation; ///< no correct client meets this one
  boost::json::object parameters;
};

inline refusal bad_request(const std::string& why) {
  return {400, "Bad Request: " + why};
}

/// What a client could have known before it called.
inline refusal mistake(const std::string& why) {
  return {400, "Bad Request: " + why, true};
}

inline refusal forbidden(const std::string& why) {
  return {403, "Forbidden: " + why};
}

} // namespace switchboard::simulators::telegram
