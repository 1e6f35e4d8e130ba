// Goal: pin the bytes of streams. Method: a table of one line per case.

#include "net/stream_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace switchboard::net {
namespace {

TEST(StreamText, WritesMessagesAsEvents) {
  struct row {
    stream_message message;
    const char* text;
  };
  const std::vector<row> table{
    {{"e", "1", "d"}, "id: 1\nevent: e\ndata: d\n\n"},
    {{"", "", "d"}, "data: d\n\n"},
    {{"e", "", ""}, "event: e\ndata: \n\n"},
    {{"", "", "a\nb\r\nc\rd"}, "data: a\ndata: b\ndata: c\ndata: d\n\n"},
    {{"", "", "a\n"}, "data: a\ndata: \n\n"},
    {{"", "", "\r\r\n"}, "data: \ndata: \ndata: \n\n"},
    {{"e\ndata: x", "1\r2", "d"}, "id: 12\nevent: edata: x\ndata: d\n\n"},
  };
  for (const auto& [message, text] : table) {
    std::string out;
    append_event(out, message);
    EXPECT_EQ(out, text);
  }
}

TEST(StreamText, WritesMessagesAsFrames) {
  struct row {
    stream_message message;
    const char* text;
  };
  const std::vector<row> table{
    {{"e", "1", "[2]"}, R"({"event":"e","id":"1","data":[2]})"},
    {{"", "", ""}, R"({"event":"","id":"","data":null})"},
    {{"\"\\\n", "\x1f", "1"},
     R"({"event":"\"\\\u000a","id":"\u001f","data":1})"},
  };
  for (const auto& [message, text] : table)
    EXPECT_EQ(frame_text(message), text);
}

TEST(StreamText, WrapsChunks) {
  std::string out = "head";
  wrap_chunk(out, 4);
  EXPECT_EQ(out, "head");
  out += std::string(26, 'x');
  wrap_chunk(out, 4);
  EXPECT_EQ(out, "head1a\r\n" + std::string(26, 'x') + "\r\n");
}

} // namespace
} // namespace switchboard::net
