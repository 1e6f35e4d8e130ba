#pragma once

#include "channels/json/reader.hpp"
#include "domain/result.hpp"
#include "net/message.hpp"

#include <span>
#include <string>
#include <string_view>

/// Error answers: `{"ok":false,"error":{"code","message","details":[…]}}`.
namespace switchboard::api {

/// What an HTTP error is called and which status it has.
struct error_kind {
  unsigned status;
  std::string_view code;
};

inline constexpr error_kind validation_failed{400, "validation_failed"};
inline constexpr error_kind unauthorized{401, "unauthorized"};
inline constexpr error_kind forbidden{403, "forbidden"};
inline constexpr error_kind not_found{404, "not_found"};
inline constexpr error_kind conflict{409, "conflict"};
inline constexpr error_kind precondition_failed{412, "precondition_failed"};
inline constexpr error_kind unsupported_media_type{415,
                                                   "unsupported_media_type"};
inline constexpr error_kind rate_limited{429, "rate_limited"};
inline constexpr error_kind unavailable{503, "unavailable"};

net::response
error_response(const error_kind& kind, std::string_view message,
               std::span<const channels::json::field_problem> details = {});

/// 400 with one detail for each wrong field; a problem without a field is about
/// the body as a whole.
net::response
invalid_response(std::span<const channels::json::field_problem> problems);

/// The one mapping from refusals and failures to HTTP; failures of the world
/// carry `Retry-After`.
net::response refused_response(const domain::error& reason);

} // namespace switchboard::api
