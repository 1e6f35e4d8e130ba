#include "channels/webhooks/endpoint_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::channels::webhooks {
namespace {

std::string refuse_private(std::string_view address) {
  if (address.starts_with("127.") || address == "::1")
    return "loopback";
  return address.starts_with("10.") ? "private" : "";
}

class EndpointUrl : public testing::Test {
protected:
  [[nodiscard]] std::string problem(std::string_view url) const {
    problem_list found;
    check_url(url, rules, found);
    EXPECT_LE(found.size(), 1U) << url;
    if (found.empty())
      return "";
    EXPECT_EQ(found.front().field, "url");
    return found.front().message;
  }

  url_rules rules{false, refuse_private};
};

TEST_F(EndpointUrl, MayNameAPublicHost) {
  for (const auto* url :
       {"https://example.com", "https://example.com/", "HTTPS://Example.COM/h",
        "https://example.com:8443/hook?a=b&c=%20", "https://93.184.216.34/x",
        "https://[2606:2800:220:1::1]/", "https://xn--bcher-kva.example/",
        "https://my_service.example/", "https://example.com:/x"})
    EXPECT_EQ(problem(url), "") << url;
}

TEST_F(EndpointUrl, SaysWhatIsWrong) {
  struct row {
    std::string_view url;
    std::string_view message;
  };
  const std::vector<row> rows{
    {"", "is required"},
    {"http://example.com/", "must begin with https://"},
    {"ftp://example.com/", "must begin with https://"},
    {"https:///path", "names no host"},
    {"https://user:pw@example.com/",
     "must not hold a user name or a password; use a header"},
    {"https://@example.com/",
     "must not hold a user name or a password; use a header"},
    {"https://example.com/#x", "must not end in a #fragment"},
    {"https://example.com:0/", "its port must lie between 1 and 65535"},
    {"https://example.com:65536/", "its port must lie between 1 and 65535"},
    {"https://1.2.3.4.5/", "its host or port is not valid"},
    {"https://127.1/", "its host is not a valid name or IP address"},
    {"https://2130706433/", "its host is not a valid name or IP address"},
    {"https://0x7f000001/", "its host is not a valid name or IP address"},
    {"https://-a.example/", "its host is not a valid name or IP address"},
    {"https://a..example/", "its host is not a valid name or IP address"},
    {"https://a%2eexample/", "its host is not a valid name or IP address"},
    {"https://127.0.0.1/", "its host is not allowed: loopback"},
    {"https://10.1.2.3/", "its host is not allowed: private"},
    {"https://[::1]/", "its host is not allowed: loopback"},
    {"https://localhost/", "its host is not allowed: loopback"},
    {"https://Api.LocalHost/", "its host is not allowed: loopback"},
  };
  for (const auto& r : rows)
    EXPECT_EQ(problem(r.url), r.message) << r.url;
  for (const auto* url :
       {"example.com", "/hook", "//example.com/", "https://exa mple.com/",
        "https://bücher.example/", "https://example.com/\r\nX: y",
        "https://example.com/a b", " https://example.com/", "mailto:a@b.c"})
    EXPECT_NE(problem(url), "") << url;
}

TEST_F(EndpointUrl, MayBePlainHttpWhereThatIsAllowed) {
  rules.allow_http = true;
  EXPECT_EQ(problem("http://example.com/"), "");
  EXPECT_EQ(problem("ftp://example.com/"),
            "must begin with https:// or http://");
}

TEST_F(EndpointUrl, MayNameAnyAddressWithoutARule) {
  rules.refusal_of_address = nullptr;
  EXPECT_EQ(problem("https://127.0.0.1/"), "");
  EXPECT_EQ(problem("https://localhost/"), "");
}

TEST_F(EndpointUrl, HasAtMostTwoThousandBytes) {
  const std::string start = "https://example.com/";
  EXPECT_EQ(problem(start + std::string(2'000 - start.size(), 'a')), "");
  EXPECT_EQ(problem(start + std::string(2'001 - start.size(), 'a')),
            "is longer than 2000 bytes");
}

problem_list check(const header_list& headers) {
  problem_list out;
  check_headers(headers, out);
  return out;
}

TEST(EndpointHeaders, MayBeTheOwnersOwn) {
  EXPECT_EQ(check({{"Authorization", "Bearer abc"},
                   {"X-Tenant", "7"},
                   {"Cookie", "a=b"},
                   {"User-Agent", "crm"},
                   {"X-Empty", ""}}),
            problem_list{});
}

TEST(EndpointHeaders, MayNotBeOurs) {
  for (const auto* name :
       {"Host", "connection", "Transfer-Encoding", "Content-Length",
        "content-type", "Content-Encoding", "webhook-id", "Webhook-Signature",
        "webhook-anything", "svix-id", "TE", "Upgrade", "Keep-Alive", "Expect",
        "Accept-Encoding", "Trailer", "Proxy-Authorization"}) {
    const auto found = check({{name, "x"}});
    ASSERT_EQ(found.size(), 1U) << name;
    EXPECT_TRUE(found[0].message.starts_with("is set by Switchboard")) << name;
  }
  EXPECT_EQ(check({{"Host", "x"}})[0].field, "headers.host");
}

TEST(EndpointHeaders, CannotSmuggle) {
  for (const auto* name : {"", "a b", "a:", "a\r\nb", "é", "(x)"})
    EXPECT_EQ(check({{name, "x"}}).size(), 1U) << name;
  for (const auto* value :
       {"a\r\nb: c", "a\nb", "\x01", "\x7F", "é", " a", "a ", "\ta"})
    EXPECT_EQ(
      check({{"x-a", value}}),
      (problem_list{
        {"headers.x-a", "must be printable ASCII without blanks at its ends"}}))
      << value;
  EXPECT_EQ(check({{"x-a", std::string{"a\0b", 3}}}).size(), 1U);
}

TEST(EndpointHeaders, AreFewAndSmallAndDifferent) {
  header_list headers;
  for (int i = 0; i < 20; ++i)
    headers.emplace_back("x-" + std::to_string(i), "v");
  EXPECT_TRUE(check(headers).empty());
  headers.emplace_back("x-20", "v");
  EXPECT_EQ(check(headers).size(), 1U);
  EXPECT_EQ(check({{"x", std::string(4'095, 'v')}}), problem_list{});
  EXPECT_EQ(check({{"x", std::string(4'096, 'v')}}).size(), 1U);
  EXPECT_EQ(check({{"X-A", "1"}, {"x-a", "2"}}),
            (problem_list{{"headers", "names a header more than once"}}));
}

TEST(EndpointHeaders, AreAllReportedAtOnce) {
  EXPECT_EQ(check({{"host", "x"}, {"a b", "x"}, {"x-a", "\n"}}).size(), 3U);
}

std::vector<std::string> event_problems(std::vector<std::string> events) {
  problem_list found;
  check_events(events, found);
  std::vector<std::string> out;
  for (const auto& one : found) {
    EXPECT_EQ(one.field, "events");
    out.push_back(one.message);
  }
  return out;
}

TEST(EndpointEvents, AreKnownOrAStar) {
  using texts = std::vector<std::string>;
  EXPECT_EQ(event_problems({"*"}), texts{});
  EXPECT_EQ(event_problems({event_types.begin(), event_types.end()}), texts{});
  EXPECT_EQ(event_problems({}),
            texts{"must name at least one event type, or *"});
  EXPECT_EQ(
    event_problems({"ticket.created", "ticket.*", "", "ticket.created"}),
    (texts{"unknown event type: ticket.*",
           "unknown event type: ", "is given more than once: ticket.created"}));
  EXPECT_EQ(event_problems(texts(11, "*")),
            texts{"has more entries than there are event types"});
}

} // namespace
} // namespace switchboard::channels::webhooks
