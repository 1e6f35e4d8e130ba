#include "bench/idle_connections.hpp"

#include "bench/answer_parser.hpp"
#include "bench/website_requests.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <thread>
#include <vector>

namespace switchboard::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 5s;

/// Sends one request and reads its answer; false when it is not a 2xx.
bool ask_once(int fd, const std::string& request) {
  auto sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size()))
    return false;
  std::string received;
  std::array<char, 4096> buffer{};
  while (true) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    auto timeout = std::chrono::milliseconds{answer_timeout}.count();
    if (::poll(&waiting, 1, static_cast<int>(timeout)) <= 0)
      return false;
    auto count = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (count <= 0)
      return false;
    received.append(buffer.data(), static_cast<std::size_t>(count));
    auto result = parse_answer(received);
    if (result.state != parse_state::needs_more)
      return result.state == parse_state::complete
             && result.parsed.status / 100 == 2 && !result.parsed.closes;
  }
}

bool is_alive(int fd) {
  char byte = 0;
  auto count = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace

double idle_figures::bytes_each() const {
  if (connections == 0)
    return 0;
  return (static_cast<double>(resident_after)
          - static_cast<double>(resident_before))
         / connections;
}

idle_figures measure_idle_connections(const idle_options& options,
                                      const process_watch& server) {
  if (raise_descriptor_limit(options.connections) < options.connections)
    throw std::runtime_error{"the limit of open files is too low for "
                             + std::to_string(options.connections)
                             + " connections (ulimit -n)"};
  auto request
    = options.path.empty()
        ? std::string{}
        : make_request("GET", options.path, to_string(options.server), "", "");
  idle_figures figures;
  figures.connections = options.connections;
  figures.resident_before = settled_resident_bytes(server);
  std::vector<descriptor> sockets;
  sockets.reserve(options.connections);
  std::vector<bool> dropped(options.connections, false);
  for (std::uint32_t i = 0; i < options.connections; ++i) {
    sockets.push_back(connect_to(options.server));
    if (!request.empty())
      dropped[i] = !ask_once(sockets.back().get(), request);
  }
  figures.resident_after = settled_resident_bytes(server);
  std::this_thread::sleep_for(options.hold);
  for (std::uint32_t i = 0; i < options.connections; ++i)
    if (dropped[i] || !is_alive(sockets[i].get()))
      ++figures.dropped;
  return figures;
}

} // namespace switchboard::bench
