#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api {

/// What a visitor's token says.
struct visitor_claims {
  domain::session_id session;
  domain::timestamp issued_at{};
  domain::timestamp expires_at{};

  friend bool operator==(const visitor_claims&, const visitor_claims&)
    = default;
};

/// Makes and reads visitors' tokens: JWT (RFC 7519) in compact form, signed
/// with HMAC-SHA-256.
///
/// The algorithm is ours and not the token's: a header that names another one,
/// `none` above all, or anything critical, is refused, and so are padding,
/// trailing bits, doubled claims, and whatever else lets two texts mean the
/// same token. The signature is compared in constant time and before anything
/// of the token is looked at. Immutable, so any thread may use it.
class visitor_tokens {
public:
  static constexpr std::chrono::days life{30};
  static constexpr std::size_t token_size_max = 2'048;

  explicit visitor_tokens(std::string key);

  /// The same session and time give the same token.
  [[nodiscard]] std::string issue(const domain::session_id& session,
                                  domain::timestamp now) const;

  /// Nothing when the token is not ours, or is over at `now`.
  [[nodiscard]] std::optional<visitor_claims> read(std::string_view token,
                                                   domain::timestamp now) const;

private:
  [[nodiscard]] std::string sign(std::string_view text) const;

  std::string key_;
};

} // namespace switchboard::api
