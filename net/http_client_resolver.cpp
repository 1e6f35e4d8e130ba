#include "net/http_client_resolver.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace switchboard::net {

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t names_waiting_max = 1024;

struct free_addrinfo {
  void operator()(addrinfo* list) const noexcept {
    ::freeaddrinfo(list);
  }
};

std::optional<ip::address> read_address(const addrinfo& from) {
  // Copied out, because the bytes are not aligned for these types by contract.
  if (from.ai_family == AF_INET && from.ai_addrlen >= sizeof(sockaddr_in)) {
    sockaddr_in raw{};
    std::memcpy(&raw, from.ai_addr, sizeof(raw));
    return ip::address_v4{ntohl(raw.sin_addr.s_addr)};
  }
  if (from.ai_family == AF_INET6 && from.ai_addrlen >= sizeof(sockaddr_in6)) {
    sockaddr_in6 raw{};
    std::memcpy(&raw, from.ai_addr, sizeof(raw));
    ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &raw.sin6_addr, bytes.size());
    return ip::address_v6{bytes, raw.sin6_scope_id};
  }
  return std::nullopt;
}

} // namespace

resolved_host resolve_with_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  const auto code = ::getaddrinfo(host.c_str(), nullptr, &hints, &raw);
  const std::unique_ptr<addrinfo, free_addrinfo> list{code == 0 ? raw
                                                                : nullptr};
  resolved_host out;
  if (code != 0) {
    out.problem = ::gai_strerror(code);
    return out;
  }
  for (const auto* i = list.get(); i != nullptr; i = i->ai_next) {
    const auto one = read_address(*i);
    const auto end = out.addresses.end();
    if (one && std::find(out.addresses.begin(), end, *one) == end)
      out.addresses.push_back(*one);
  }
  if (out.addresses.empty())
    out.problem = "the name has no address";
  return out;
}

struct http_client_resolver::shared_state {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<strand> home; ///< empty once stopped
  resolve_function resolve;
  std::size_t threads_max = 1;
  std::size_t threads = 0;
  std::size_t threads_idle = 0;
  std::deque<std::string> names;
  std::unordered_map<std::string, std::vector<callback>> waiting;

  /// Takes a name off the queue; empty means: end.
  std::string next_name() {
    std::unique_lock lock{mutex};
    ++threads_idle;
    changed.wait(lock, [this] { return !home || !names.empty(); });
    --threads_idle;
    if (!home)
      return {};
    auto out = std::move(names.front());
    names.pop_front();
    return out;
  }

  void hand_out(const std::string& host, resolved_host found) {
    const std::lock_guard lock{mutex};
    const auto i = waiting.find(host);
    // Posted under the lock: after `stop` the strand may be gone.
    if (!home || i == waiting.end())
      return;
    boost::asio::post(
      *home, [callbacks = std::move(i->second), result = std::move(found)] {
        for (const auto& f : callbacks)
          f(result);
      });
    waiting.erase(i);
  }

  void work() {
    for (;;) {
      const auto host = next_name();
      if (host.empty())
        return;
      resolved_host found;
      try {
        found = resolve(host);
      } catch (const std::exception& e) {
        found.problem = e.what();
      }
      hand_out(host, std::move(found));
    }
  }
};

http_client_resolver::http_client_resolver(strand home,
                                           resolve_function resolve,
                                           std::size_t threads_max)
  : state_{std::make_shared<shared_state>()} {
  state_->home.emplace(std::move(home));
  state_->resolve = std::move(resolve);
  state_->threads_max = std::max<std::size_t>(threads_max, 1);
}

http_client_resolver::~http_client_resolver() {
  stop();
}

void http_client_resolver::look_up(const std::string& host, callback done) {
  const std::lock_guard lock{state_->mutex};
  if (!state_->home)
    return;
  const auto busy = [&](std::string why) {
    boost::asio::post(*state_->home,
                      [done = std::move(done), why = std::move(why)] {
                        done(resolved_host{{}, why});
                      });
  };
  if (const auto i = state_->waiting.find(host); i != state_->waiting.end()) {
    i->second.push_back(std::move(done));
    return;
  }
  if (state_->names.size() >= names_waiting_max)
    return busy("too many names wait for the resolver");
  if (state_->names.size() >= state_->threads_idle
      && state_->threads < state_->threads_max) {
    try {
      std::thread{[state = state_] { state->work(); }}.detach();
      ++state_->threads;
    } catch (const std::system_error&) {
      if (state_->threads == 0)
        return busy("the system has no room for a resolver thread");
    }
  }
  state_->waiting[host].push_back(std::move(done));
  state_->names.push_back(host);
  state_->changed.notify_one();
}

void http_client_resolver::stop() {
  const std::lock_guard lock{state_->mutex};
  state_->home.reset();
  state_->names.clear();
  state_->waiting.clear();
  state_->changed.notify_all();
}

} // namespace switchboard::net
