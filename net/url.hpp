#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::net {

inline constexpr std::size_t url_size_max = 8192;

/// An absolute http or https address, taken apart for a client: always
/// complete, always printable ASCII, so its parts can stand in a request as
/// they are. A plain value.
struct url {
  bool tls = false;
  /// A name in lower case or an IP literal without brackets.
  std::string host;
  bool host_is_address = false;
  std::uint16_t port = 0; ///< never 0: the scheme's default when not given
  std::string target;     ///< path and query, at least `/`

  /// The `Host` header: brackets round IPv6, no port when it is the default.
  [[nodiscard]] std::string authority() const;

  friend bool operator==(const url&, const url&) = default;
};

/// Reads an address strictly; `problem` then says in words for people what is
/// wrong, without repeating the text, which may hold secrets.
///
/// Refused: other schemes, relative references, fragments, user names and
/// passwords (they belong into a header), names that are not ASCII host names
/// (an IDN has to be given as `xn--…`), numbers that only some resolvers take
/// for IPv4 (`127.1`, `0x7f000001`), IPv6 zones, port 0, more than
/// `url_size_max` bytes.
std::optional<url> parse_url(std::string_view text, std::string& problem);

} // namespace switchboard::net
