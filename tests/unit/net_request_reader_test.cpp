#include "net/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace switchboard::net {
namespace {

constexpr std::size_t header_bytes_max = 4096;

/// Feeds `bytes` in pieces of `piece`; what the reader says of a head, or 0
/// when it took it.
unsigned refusal_of(std::string_view bytes, std::size_t piece) {
  request_reader reader{header_bytes_max};
  while (!bytes.empty()) {
    const auto room = reader.prepare();
    const auto size = std::min({piece, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), size);
    reader.commit(size);
    bytes.remove_prefix(size);
    const auto now = reader.advance();
    if (now == request_reader::progress::refused)
      return reader.refusal().status;
    if (now == request_reader::progress::head)
      return 0;
  }
  return 0;
}

struct row {
  std::string name;
  std::string bytes;
  unsigned status;
};

class RequestReader : public testing::TestWithParam<row> {};

TEST_P(RequestReader, SaysTheSameHoweverTheBytesAreCut) {
  const auto& [name, bytes, status] = GetParam();
  for (const std::size_t piece : {1U, 7U, 100U, 1000U, 2047U, 2048U, 100000U})
    EXPECT_EQ(refusal_of(bytes, piece), status) << "pieces of " << piece;
}

INSTANTIATE_TEST_SUITE_P(
  Heads, RequestReader,
  testing::Values(
    row{"Plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    row{
      "LongField",
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n",
      431},
    row{"LongTarget",
        "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    row{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    row{"NoRequest", "\x16\x03\x01\x02\r\n\r\n", 400}),
  [](const auto& tested) { return tested.param.name; });

} // namespace
} // namespace switchboard::net
