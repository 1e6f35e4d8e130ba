#pragma once

#include <boost/outcome/result.hpp>
#include <boost/outcome/try.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace switchboard::domain {

/// Every way in which a command can be refused. Values are stable: they travel
/// in CAF errors and select HTTP statuses. Zero means "no error" and stays
/// free.
enum class errc : std::uint8_t {
  unknown_ticket = 1,
  already_exists,
  illegal_transition,
  already_assigned,
  conversation_over,
  not_allowed,
  duplicate,
  invalid,
  // Failures of the world rather than of the request: answered with 503.
  overloaded,
  storage_unavailable,
  outcome_unknown,
  // A refusal again; it came later.
  precondition_failed,
};

std::string_view to_string(errc code) noexcept;

/// An expected refusal: a code to branch on and a sentence for people.
struct error {
  errc code;
  std::string detail;

  friend bool operator==(const error&, const error&) = default;
};

/// A value or a refusal; ignoring one is a compile-time warning. This alias is
/// the only place that names Outcome, so std::expected can replace it later.
template <class T>
using result
  = boost::outcome_v2::basic_result<T, error,
                                    boost::outcome_v2::policy::terminate>;

[[nodiscard]] inline auto fail(errc code, std::string detail) {
  return boost::outcome_v2::failure(error{code, std::move(detail)});
}

} // namespace switchboard::domain

/// Binds the value of a `result` or returns its error to the caller.
#define SWITCHBOARD_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
