#include "net/http_client_pool.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::net {

http_client_pool::slot http_client_pool::enter(const std::string& key,
                                               pool_waiter& who) {
  auto& h = hosts_[key];
  if (h.in_use < limits_.connections_per_host_max) {
    ++h.in_use;
    return slot::granted;
  }
  if (h.waiters.size() >= limits_.waiting_per_host_max) {
    forget_if_unused(key); // with a limit of 0 connections
    return slot::refused;
  }
  h.waiters.push_back(&who);
  ++waiting_;
  return slot::queued;
}

void http_client_pool::leave(const std::string& key, pool_waiter& who) {
  const auto i = hosts_.find(key);
  if (i == hosts_.end())
    return;
  waiting_ -= std::erase(i->second.waiters, &who);
  forget_if_unused(key);
}

void http_client_pool::release(const std::string& key) {
  const auto i = hosts_.find(key);
  if (i == hosts_.end())
    return;
  auto& h = i->second;
  if (h.waiters.empty()) {
    --h.in_use;
    forget_if_unused(key);
    return;
  }
  auto* next = h.waiters.front();
  h.waiters.pop_front();
  --waiting_;
  next->on_slot();
}

http_client_pool::connection_ptr http_client_pool::take(const std::string& key,
                                                        clock::time_point now) {
  const auto i = hosts_.find(key);
  if (i == hosts_.end())
    return nullptr;
  auto& idle = i->second.idle;
  while (!idle.empty()) {
    auto last = std::move(idle.back());
    idle.pop_back();
    --idle_;
    // Peers close what is idle; asking first saves most of the retries.
    if (last.until > now && last.connection->looks_alive())
      return std::move(last.connection);
  }
  return nullptr;
}

void http_client_pool::keep(const std::string& key, connection_ptr one,
                            clock::time_point now) {
  auto& idle = hosts_[key].idle;
  if (idle_ >= limits_.idle_max || idle.size() >= limits_.idle_per_host_max) {
    forget_if_unused(key);
    return;
  }
  idle.push_back({std::move(one), now + limits_.idle_timeout});
  ++idle_;
}

http_client_pool::clock::time_point
http_client_pool::prune(clock::time_point now) {
  auto next = clock::time_point::max();
  for (auto i = hosts_.begin(); i != hosts_.end();) {
    auto& h = i->second;
    while (!h.idle.empty() && h.idle.front().until <= now) {
      h.idle.pop_front();
      --idle_;
    }
    if (!h.idle.empty())
      next = std::min(next, h.idle.front().until);
    const auto unused = h.in_use == 0 && h.idle.empty() && h.waiters.empty();
    i = unused ? hosts_.erase(i) : std::next(i);
  }
  return next;
}

void http_client_pool::close_idle() {
  for (auto& [key, h] : hosts_)
    h.idle.clear();
  idle_ = 0;
}

void http_client_pool::forget_if_unused(const std::string& key) {
  const auto i = hosts_.find(key);
  if (i != hosts_.end() && i->second.in_use == 0 && i->second.idle.empty()
      && i->second.waiters.empty())
    hosts_.erase(i);
}

} // namespace switchboard::net
