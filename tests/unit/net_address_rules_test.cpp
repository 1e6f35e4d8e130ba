#include "net/address_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::net {
namespace {

boost::asio::ip::address address(const char* text) {
  return boost::asio::ip::make_address(text);
}

TEST(AddressRules, LetPublicAddressesPass) {
  const address_rules rules;
  const std::vector<const char*> rows{
    "1.1.1.1",          "8.8.8.8",         "9.255.255.255",
    "11.0.0.0",         "100.63.255.255",  "100.128.0.0",
    "126.255.255.255",  "128.0.0.0",       "169.253.255.255",
    "172.15.255.255",   "172.32.0.0",      "192.0.1.0",
    "192.167.255.255",  "192.169.0.0",     "198.17.255.255",
    "198.20.0.0",       "223.255.255.255", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8", "2001:200::1",     "2001:4860:4860::8888",
    "2606:4700::1111",  "2a00:1450::1",    "3ffe::1",
  };
  for (const auto* text : rows)
    EXPECT_EQ(rules.refusal(address(text)), "") << text;
}

TEST(AddressRules, NameWhatTheyRefuse) {
  struct row {
    const char* text;
    const char* range;
  };
  const address_rules rules;
  const std::vector<row> rows{
    {"0.0.0.0", "unspecified"},
    {"0.1.2.3", "unspecified"},
    {"10.0.0.1", "private"},
    {"10.255.255.255", "private"},
    {"100.64.0.0", "carrier-grade NAT"},
    {"100.100.100.200", "carrier-grade NAT"},
    {"100.127.255.255", "carrier-grade NAT"},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"168.63.129.16", "cloud metadata"},
    {"169.254.0.1", "link-local"},
    {"169.254.169.254", "cloud metadata"},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "private"},
    {"192.0.0.192", "reserved"},
    {"192.0.2.1", "documentation"},
    {"192.88.99.1", "reserved"},
    {"192.168.255.255", "private"},
    {"198.18.0.1", "benchmarking"},
    {"198.19.255.255", "benchmarking"},
    {"198.51.100.1", "documentation"},
    {"203.0.113.1", "documentation"},
    {"224.0.0.1", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.1", "reserved"},
    {"255.255.255.255", "broadcast"},
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::7f00:1", "reserved"},
    {"::ffff:127.0.0.1", "loopback"},
    {"::ffff:10.0.0.1", "private"},
    {"::ffff:169.254.169.254", "cloud metadata"},
    {"::ffff:0:127.0.0.1", "reserved"},
    {"64:ff9b::127.0.0.1", "loopback"},
    {"64:ff9b::10.0.0.1", "private"},
    {"64:ff9b:1::8.8.8.8", "reserved"},
    {"100::1", "reserved"},
    {"2001::7f00:1", "Teredo"},
    {"2001:20::1", "reserved"},
    {"2001:db8::1", "documentation"},
    {"2002:7f00:1::", "6to4"},
    {"2002:808:808::1", "6to4"},
    {"3fff::1", "documentation"},
    {"4000::1", "reserved"},
    {"5f00::1", "reserved"},
    {"fc00::1", "private"},
    {"fd00:ec2::254", "private"},
    {"fe80::1", "link-local"},
    {"fe80::1%1", "link-local"},
    {"fec0::1", "site-local"},
    {"ff02::1", "multicast"},
  };
  for (const auto& r : rows)
    EXPECT_EQ(rules.refusal(address(r.text)), r.range) << r.text;
}

TEST(AddressRules, LetPassWhatTheOperatorAllows) {
  const address_rules rules{{parse_block("10.1.0.0/16").value(),
                             parse_block("127.0.0.1").value(),
                             parse_block("fd00:1::/32").value()}};
  EXPECT_EQ(rules.refusal(address("10.1.255.255")), "");
  EXPECT_EQ(rules.refusal(address("::ffff:10.1.2.3")), "");
  EXPECT_EQ(rules.refusal(address("127.0.0.1")), "");
  EXPECT_EQ(rules.refusal(address("fd00:1::5")), "");
  EXPECT_EQ(rules.refusal(address("10.2.0.0")), "private");
  EXPECT_EQ(rules.refusal(address("127.0.0.2")), "loopback");
  EXPECT_EQ(rules.refusal(address("fd00:2::5")), "private");
}

TEST(AddressRules, AllowingAllOfOneFamilyLeavesTheOtherAsItIs) {
  const address_rules v6{{parse_block("::/0").value()}};
  EXPECT_EQ(v6.refusal(address("::1")), "");
  EXPECT_EQ(v6.refusal(address("127.0.0.1")), "loopback");
  const address_rules v4{{parse_block("0.0.0.0/0").value()}};
  EXPECT_EQ(v4.refusal(address("127.0.0.1")), "");
  EXPECT_EQ(v4.refusal(address("::1")), "loopback");
}

TEST(AddressBlock, IsReadStrictly) {
  const std::vector<const char*> good{
    "0.0.0.0/0", "10.0.0.0/8", "10.0.0.1", "10.0.0.1/32",  "::/0",
    "fd00::/8",  "::1",        "::1/128",  "10.1.2.128/25"};
  for (const auto* text : good)
    EXPECT_TRUE(parse_block(text)) << text;
  const std::vector<const char*> bad{"",
                                     "/8",
                                     "10.0.0.0/",
                                     "10.0.0.0/33",
                                     "10.0.0.1/8",
                                     "10.0.0.0/x",
                                     "10.0.0/8",
                                     "::/129",
                                     "fd00::1/8",
                                     "fe80::1%1",
                                     "10.0.0.0/-1",
                                     "10.0.0.0/8 ",
                                     "example.com",
                                     "10.1.2.64/25",
                                     "10.0.0.0//8"};
  for (const auto* text : bad)
    EXPECT_FALSE(parse_block(text)) << text;
}

} // namespace
} // namespace switchboard::net
