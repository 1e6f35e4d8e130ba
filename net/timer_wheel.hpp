#pragma once

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace switchboard::net {

/// Coarse deadlines for very many waiters: one wheel and one Asio timer for
/// each io_context, got by `timer_wheel::of(io)`. A deadline fires up to one
/// tick late, never early. The timer runs only while something is filed.
///
/// Moving a deadline is a store: an entry is filed at most `slot_count` ticks
/// ahead and looked at again then, so only a deadline nearer than that place
/// has to take the lock.
///
/// It is a service of the io_context, so it outlives all handlers and coroutine
/// frames that the io_context destroys in its end.
class timer_wheel final : public boost::asio::execution_context::service {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  static constexpr std::chrono::milliseconds tick{100};
  static constexpr time_point never = time_point::max();

  /// One waiter; it lives inside its owner, who must not move. `expired` is
  /// called on a thread of the io_context, under the wheel's lock: it may take
  /// locks that are never held while calling the wheel, post, and nothing more.
  /// It returns its next deadline or `never`. Once the destructor has returned,
  /// it is not running and will not be called.
  class entry {
  public:
    using function = time_point (*)(void* owner) noexcept;

    entry(timer_wheel& wheel, void* owner, function expired) noexcept
      : wheel_{wheel}, owner_{owner}, expired_{expired} {}
    ~entry() {
      wheel_.remove(*this);
    }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    /// Sets the one deadline of this entry; `never` takes it back. One thread
    /// at a time.
    void set(time_point deadline) {
      wheel_.set(*this, deadline);
    }

  private:
    friend class timer_wheel;

    timer_wheel& wheel_;
    void* owner_;
    function expired_;
    std::atomic<std::uint64_t> due_{no_tick};
    std::atomic<std::uint64_t> filed_{no_tick}; ///< `no_tick`: not in a slot
    entry* next_ = nullptr;
    entry* previous_ = nullptr;
  };

  static timer_wheel& of(boost::asio::io_context& io);

  explicit timer_wheel(boost::asio::execution_context& context);
  ~timer_wheel() override = default;

  /// How many entries are filed, for tests.
  [[nodiscard]] std::size_t filed_count();

  // What execution_context::service asks for.
  using key_type = timer_wheel;
  static boost::asio::execution_context::id id;

private:
  static constexpr std::uint64_t no_tick = UINT64_MAX;
  static constexpr std::size_t slot_count = 16;

  void shutdown() override;
  void set(entry& e, time_point deadline);
  void remove(entry& e) noexcept;
  void file(entry& e);
  void link(entry& e, std::uint64_t at);
  void unlink(entry& e);
  void expire(entry& e);
  void advance(std::uint64_t now);
  void run_timer();

  std::mutex mutex_; ///< for all below, and the links of filed entries
  std::array<entry*, slot_count> slots_{};
  std::size_t filed_count_ = 0;
  std::uint64_t current_ = 0; ///< the last tick that was dealt with
  bool running_ = false;      ///< the timer
  bool shut_down_ = false;
  boost::asio::steady_timer timer_;
};

} // namespace switchboard::net
