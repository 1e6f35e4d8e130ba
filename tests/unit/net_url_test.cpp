#include "net/url.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::net {
namespace {

url parse(std::string_view text) {
  std::string problem;
  const auto out = parse_url(text, problem);
  EXPECT_TRUE(out) << text << ": " << problem;
  return out.value_or(url{});
}

TEST(Url, IsTakenApart) {
  struct row {
    const char* text;
    url expected;
    const char* authority;
  };
  const std::vector<row> rows{
    {"http://example.com",
     {false, "example.com", false, 80, "/"},
     "example.com"},
    {"https://example.com",
     {true, "example.com", false, 443, "/"},
     "example.com"},
    {"HTTPS://Example.COM:443/A",
     {true, "example.com", false, 443, "/A"},
     "example.com"},
    {"http://h:443/", {false, "h", false, 443, "/"}, "h:443"},
    {"http://h:/x", {false, "h", false, 80, "/x"}, "h"},
    {"http://n8n_1:5678/webhook/t?a=b&c=%20",
     {false, "n8n_1", false, 5678, "/webhook/t?a=b&c=%20"},
     "n8n_1:5678"},
    {"http://h?x", {false, "h", false, 80, "/?x"}, "h"},
    {"http://h/?", {false, "h", false, 80, "/?"}, "h"},
    {"http://h/a/../b//c", {false, "h", false, 80, "/a/../b//c"}, "h"},
    {"http://192.0.2.1:8080/",
     {false, "192.0.2.1", true, 8080, "/"},
     "192.0.2.1:8080"},
    {"https://[2001:DB8::1]/",
     {true, "2001:db8::1", true, 443, "/"},
     "[2001:db8::1]"},
    {"http://[::1]:81/", {false, "::1", true, 81, "/"}, "[::1]:81"},
    {"http://xn--bcher-kva.example/",
     {false, "xn--bcher-kva.example", false, 80, "/"},
     "xn--bcher-kva.example"},
    {"http://1a.2b.3c4/", {false, "1a.2b.3c4", false, 80, "/"}, "1a.2b.3c4"},
  };
  for (const auto& r : rows) {
    const auto got = parse(r.text);
    EXPECT_EQ(got, r.expected)
      << r.text << " -> " << got.host << " " << got.target;
    EXPECT_EQ(got.authority(), r.authority) << r.text;
  }
}

TEST(Url, IsRefusedWhenItCannotBeMeantOrCannotBeSent) {
  const std::vector<std::string> rows{
    "",
    "/path",
    "example.com/path",
    "//example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "http:example.com",
    "http:///path",
    "http://",
    "http://:80/",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://@example.com/",
    "http://example.com/#part",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:99999999999/",
    "http://example.com:http/",
    "http://example.com/a b",
    "http://example.com/\r\nX: y",
    std::string{"http://example.com/\0", 20},
    "http://bücher.example/",
    "http://example.com/bücher",
    "http://exa%6dple.com/",
    "http://-a.example/",
    "http://a-.example/",
    "http://a..example/",
    "http://.example/",
    "http://example.com./",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://256.0.0.1/",
    "http://1.2.3.4.5/",
    "http://1.2.3.4x/",
    "http://1.2.3.4:5x/",
    "http://[::1]x/",
    "http://[::1/",
    "http://[fe80::1%25eth0]/",
    "http://[v1.x]/",
    "http://" + std::string(64, 'a') + ".example/",
    "http://example.com/" + std::string(url_size_max, 'a'),
  };
  for (const auto& text : rows) {
    std::string problem;
    const auto got = parse_url(text, problem);
    EXPECT_FALSE(got) << text << " -> " << (got ? got->host : "");
    EXPECT_FALSE(problem.empty()) << text;
  }
}

TEST(Url, ProblemsDoNotRepeatTheText) {
  std::string problem;
  EXPECT_FALSE(parse_url("http://user:hunter2@example.com/", problem));
  EXPECT_EQ(problem.find("hunter2"), std::string::npos);
}

} // namespace
} // namespace switchboard::net
