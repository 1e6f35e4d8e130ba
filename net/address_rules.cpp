#include "net/address_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace switchboard::net {

namespace {

namespace ip = boost::asio::ip;

constexpr unsigned bits_v6 = 128;
constexpr unsigned bits_before_v4 = 96;

struct named_block {
  const char* text;
  const char* name;
};

// The IANA special-purpose registries (RFC 6890 and its updates), without those
// entries that are reachable from everywhere.
constexpr std::array refused_v4{
  named_block{"0.0.0.0/8", "unspecified"},
  named_block{"10.0.0.0/8", "private"},
  named_block{"100.64.0.0/10", "carrier-grade NAT"},
  named_block{"127.0.0.0/8", "loopback"},
  named_block{"168.63.129.16",
              "cloud metadata"}, // a public number, but Azure's
  named_block{"169.254.169.254", "cloud metadata"},
  named_block{"169.254.0.0/16", "link-local"},
  named_block{"172.16.0.0/12", "private"},
  named_block{"192.0.0.0/24", "reserved"},
  named_block{"192.0.2.0/24", "documentation"},
  named_block{"192.88.99.0/24", "reserved"},
  named_block{"192.168.0.0/16", "private"},
  named_block{"198.18.0.0/15", "benchmarking"},
  named_block{"198.51.100.0/24", "documentation"},
  named_block{"203.0.113.0/24", "documentation"},
  named_block{"224.0.0.0/4", "multicast"},
  named_block{"255.255.255.255", "broadcast"},
  named_block{"240.0.0.0/4", "reserved"},
};

constexpr std::array refused_v6{
  named_block{"::/128", "unspecified"},
  named_block{"::1/128", "loopback"},
  named_block{"fc00::/7", "private"},
  named_block{"fe80::/10", "link-local"},
  named_block{"fec0::/10", "site-local"},
  named_block{"ff00::/8", "multicast"},
  named_block{"2001::/32", "Teredo"}, // before the block that surrounds it
  named_block{"2001::/23", "reserved"},
  named_block{"2001:db8::/32", "documentation"},
  named_block{"2002::/16", "6to4"},
  named_block{"3fff::/20", "documentation"},
};

constexpr const char* global_unicast = "2000::/3";
constexpr const char* nat64 = "64:ff9b::/96";
constexpr const char* mapped_v4 = "::ffff:0:0/96";

struct refused_block {
  address_block block;
  std::string_view name;
};

ip::address_v6 widen(const ip::address& one) {
  return one.is_v4() ? ip::make_address_v6(ip::v4_mapped, one.to_v4())
                     : ip::address_v6{one.to_v6().to_bytes()}; // drops the zone
}

template <std::size_t N>
std::vector<refused_block> read_table(const std::array<named_block, N>& from) {
  std::vector<refused_block> out;
  out.reserve(N);
  for (const auto& entry : from)
    out.push_back({parse_block(entry.text).value(), entry.name});
  return out;
}

std::string_view find_in(const std::vector<refused_block>& table,
                         const ip::address_v6& one) {
  const auto i = std::find_if(table.begin(), table.end(), [&](const auto& x) {
    return x.block.holds(one);
  });
  return i == table.end() ? std::string_view{} : i->name;
}

/// An address in its IPv4-mapped form when it is, or leads to, an IPv4 one.
ip::address_v6 embedded_v4(const ip::address_v6& one) {
  static const auto nat64_block = parse_block(nat64).value();
  if (!nat64_block.holds(one))
    return one;
  const auto bytes = one.to_bytes();
  const ip::address_v4::bytes_type last{bytes[12], bytes[13], bytes[14],
                                        bytes[15]};
  return ip::make_address_v6(ip::v4_mapped, ip::address_v4{last});
}

} // namespace

bool address_block::holds(const ip::address_v6& one) const {
  // `::/0` speaks of IPv6; it must not open IPv4 by the way.
  if (prefix < bits_before_v4 && one.is_v4_mapped())
    return false;
  const auto mine = network.to_bytes();
  const auto other = one.to_bytes();
  const auto whole = static_cast<std::ptrdiff_t>(prefix / 8);
  if (!std::equal(mine.begin(), mine.begin() + whole, other.begin()))
    return false;
  if (prefix % 8 == 0)
    return true;
  const auto mask = 0xFFU << (8 - prefix % 8);
  const auto at = static_cast<std::size_t>(whole);
  return ((mine[at] ^ other[at]) & mask & 0xFFU) == 0;
}

std::optional<address_block> parse_block(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code ec;
  const auto one = ip::make_address(std::string{text.substr(0, slash)}, ec);
  if (ec || (one.is_v6() && one.to_v6().scope_id() != 0))
    return std::nullopt;
  address_block out{widen(one), bits_v6};
  if (slash == std::string_view::npos)
    return out;
  const auto digits = text.substr(slash + 1);
  const auto offset = one.is_v4() ? bits_before_v4 : 0U;
  unsigned prefix = 0;
  const auto [end, problem]
    = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (digits.empty() || problem != std::errc{}
      || end != digits.data() + digits.size() || prefix > bits_v6 - offset)
    return std::nullopt;
  out.prefix = prefix + offset;
  auto rest = out.network.to_bytes();
  for (unsigned bit = out.prefix; bit < bits_v6; ++bit) {
    if ((rest[bit / 8] & (0x80U >> (bit % 8))) != 0)
      return std::nullopt;
  }
  return out;
}

address_rules::address_rules(std::vector<address_block> allowed)
  : allowed_{std::move(allowed)} {}

std::string_view address_rules::refusal(const ip::address& one) const {
  static const auto v4 = read_table(refused_v4);
  static const auto v6 = read_table(refused_v6);
  static const auto v4_space = parse_block(mapped_v4).value();
  static const auto public_v6 = parse_block(global_unicast).value();
  const auto plain = widen(one);
  const auto covered
    = [&plain](const address_block& b) { return b.holds(plain); };
  if (std::any_of(allowed_.begin(), allowed_.end(), covered))
    return {};
  const auto meant = embedded_v4(plain);
  if (v4_space.holds(meant))
    return find_in(v4, meant);
  if (const auto name = find_in(v6, meant); !name.empty())
    return name;
  return public_v6.holds(meant) ? std::string_view{} : "reserved";
}

} // namespace switchboard::net
