// Bytes on a connection. They are read once as a whole and once cut into small
// pieces: the requests must be the same. The first byte seeds the cuts.
#include "net/request_reader.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace switchboard;
using fuzz::require;
using reader = net::request_reader;

constexpr std::size_t header_bytes_max = 2048;
constexpr std::size_t body_bytes_max = 4096;

struct seen_request {
  int method = 0;
  int version = 0;
  bool keep_alive = false;
  std::string target;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;

  friend bool operator==(const seen_request&, const seen_request&) = default;
};

struct seen_connection {
  std::vector<seen_request> requests;
  unsigned refused = 0; ///< the status

  friend bool operator==(const seen_connection&, const seen_connection&)
    = default;
};

seen_request copy(const reader& from) {
  seen_request out;
  out.method = static_cast<int>(from.method());
  out.version = from.version();
  out.keep_alive = from.keep_alive();
  out.target = from.target();
  out.body = from.body();
  require(out.version == 10 || out.version == 11, "a version that we speak");
  require(!out.target.empty(), "a request has a target");
  require(out.body.size() <= body_bytes_max, "the body is within its limit");
  require(from.fields().size() <= reader::field_count_max, "so are headers");
  for (const auto& field : from.fields()) {
    const auto name = from.name(field);
    const auto value = from.value(field);
    require(!name.empty(), "a header has a name");
    require(value.find_first_of("\r\n") == std::string_view::npos,
            "a value is one line");
    out.fields.emplace_back(name, value);
  }
  return out;
}

/// Takes all requests out that are there; false when no more can come.
bool take_requests(reader& from, seen_connection& seen) {
  for (;;) {
    switch (from.advance()) {
      case reader::progress::need_more: return true;
      case reader::progress::head:
        if (from.take_body(body_bytes_max))
          break;
        [[fallthrough]];
      case reader::progress::refused:
        seen.refused = from.refusal().status;
        require(seen.refused >= 400 && seen.refused < 600,
                "a refusal's status");
        require(!from.refusal().code.empty(), "a refusal has a code");
        return false;
      case reader::progress::complete:
        seen.requests.push_back(copy(from));
        from.next();
        break;
    }
  }
}

/// `piece` says how many bytes come next, given how many are left.
template <class Piece>
seen_connection read_all(std::string_view bytes, Piece piece) {
  seen_connection seen;
  reader from{header_bytes_max};
  while (!bytes.empty()) {
    const auto room = from.prepare();
    require(room.size() > 0, "there is room");
    const auto size = std::min(room.size(), piece(bytes.size()));
    std::memcpy(room.data(), bytes.data(), size);
    from.commit(size);
    bytes.remove_prefix(size);
    if (!take_requests(from, seen))
      break;
  }
  return seen;
}

bool is_too_large(unsigned status) {
  return status == 413 || status == 414 || status == 431;
}

/// Whether one of them is how the other begins.
bool is_beginning(const std::vector<seen_request>& a,
                  const std::vector<seen_request>& b) {
  const auto size = std::min(a.size(), b.size());
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size),
                    b.begin());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  // The end of a head, since an unfinished one may be refused now or later.
  const auto bytes
    = std::string{fuzz::to_text(data + 1, size - 1)} + "\r\n\r\n";
  const auto whole = read_all(bytes, [](std::size_t left) { return left; });
  std::minstd_rand random{data[0]};
  const auto pieces = read_all(bytes, [&](std::size_t left) {
    return std::min<std::size_t>(left, 1 + random() % 50);
  });
  // The line of a chunk is measured only while it is not complete, so with the
  // limits of size the one may get further than the other.
  if (is_too_large(whole.refused) || is_too_large(pieces.refused)) {
    require(is_beginning(whole.requests, pieces.requests),
            "until a limit is met all requests are the same");
    return 0;
  }
  require(whole.requests == pieces.requests,
          "requests do not depend on how their bytes arrive");
  require((whole.refused == 0) == (pieces.refused == 0),
          "nor does whether they are refused");
  return 0;
}
