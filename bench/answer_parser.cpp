#include "bench/answer_parser.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace switchboard::bench {

namespace {

constexpr std::string_view version = "HTTP/1.1 ";
constexpr std::size_t head_bytes_max = 16'384;
constexpr std::size_t body_bytes_max = 67'108'864;

struct head {
  std::size_t length = 0; ///< the head with its empty line; 0: not yet there
  std::size_t body_length = 0;
  bool closes = false;
  bool malformed = false;
};

bool same_text(std::string_view lhs, std::string_view rhs) noexcept {
  return lhs.size() == rhs.size()
         && strncasecmp(lhs.data(), rhs.data(), lhs.size()) == 0;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

void read_header(std::string_view line, head& out) noexcept {
  // Only names with these initials matter; most lines end here.
  auto initial = line.front() | 0x20;
  if (initial != 'c' && initial != 't')
    return;
  auto colon = line.find(':');
  if (colon == std::string_view::npos)
    return;
  auto name = line.substr(0, colon);
  auto value = trimmed(line.substr(colon + 1));
  if (same_text(name, "content-length")) {
    auto [end, error] = std::from_chars(
      value.data(), value.data() + value.size(), out.body_length);
    out.malformed |= error != std::errc{} || end != value.data() + value.size()
                     || out.body_length > body_bytes_max;
  } else if (same_text(name, "connection")) {
    out.closes = same_text(value, "close");
  } else if (same_text(name, "transfer-encoding")) {
    out.malformed = true;
  }
}

head read_head(std::string_view input) noexcept {
  head result;
  std::size_t at = 0;
  bool first = true;
  while (true) {
    const auto* found = static_cast<const char*>(
      std::memchr(input.data() + at, '\n', input.size() - at));
    if (found == nullptr)
      return result;
    auto end = static_cast<std::size_t>(found - input.data());
    auto line = input.substr(at, end - at);
    if (line.empty() || line.back() != '\r') {
      result.malformed = true;
      return result;
    }
    line.remove_suffix(1);
    at = end + 1;
    if (line.empty()) {
      result.length = at;
      return result;
    }
    if (!first)
      read_header(line, result);
    first = false;
  }
}

} // namespace

parse_result parse_answer(std::string_view input) noexcept {
  parse_result result;
  auto known = std::min(input.size(), version.size());
  if (input.substr(0, known) != version.substr(0, known)) {
    result.state = parse_state::malformed;
    return result;
  }
  auto head = read_head(input);
  if (head.malformed || (head.length == 0 && input.size() > head_bytes_max)) {
    result.state = parse_state::malformed;
    return result;
  }
  if (head.length == 0) {
    result.bytes = input.size() + 1;
    return result;
  }
  const auto* digits = input.data() + version.size();
  auto [end, error] = std::from_chars(digits, digits + 3, result.parsed.status);
  if (error != std::errc{} || end != digits + 3 || result.parsed.status < 200) {
    result.state = parse_state::malformed;
    return result;
  }
  result.bytes = head.length + head.body_length;
  if (input.size() < result.bytes)
    return result;
  result.state = parse_state::complete;
  result.parsed.body = input.substr(head.length, head.body_length);
  result.parsed.closes = head.closes;
  return result;
}

std::string_view find_json_string(std::string_view json,
                                  std::string_view name) noexcept {
  std::size_t at = 0;
  while ((at = json.find(name, at)) != std::string_view::npos) {
    auto after = at + name.size();
    auto quoted = at > 0 && json[at - 1] == '"' && after < json.size()
                  && json[after] == '"';
    at = after;
    if (!quoted)
      continue;
    auto rest = json.substr(after + 1);
    auto start = rest.find_first_not_of(" \t");
    if (start == std::string_view::npos || rest[start] != ':')
      continue;
    rest = rest.substr(start + 1);
    start = rest.find_first_not_of(" \t");
    if (start == std::string_view::npos || rest[start] != '"')
      continue;
    rest = rest.substr(start + 1);
    auto end = rest.find('"');
    return end == std::string_view::npos ? std::string_view{}
                                         : rest.substr(0, end);
  }
  return {};
}

} // namespace switchboard::bench
