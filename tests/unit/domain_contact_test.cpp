#include "domain/contact.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::domain {
namespace {

using namespace std::string_literals;

struct reading {
  std::string text;
  std::string expected; ///< empty: refused
};

const std::vector<reading> phones{
  {"+1234567890", "+1234567890"},
  {"+919655716000", "+919655716000"},
  {"+91 96557 16000", "+919655716000"},
  {"+1 (415) 555-2671", "+14155552671"},
  {"+44.20.7946.0000", "+442079460000"},
  {"+49-(30)-901820", "+4930901820"},
  {"whatsapp:+14155552671", "+14155552671"},
  {"whatsapp:+1 415 555 2671", "+14155552671"},
  {"+12345678", "+12345678"},
  {"+123456789012345", "+123456789012345"},
  {"+1234567", ""},
  {"+1234567890123456", ""},
  {"", ""},
  {"+", ""},
  {"1234567890", ""},
  {"001234567890", ""},
  {"+0123456789", ""},
  {"++1234567890", ""},
  {"+ 1234567890", ""},
  {"+1234567890 ", ""},
  {" +1234567890", ""},
  {"+1234567890-", ""},
  {"+(1)234567890", ""},
  {"+1)415(5552671", ""},
  {"+1((415))5552671", ""},
  {"+1(4155552671", ""},
  {"+1415555)2671", ""},
  {"+1 415 555 2671 ext 5", ""},
  {"+1/415/5552671", ""},
  {"+1\t4155552671", ""},
  {"+1\n4155552671", ""},
  {"+14155552671\r\nX: y", ""},
  {"+1415555\0002671"s, ""},
  {"+1415555267x", ""},
  {"+\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93\xEF\xBC\x94\xEF\xBC\x95", ""},
  {"+1\xC2\xA0"
   "4155552671",
   ""},
  {"whatsapp:", ""},
  {"whatsapp:14155552671", ""},
  {"whatsapp: +14155552671", ""},
  {"WhatsApp:+14155552671", ""},
  {"whatsapp:whatsapp:+14155552671", ""},
  {"tel:+14155552671", ""},
  {"+1" + std::string(200, ' ') + "4155552671", ""},
  {std::string(100'000, '+'), ""},
};

TEST(Phone, IsReadIntoE164) {
  for (const auto& row : phones) {
    const auto read = parse_phone(row.text);
    if (row.expected.empty()) {
      ASSERT_FALSE(read.has_value()) << row.text;
      EXPECT_EQ(read.error().code, errc::invalid) << row.text;
    } else {
      ASSERT_TRUE(read.has_value()) << row.text;
      EXPECT_EQ(read.value(), row.expected);
    }
  }
}

TEST(Phone, IsReadTheSameTwice) {
  for (const auto& row : phones)
    if (!row.expected.empty()) {
      EXPECT_EQ(parse_phone(row.expected).value(), row.expected);
    }
}

const std::string label63(63, 'a');
const std::string local64(64, 'l');

const std::vector<reading> emails{
  {"jane@example.com", "jane@example.com"},
  {"Jane.Doe@Example.COM", "Jane.Doe@example.com"},
  {"jane+tag@example.co.uk", "jane+tag@example.co.uk"},
  {"a@b.cd", "a@b.cd"},
  {"!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"},
  {"jane@xn--bcher-kva.example", "jane@xn--bcher-kva.example"},
  {"jane@b\xC3\xBC"
   "cher.example",
   "jane@b\xC3\xBC"
   "cher.example"},
  {"jane@\xE4\xBE\x8B\xE5\xAD\x90.\xE5\xB9\xBF\xE5\x91\x8A",
   "jane@\xE4\xBE\x8B\xE5\xAD\x90.\xE5\xB9\xBF\xE5\x91\x8A"},
  {"jane@1and1.com", "jane@1and1.com"},
  {"jane@3.example", "jane@3.example"},
  {local64 + "@example.com", local64 + "@example.com"},
  {"j@" + label63 + ".example", "j@" + label63 + ".example"},
  {"j@" + label63 + "." + label63 + "." + label63 + "." + std::string(59, 'b')
     + ".c",
   ""},
  {"l" + local64 + "@example.com", ""},
  {"j@a" + label63 + ".example", ""},
  {"", ""},
  {"@", ""},
  {"jane", ""},
  {"jane@", ""},
  {"@example.com", ""},
  {"jane@localhost", ""},
  {"jane@example.", ""},
  {"jane@.example", ""},
  {"jane@example..com", ""},
  {"jane@-example.com", ""},
  {"jane@example-.com", ""},
  {"jane@exa_mple.com", ""},
  {"jane@192.168.0.1", ""},
  {"jane@[192.168.0.1]", ""},
  {".jane@example.com", ""},
  {"jane.@example.com", ""},
  {"jane..doe@example.com", ""},
  {"\"jane doe\"@example.com", ""},
  {"jane(comment)@example.com", ""},
  {"jane@doe@example.com", ""},
  {"jane doe@example.com", ""},
  {" jane@example.com", ""},
  {"jane@example.com ", ""},
  {"Jane <jane@example.com>", ""},
  {"jane@example.com,joe@example.com", ""},
  {"jane@example.com\r\nBcc: joe@example.com", ""},
  {"jane\n@example.com", ""},
  {"jane@example.com\0"s, ""},
  {"jane@exa\0mple.com"s, ""},
  {"j\xC3\xA4ne@example.com", ""},
  {"jane@ex\xC3"
   "ample.com",
   ""},
  {"jane@ex\xED\xA0\x80.com", ""},
  {"jane@example\xE3\x80\x82"
   "com",
   ""},                                // ideographic full stop
  {"jane@\xEF\xBD\x85xample.com", ""}, // full-width e
  {"jane@ex\xE2\x80\x8B"
   "ample.com",
   ""}, // zero width space
  {"jane@\xE2\x80\xAE"
   "elpmaxe.com",
   ""}, // right-to-left override
  {"jane@ex\xC2\xAD"
   "ample.com",
   ""}, // soft hyphen
  {"jane@ex\xC2\x85"
   "ample.com",
   ""}, // next line
  {std::string(100'000, 'a') + "@example.com", ""},
  {"a@" + std::string(100'000, '.'), ""},
};

TEST(Email, IsCheckedAndItsDomainLowered) {
  for (const auto& row : emails) {
    const auto read = parse_email(row.text);
    if (row.expected.empty()) {
      ASSERT_FALSE(read.has_value()) << row.text;
      EXPECT_EQ(read.error().code, errc::invalid) << row.text;
    } else {
      ASSERT_TRUE(read.has_value()) << row.text;
      EXPECT_EQ(read.value(), row.expected);
    }
  }
}

TEST(Email, MayBeAsLongAsTheLimit) {
  std::string address = local64 + "@" + label63 + "." + label63 + ".";
  address += std::string(email_size_max - address.size() - 2, 'b') + ".c";
  ASSERT_EQ(address.size(), email_size_max);
  EXPECT_TRUE(parse_email(address).has_value());
  EXPECT_FALSE(parse_email(address + "d").has_value());
}

TEST(Contact, RefusalsDoNotRepeatTheValue) {
  EXPECT_EQ(parse_phone("secret-number").error().detail.find("secret"),
            std::string::npos);
  EXPECT_EQ(parse_email("secret address").error().detail.find("secret"),
            std::string::npos);
}

} // namespace
} // namespace switchboard::domain
