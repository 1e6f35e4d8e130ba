#include "config/checks.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::config {
namespace {

void expect(text_check check, const std::vector<std::string>& right,
            const std::vector<std::string>& wrong) {
  for (const auto& text : right) {
    const auto checked = check(text);
    ASSERT_TRUE(checked.has_value()) << text;
    EXPECT_EQ(checked.value(), text);
  }
  for (const auto& text : wrong) {
    const auto checked = check(text);
    ASSERT_FALSE(checked.has_value()) << text;
    EXPECT_TRUE(checked.error().detail.starts_with("must be "))
      << checked.error().detail;
  }
}

TEST(Host, IsAnAddressOrAName) {
  expect(check_host,
         {"127.0.0.1", "0.0.0.0", "::", "::1", "fe80::1", "localhost",
          "a-b.example.com"},
         {"", "-a", ".a", "a b", "a/b", "[::1]", "::1::", "a:1", "a_b",
          std::string(300, 'a'), std::string{"a\0b", 3}});
}

TEST(Network, IsAnAddressOrABlock) {
  expect(check_network,
         {"10.0.0.0/8", "0.0.0.0/0", "192.168.1.1", "192.168.1.1/32", "::/0",
          "::1", "fd00::/8", "::1/128"},
         {"", "/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8",
          "010.0.0.0/8", "::/129", "::/1280", "example.com", "10.0.0.0/+8",
          " 10.0.0.0/8"});
}

TEST(BaseUrl, LosesItsLastSlash) {
  EXPECT_EQ(check_base_url("https://example.com/support/").value(),
            "https://example.com/support");
  expect(check_base_url, {"", "http://localhost:3000", "https://example.com"},
         {"example.com", "ftp://example.com", "https://example.com/?a=b",
          "https://user@example.com", "https://example.com/#x",
          "http://" + std::string(3'000, 'a')});
}

TEST(Origin, IsAsBrowsersSendIt) {
  EXPECT_EQ(check_origin("https://Shop.Example/").value(),
            "https://shop.example");
  EXPECT_EQ(check_origin("https://shop.example:443").value(),
            "https://shop.example");
  EXPECT_EQ(check_origin("http://shop.example:80").value(),
            "http://shop.example");
  expect(check_origin,
         {"*", "https://shop.example", "http://localhost:3000",
          "https://shop.example:80", "http://[::1]:8081"},
         {"", "null", "shop.example", "https://shop.example/widget",
          "https://*.example", "https://a@shop.example", "ftp://shop.example",
          "https://shop.example?x", "**"});
}

TEST(Secret, TravelsInAHeader) {
  expect(check_secret, {"", "12345678", "~!@#$%^&*()_+", std::string(512, 'x')},
         {"1234567", "1234 5678", "12345678\n", "1234567\xC3\xA4",
          std::string(513, 'x'),
          std::string{"1234\0"
                      "5678",
                      9}});
}

TEST(Paths, HaveNoControlCharacters) {
  expect(
    check_path, {"./data", "/var/lib/switchboard", "d\xC3\xA4ta"},
    {"", "a\nb", "a\xFF", std::string{"a\0b", 3}, std::string(5'000, 'a')});
  expect(check_optional_path, {"", "cert.pem"}, {"a\tb"});
}

TEST(Categories, AreShortLines) {
  expect(check_category, {"Billing", "a b", "L\xC3\xB6schung"},
         {"", "  ", "a\nb", "a\xFF", std::string(61, 'a')});
}

TEST(LogWords, AreFromTheirLists) {
  expect(check_log_level,
         {"trace", "debug", "info", "warn", "error", "critical", "off"},
         {"", "INFO", "warning", "verbose"});
  expect(check_log_format, {"text", "json"}, {"", "JSON", "xml"});
}

TEST(Phone, MayBeAbsentAndIsNormalized) {
  EXPECT_EQ(check_phone("").value(), "");
  EXPECT_EQ(check_phone("+91 96557 16000").value(), "+919655716000");
  EXPECT_FALSE(check_phone("96557 16000").has_value());
}

} // namespace
} // namespace switchboard::config
