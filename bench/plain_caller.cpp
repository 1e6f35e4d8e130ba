#include "bench/plain_caller.hpp"

#include "bench/answer_parser.hpp"
#include "bench/website_requests.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::chrono::milliseconds answer_timeout{10'000};

} // namespace

std::string bearer(std::string_view key) {
  return "Authorization: Bearer " + std::string{key} + "\r\n";
}

plain_caller::plain_caller(const endpoint& server, std::string headers)
  : host_{to_string(server)},
    headers_{std::move(headers)},
    socket_{connect_to(server)} {}

std::string plain_caller::call(std::string_view method, std::string_view target,
                               std::string_view body, unsigned wanted) {
  const auto request = make_request(method, target, host_, headers_, body);
  if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL)
      != static_cast<ssize_t>(request.size()))
    throw std::runtime_error{"the server takes no request"};
  std::string received;
  std::array<char, 16'384> buffer{};
  for (;;) {
    pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    const auto size
      = ::poll(&waiting, 1, static_cast<int>(answer_timeout.count())) > 0
          ? ::recv(socket_.get(), buffer.data(), buffer.size(), 0)
          : -1;
    if (size <= 0)
      throw std::runtime_error{"no answer to " + std::string{target}};
    received.append(buffer.data(), static_cast<std::size_t>(size));
    const auto got = parse_answer(received);
    if (got.state == parse_state::needs_more)
      continue;
    if (got.state != parse_state::complete || got.parsed.status != wanted)
      throw std::runtime_error{std::string{method} + ' ' + std::string{target}
                               + " was answered "
                               + std::to_string(got.parsed.status) + ": "
                               + std::string{got.parsed.body}};
    return std::string{got.parsed.body};
  }
}

} // namespace switchboard::bench
