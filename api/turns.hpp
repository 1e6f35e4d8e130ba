#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

namespace switchboard::api {

/// Lets those who name the same key go one after the other, in the order in
/// which they asked; others do not wait. All of it happens on one executor,
/// that of the coroutines that ask; it must outlive them.
class turns {
public:
  using key = std::string;

  /// Holds the turn; the next one's comes with its end.
  class turn {
  public:
    turn(turns& all, key of) : all_{&all}, key_{std::move(of)} {}
    turn(turn&& other) noexcept
      : all_{std::exchange(other.all_, nullptr)}, key_{std::move(other.key_)} {}
    turn& operator=(turn&&) = delete;
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
      if (all_ != nullptr)
        all_->pass_on(key_);
    }

  private:
    turns* all_;
    key key_;
  };

  boost::asio::awaitable<turn> take(key of);

  /// How many keys are in use.
  [[nodiscard]] std::size_t size() const noexcept {
    return waiting_.size();
  }

private:
  void pass_on(const key& of);

  /// A key that is here is taken; these wait for it. References to its values
  /// survive the coming and going of others.
  std::unordered_map<key, std::deque<std::function<void(bool)>>> waiting_;
};

} // namespace switchboard::api
