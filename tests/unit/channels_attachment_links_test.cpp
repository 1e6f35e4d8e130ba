// Signed addresses of attachments.
#include "channels/attachment_links.hpp"
#include "channels/rest/objects.hpp"
#include "channels/web/visitor.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace switchboard::channels {
namespace {

using namespace std::chrono_literals;
using verdict = attachment_links::verdict;

class AttachmentLinks : public testing::Test {
protected:
  domain::timestamp now{std::chrono::hours{24 * 365 * 56} + 30min};
  attachment_links links{"a secret", [this] { return now; }};
  domain::attachment_id id{domain::uuid_of_number(7)};

  struct parameters {
    std::string expires;
    std::string signature;
  };

  [[nodiscard]] parameters given() const {
    const auto url = links.url(id);
    const auto question = url.find("?expires=");
    const auto second = url.find("&signature=");
    EXPECT_EQ(url.substr(0, question), attachment_path(id));
    return {url.substr(question + 9, second - question - 9),
            url.substr(second + 11)};
  }
};

TEST_F(AttachmentLinks, AreGoodForAnHourAtLeast) {
  const auto [expires, signature] = given();
  EXPECT_EQ(links.judge(id, expires, signature), verdict::good);
  now += 1h + 29min;
  EXPECT_EQ(links.judge(id, expires, signature), verdict::good);
  now += 1min;
  EXPECT_EQ(links.judge(id, expires, signature), verdict::expired);
}

TEST_F(AttachmentLinks, StayTheSameWithinAnHour) {
  const auto first = links.url(id);
  now += 29min;
  EXPECT_EQ(links.url(id), first);
  now += 1min;
  EXPECT_NE(links.url(id), first);
}

TEST_F(AttachmentLinks, AreKnownByTheirOwnKeyAlone) {
  const auto [expires, signature] = given();
  const attachment_links others{"another secret", [this] { return now; }};
  EXPECT_EQ(others.judge(id, expires, signature), verdict::wrong);
  EXPECT_EQ(links.judge({domain::uuid_of_number(8)}, expires, signature),
            verdict::wrong);
  EXPECT_EQ(links.judge(id, expires + "0", signature), verdict::wrong);
  EXPECT_EQ(links.judge(id, "", signature), verdict::wrong);
  EXPECT_EQ(links.judge(id, expires, ""), verdict::wrong);
  auto other = signature;
  other.front() = other.front() == '0' ? '1' : '0';
  EXPECT_EQ(links.judge(id, expires, other), verdict::wrong);
  EXPECT_EQ(links.judge(id, std::string(1'000, '9'), signature),
            verdict::wrong);
}

TEST_F(AttachmentLinks, StandInMessages) {
  domain::message_draft message;
  message.id = {domain::uuid_of_number(1)};
  message.attachments
    = {{id, "a \"b\".png", "image/png", 12}, {id, "later", "video/mp4", 0}};
  std::string text;
  json::writer out{text};
  rest::write_message(out, domain::message_sequence{1}, now, message, {},
                      &links);
  EXPECT_NE(text.find(R"("attachments":[{"id":")" + to_string(id.value)
                      + R"(","name":"a \"b\".png","mime_type":"image/png",)"
                      + R"("size":12,"url":")" + links.url(id) + "\"}"),
            std::string::npos)
    << text;
  EXPECT_NE(text.find(R"("size":null)"), std::string::npos);
  text.clear();
  json::writer plain{text};
  web::write_visitor_message(plain, {}, {domain::ticket_number{1}, now},
                             message);
  EXPECT_NE(text.find(R"("url":")" + attachment_path(id) + '"'),
            std::string::npos)
    << text;
}

TEST(VisitorMessage, MayConsistOfAttachments) {
  const auto id = domain::uuid_of_number(7);
  const auto form = web::decode_visitor_message(R"({"attachment_ids":[")"
                                                + to_string(id) + R"("]})");
  ASSERT_TRUE(form.value);
  EXPECT_EQ(form.value->body, "");
  ASSERT_EQ(form.value->attachments.size(), 1U);
  EXPECT_EQ(form.value->attachments.front().value, id);
  EXPECT_FALSE(web::decode_visitor_message("{}").value);
  EXPECT_FALSE(web::decode_visitor_message(R"({"attachment_ids":[]})").value);
  EXPECT_FALSE(
    web::decode_visitor_message(R"({"body":"a","attachment_ids":["b"]})")
      .value);
  const auto twice = R"({"body":"a","attachment_ids":[")" + to_string(id)
                     + R"(",")" + to_string(id) + R"("]})";
  EXPECT_FALSE(web::decode_visitor_message(twice).value);
}

} // namespace
} // namespace switchboard::channels
