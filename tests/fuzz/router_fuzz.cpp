// Paths and methods against the routes; the first byte chooses the method.
#include "net/router.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>

namespace {

using namespace switchboard;
using boost::beast::http::verb;
using fuzz::require;

net::router make_routes() {
  const auto any = [](net::request&) { return net::response{}; };
  net::router out;
  out.post("/api/ticket", net::sync_handler{any});
  out.post("/api/ticket/inbound", net::sync_handler{any});
  out.get("/api/ticket/:ref", net::sync_handler{any});
  out.get("/api/v1/:kind/:id", net::sync_handler{any});
  out.post("/api/v1/dead-letters/:id/replay", net::sync_handler{any});
  out.get("/", net::sync_handler{any});
  return out;
}

std::size_t count_parameters(std::string_view pattern) {
  return static_cast<std::size_t>(std::ranges::count(pattern, ':'));
}

std::size_t count_segments(std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count(path, '/'));
}

void check_decoding(std::string_view text) {
  for (const bool plus_is_space : {false, true}) {
    const auto decoded = net::percent_decode(text, plus_is_space);
    require(decoded.size() <= text.size(), "decoding never grows");
    if (text.find_first_of("%+") == std::string_view::npos)
      require(decoded == text, "plain text stays as it is");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto routes = make_routes();
  if (size == 0)
    return 0;
  constexpr int verb_count = 34;
  const auto method = static_cast<verb>(data[0] % verb_count);
  const auto path = fuzz::to_text(data + 1, size - 1);
  check_decoding(path);
  std::vector<std::string> params{"left over"};
  const auto match = routes.find(method, path, params);
  if (match.found == nullptr) {
    require(!match.path_known || !match.allow.empty(), "405 names methods");
    return 0;
  }
  require(match.path_known, "what is found is known");
  require(match.found->method == method
            || (method == verb::head && match.found->method == verb::get),
          "the method fits");
  require(params.size() == count_parameters(match.found->pattern),
          "all parameters are there");
  require(count_segments(path) == count_segments(match.found->pattern),
          "the path has the segments of its pattern");
  for (const auto& one : params) {
    require(!one.empty(), "no parameter is empty");
    // The parser of requests lets no bare NUL come so far.
    require(path.find('\0') != std::string_view::npos
              || one.find('\0') == std::string::npos,
            "no escape hides a NUL");
  }
  return 0;
}
