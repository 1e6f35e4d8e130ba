#include "channels/telegram/errand.hpp"

#include <gtest/gtest.h>

#include <string>

namespace switchboard::channels::telegram {
namespace {

domain::uuid some_uuid(std::uint64_t seed) {
  return domain::make_uuid7(domain::timestamp{std::chrono::milliseconds{77}}, 3,
                            seed);
}

TEST(Errand, ComesBackAsItWasStored) {
  errand what;
  what.what = errand_kind::message_edit;
  what.ticket = domain::ticket_id{some_uuid(1)};
  what.message = domain::message_sequence{12};
  what.part = 2;
  EXPECT_EQ(decode_errand(encode(what)), what);
  what = {};
  what.what = errand_kind::prompt;
  what.prompt = domain::prompt_id{some_uuid(2)};
  what.about = message_id{99};
  EXPECT_EQ(decode_errand(encode(what)), what);
}

TEST(Errand, KeepsATextAsItIs) {
  errand what;
  what.text = "  two lines\nand \"quotes\"  ";
  EXPECT_EQ(decode_errand(encode(what)), what);
  what.what = errand_kind::reaction;
  what.about = message_id{5};
  what.text.clear();
  EXPECT_EQ(decode_errand(encode(what)), what);
}

TEST(Errand, IsNotReadFromAnythingElse) {
  EXPECT_FALSE(decode_errand(""));
  EXPECT_FALSE(decode_errand("[]"));
  EXPECT_FALSE(decode_errand(R"({"what": "nonsense"})"));
  EXPECT_FALSE(decode_errand(R"({"what": "card", "ticket": "no uuid"})"));
  EXPECT_FALSE(decode_errand(R"({"what": "card", "message": -1})"));
  EXPECT_FALSE(decode_errand(R"({"what": "card", "about": 0})"));
}

} // namespace
} // namespace switchboard::channels::telegram
