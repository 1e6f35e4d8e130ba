#pragma once

#include "net/address_rules.hpp"

#include <boost/asio/ip/address.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::net {

/// Proxies that are believed when they say for whom they ask.
class trusted_proxies {
public:
  /// Throws std::runtime_error naming the block that cannot be read.
  explicit trusted_proxies(const std::vector<std::string>& blocks);

  [[nodiscard]] bool empty() const noexcept {
    return blocks_.empty();
  }
  [[nodiscard]] bool holds(const boost::asio::ip::address& one) const;

  /// The rightmost address of `X-Forwarded-For` that is no trusted proxy. The
  /// headers come in the order of the request. When the chain ends in something
  /// that is no address, the last hop before it counts, since whoever stands
  /// there made it up.
  [[nodiscard]] std::string
  client(const boost::asio::ip::address& peer,
         const std::vector<std::string_view>& forwarded_for) const;

private:
  std::vector<address_block> blocks_;
};

/// As people write it: IPv4 that arrived in an IPv6 socket is written as IPv4.
std::string to_text(const boost::asio::ip::address& one);

} // namespace switchboard::net
