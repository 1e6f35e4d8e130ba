// What other servers and operators give the HTTP client: addresses and
// Retry-After.
#include "net/http_client_head.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>

namespace {

using namespace switchboard;
using fuzz::require;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

void try_url(std::string_view text) {
  std::string problem;
  const auto found = net::parse_url(text, problem);
  if (!found) {
    require(!problem.empty(), "a refusal says why");
    return;
  }
  require(found->port != 0, "a port is known");
  require(!found->host.empty(), "a host is known");
  require(found->target.starts_with('/'), "a target begins with a slash");
  require(is_printable(found->target) && is_printable(found->authority()),
          "the parts can stand in a request");
  const auto again = net::parse_url(
    (found->tls ? "https://" : "http://") + found->authority() + found->target,
    problem);
  require(again == found, "an address is read as it is written");

  net::client_request request;
  request.url = text;
  require(net::find_request_problem(request, {}).empty(), "it can be sent");
  const auto head = net::write_request_head(request, *found, "Switchboard");
  require(head.ends_with("\r\n\r\n"), "a head ends");
  require(head.find("\r\n\r\n") == head.size() - 4, "and only once");
}

void try_header(std::string_view text) {
  net::client_request request;
  const auto middle = text.size() / 2;
  request.headers.emplace_back(text.substr(0, middle), text.substr(middle));
  if (!net::find_request_problem(request, {}).empty())
    return;
  const auto head
    = net::write_request_head(request, {false, "h", false, 80, "/"}, "S");
  // Request line, Host, Content-Length, the header itself and two defaults at
  // most, which it may stand for: no header has become two.
  const auto lines = std::ranges::count(head, '\n');
  require(lines >= 6 && lines <= 7, "one header is one line");
}

void try_retry_after(std::string_view text) {
  const std::chrono::system_clock::time_point now{
    std::chrono::seconds{1'700'000'000}};
  if (const auto pause = net::parse_retry_after(text, now))
    require(pause->count() >= 0 && *pause <= std::chrono::hours{24 * 7},
            "a pause is bounded");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto text = fuzz::to_text(data, size);
  try_url(text);
  try_header(text);
  try_retry_after(text);
  return 0;
}
