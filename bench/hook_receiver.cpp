#include "bench/hook_receiver.hpp"

#include "bench/answer_parser.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <system_error>

namespace switchboard::bench {

namespace {

constexpr std::uint64_t ticket_number_max = 100'000'000;

template <class Number>
bool parse(std::string_view text, Number& out) {
  return std::from_chars(text.data(), text.data() + text.size(), out).ec
         == std::errc{};
}

/// The number behind `name` (with its quotes and colon), or 0.
std::uint64_t find_number(std::string_view json, std::string_view name) {
  std::uint64_t out = 0;
  const auto at = json.find(name);
  return at != std::string_view::npos
             && parse(json.substr(at + name.size()), out)
           ? out
           : 0;
}

/// `2026-01-31T12:00:00.123Z`
std::chrono::system_clock::time_point parse_time(std::string_view text) {
  constexpr std::size_t length = 24;
  std::tm parts{};
  int millis = 0;
  if (text.size() != length)
    return {};
  const auto read = [&](std::size_t at, std::size_t size, int& out) {
    return parse(text.substr(at, size), out);
  };
  if (!read(0, 4, parts.tm_year) || !read(5, 2, parts.tm_mon)
      || !read(8, 2, parts.tm_mday) || !read(11, 2, parts.tm_hour)
      || !read(14, 2, parts.tm_min) || !read(17, 2, parts.tm_sec)
      || !read(20, 3, millis))
    return {};
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return std::chrono::system_clock::from_time_t(::timegm(&parts))
         + std::chrono::milliseconds{millis};
}

} // namespace

hook_receiver::hook_receiver(std::uint32_t endpoints)
  : told_(endpoints),
    server_{0, [this](const light_call& call, light_answer&) {
              count(call.target, call.body);
            }} {}

std::string hook_receiver::url(std::uint32_t endpoint) const {
  return "http://127.0.0.1:" + std::to_string(server_.port()) + '/'
         + std::to_string(endpoint);
}

void hook_receiver::stop() {
  server_.stop();
}

hook_figures hook_receiver::figures() const {
  auto out = figures_;
  out.span = last_ - first_;
  std::vector<std::uint64_t> each;
  for (const auto& told : told_)
    each.push_back(
      static_cast<std::uint64_t>(std::count(told.begin(), told.end(), true)));
  const auto [least, most] = std::minmax_element(each.begin(), each.end());
  if (least != each.end()) {
    out.known_min = *least;
    out.known_max = *most;
  }
  return out;
}

void hook_receiver::count(std::string_view target, std::string_view body) {
  const auto now = clock::now();
  std::size_t endpoint = told_.size();
  if (target.size() > 1)
    parse(target.substr(1), endpoint);
  const auto number = find_number(body, "\"number\":");
  const auto at = parse_time(find_json_string(body, "timestamp"));
  if (endpoint >= told_.size() || number == 0 || number > ticket_number_max
      || at == clock::time_point{}
      || find_json_string(body, "type") != "ticket.created") {
    ++figures_.strange;
    return;
  }
  if (figures_.deliveries++ == 0)
    first_ = now;
  last_ = now;
  auto& told = told_[endpoint];
  if (told.size() <= number)
    told.resize(std::max(told.size() * 2, std::size_t{number} + 1));
  if (told[number]) {
    ++figures_.repeated;
    return;
  }
  told[number] = true;
  figures_.latency.record(
    std::max(now - at, std::chrono::system_clock::duration{0}));
  ++known_;
}

} // namespace switchboard::bench
