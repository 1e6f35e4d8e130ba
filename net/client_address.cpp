#include "net/client_address.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace switchboard::net {

namespace ip = boost::asio::ip;

namespace {

ip::address_v6 widen(const ip::address& one) {
  return one.is_v6() ? one.to_v6()
                     : ip::make_address_v6(ip::v4_mapped, one.to_v4());
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// `1.2.3.4`, `1.2.3.4:80`, `fd00::1`, `[fd00::1]` or `[fd00::1]:80`.
std::optional<ip::address> read_hop(std::string_view text) {
  if (text.starts_with('['))
    text = text.substr(1, text.find(']') - 1);
  else if (std::ranges::count(text, ':') == 1)
    text = text.substr(0, text.find(':'));
  boost::system::error_code problem;
  auto one = ip::make_address(std::string{text}, problem);
  if (problem)
    return std::nullopt;
  return one;
}

} // namespace

std::string to_text(const ip::address& one) {
  if (one.is_v6() && one.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, one.to_v6()).to_string();
  return one.to_string();
}

trusted_proxies::trusted_proxies(const std::vector<std::string>& blocks) {
  for (const auto& text : blocks) {
    const auto block = parse_block(text);
    if (!block)
      throw std::runtime_error{"trusted proxy '" + text
                               + "' is neither an address nor a CIDR block"};
    blocks_.push_back(*block);
  }
}

bool trusted_proxies::holds(const ip::address& one) const {
  const auto wide = widen(one);
  return std::ranges::any_of(
    blocks_, [&wide](const auto& block) { return block.holds(wide); });
}

std::string trusted_proxies::client(
  const ip::address& peer,
  const std::vector<std::string_view>& forwarded_for) const {
  auto last = peer;
  // The last header is the nearest.
  for (auto it = forwarded_for.rbegin(); it != forwarded_for.rend(); ++it) {
    auto header = *it;
    while (!header.empty() && holds(last)) {
      const auto comma = header.rfind(',');
      const bool more = comma != std::string_view::npos;
      const auto hop = read_hop(trim(more ? header.substr(comma + 1) : header));
      if (!hop)
        return to_text(last);
      last = *hop;
      header = more ? header.substr(0, comma) : std::string_view{};
    }
  }
  return to_text(last);
}

} // namespace switchboard::net
