// Goal: pin whom the server takes for the client behind proxies. Method: a
// table of peers, headers and who asked.

#include "net/client_address.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::net {
namespace {

TEST(TrustedProxies, FindTheClient) {
  const trusted_proxies proxies{{"10.0.0.0/8", "127.0.0.1", "fd00::/8"}};
  struct row {
    const char* peer;
    std::vector<std::string_view> forwarded;
    const char* client;
  };
  const std::vector<row> table{
    {"203.0.113.5", {}, "203.0.113.5"},
    {"203.0.113.5", {"198.51.100.1"}, "203.0.113.5"},
    {"10.1.1.1", {}, "10.1.1.1"},
    {"10.1.1.1", {""}, "10.1.1.1"},
    {"10.1.1.1", {"198.51.100.1"}, "198.51.100.1"},
    // Only the rightmost that is no proxy of ours can be believed.
    {"10.1.1.1", {"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
    {"10.1.1.1", {"1.1.1.1,198.51.100.1 , 10.2.2.2"}, "198.51.100.1"},
    {"10.1.1.1", {"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
    {"10.1.1.1", {"198.51.100.1", "10.2.2.2, 127.0.0.1"}, "198.51.100.1"},
    {"10.1.1.1", {"10.3.3.3, 10.2.2.2"}, "10.3.3.3"},
    {"10.1.1.1", {"198.51.100.1:4711"}, "198.51.100.1"},
    {"10.1.1.1", {"2001:db8::7"}, "2001:db8::7"},
    {"10.1.1.1", {"[2001:db8::7]:4711"}, "2001:db8::7"},
    {"10.1.1.1", {"[2001:db8::7]"}, "2001:db8::7"},
    {"10.1.1.1", {"198.51.100.1, unknown"}, "10.1.1.1"},
    {"10.1.1.1", {"198.51.100.1, , 10.2.2.2"}, "10.2.2.2"},
    {"10.1.1.1", {"["}, "10.1.1.1"},
    {"::ffff:10.1.1.1", {"::ffff:198.51.100.1"}, "198.51.100.1"},
    {"fd00::1", {"198.51.100.1"}, "198.51.100.1"},
    {"2001:db8::1", {"198.51.100.1"}, "2001:db8::1"},
  };
  for (const auto& [peer, forwarded, client] : table)
    EXPECT_EQ(proxies.client(boost::asio::ip::make_address(peer), forwarded),
              client)
      << peer << " " << (forwarded.empty() ? "" : forwarded.front());
}

TEST(TrustedProxies, RefuseWhatIsNoBlock) {
  EXPECT_THROW(trusted_proxies{{"10.0.0.1/8"}}, std::runtime_error);
  EXPECT_THROW(trusted_proxies{{"here"}}, std::runtime_error);
}

} // namespace
} // namespace switchboard::net
