#include "api/turns.hpp"

#include "api/wait_for.hpp"

namespace switchboard::api {

boost::asio::awaitable<turns::turn> turns::take(key of) {
  const auto [place, is_free] = waiting_.try_emplace(of);
  if (!is_free) {
    auto& queue = place->second;
    auto start = [&queue](auto done) { queue.emplace_back(std::move(done)); };
    co_await wait_for<bool>(std::move(start));
  }
  turn mine{*this, std::move(of)};
  co_return mine;
}

void turns::pass_on(const key& of) {
  const auto found = waiting_.find(of);
  if (found->second.empty()) {
    waiting_.erase(found);
    return;
  }
  auto next = std::move(found->second.front());
  found->second.pop_front();
  next(true);
}

} // namespace switchboard::api
