#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace switchboard::net {

/// A bell: says to all who listen that there may be news, without saying what.
/// Made for one that rings thousands of times a second (what was committed)
/// and up to thousands of streams that then look for themselves.
///
/// The first ring after a silence wakes at once; what rings within `gap` of a
/// waking is answered by one more at its end. So a listener is woken at most
/// once in `gap`, and nothing that rang stays unheard. A ring that nobody
/// hears, or that another is ahead of, costs a look at an atomic.
///
/// Life: the io_context must outlive the list and all its subscriptions.
///
/// Thread contract: all members from any thread. The listeners are called on a
/// thread of the io_context, under the list's lock: they must be quick, not
/// throw and not come back here. A stream source's `wake` is such a one.
class wake_list {
public:
  class core;

  /// Listens until it is destroyed; then its listener is not running and will
  /// not be called again.
  class subscription {
  public:
    subscription() noexcept;
    subscription(subscription&& other) noexcept;
    subscription& operator=(subscription&& other) noexcept;
    ~subscription();

  private:
    friend class wake_list;
    struct place;
    explicit subscription(std::unique_ptr<place> where) noexcept;

    std::unique_ptr<place> place_;
  };

  explicit wake_list(boost::asio::io_context& io,
                     std::chrono::milliseconds gap
                     = std::chrono::milliseconds{10});
  wake_list(const wake_list&) = delete;
  wake_list& operator=(const wake_list&) = delete;
  ~wake_list();

  /// Subscribe first, then look for what is there: nothing falls between.
  [[nodiscard]] subscription subscribe(std::function<void()> listener);

  /// Call it after the news can be seen.
  void ring();

  [[nodiscard]] std::size_t size() const;

private:
  std::shared_ptr<core> core_;
};

} // namespace switchboard::net
