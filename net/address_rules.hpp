#pragma once

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace switchboard::net {

/// A CIDR block. IPv4 is kept in its IPv4-mapped form, so there is one kind; a
/// block wider than that form (`::/0`) holds IPv6 addresses only.
struct address_block {
  boost::asio::ip::address_v6 network;
  unsigned prefix = 128; ///< of 128 bits

  [[nodiscard]] bool holds(const boost::asio::ip::address_v6& one) const;

  friend bool operator==(const address_block&, const address_block&) = default;
};

/// Reads `10.0.0.0/8`, `fd00::/8` or a single address. Bits behind the prefix
/// must be zero, since someone who sets them means something else.
std::optional<address_block> parse_block(std::string_view text);

/// Decides to which addresses a request may go that somebody asked for through
/// the API: the public internet, and what the operator allows. IPv6 is judged
/// the other way round than IPv4: only what IANA gave out as global unicast
/// passes, because the rest has too many uses to name. Forms that carry an
/// IPv4 address within IPv6 (mapped, NAT64) are judged by that address.
///
/// Immutable once built, so any thread may ask.
class address_rules {
public:
  address_rules() = default;
  explicit address_rules(std::vector<address_block> allowed);

  /// Empty when `one` may be connected to, otherwise the name of the range
  /// that forbids it, e.g. `loopback`.
  [[nodiscard]] std::string_view
  refusal(const boost::asio::ip::address& one) const;

private:
  std::vector<address_block> allowed_;
};

} // namespace switchboard::net
