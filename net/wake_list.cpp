#include "net/wake_list.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <utility>

namespace switchboard::net {

namespace asio = boost::asio;

/// What the list, its subscriptions and its handlers share.
///
///        ring                ring
///  quiet ────► resting ────────────► rung
///    ▲           │ ▲  the gap is over: │
///    └───────────┘ └───────────────────┘
///     the gap is over     wake again
class wake_list::core : public std::enable_shared_from_this<core> {
public:
  using listener_list = std::list<std::function<void()>>;

  core(asio::io_context& io, std::chrono::milliseconds gap)
    : io_{io}, gap_{gap}, timer_{io} {}

  listener_list::iterator add(std::function<void()> listener) {
    const std::lock_guard lock{mutex_};
    listeners_.push_back(std::move(listener));
    count_.fetch_add(1);
    // Pairs with the fence in `ring`: the listener looks after this, the
    // ringer has written before that, so one of them sees the other.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return std::prev(listeners_.end());
  }

  void remove(listener_list::iterator at) {
    const std::lock_guard lock{mutex_};
    listeners_.erase(at);
    count_.fetch_sub(1);
  }

  void ring() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (count_.load() == 0)
      return;
    auto now = state_.load();
    for (;;) {
      if (now == state::rung)
        return;
      const auto next = now == state::quiet ? state::resting : state::rung;
      if (state_.compare_exchange_weak(now, next))
        break;
    }
    if (now == state::quiet)
      asio::post(io_, [me = shared_from_this()] { me->wake(); });
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return count_.load();
  }

private:
  enum class state : std::uint8_t { quiet, resting, rung };

  void wake() {
    const std::lock_guard lock{mutex_};
    for (const auto& listener : listeners_)
      listener();
    timer_.expires_after(gap_);
    timer_.async_wait(
      [me = shared_from_this()](const boost::system::error_code& problem) {
        if (!problem)
          me->rested();
      });
  }

  void rested() {
    auto now = state::resting;
    if (state_.compare_exchange_strong(now, state::quiet))
      return;
    // From here on a ring asks for one more waking.
    state_.store(state::resting);
    wake();
  }

  asio::io_context& io_;
  const std::chrono::milliseconds gap_;
  std::atomic<std::size_t> count_{0};
  std::atomic<state> state_{state::quiet};
  std::mutex mutex_; ///< for all below
  listener_list listeners_;
  asio::steady_timer timer_;
};

struct wake_list::subscription::place {
  std::shared_ptr<core> list;
  core::listener_list::iterator at;
};

wake_list::subscription::subscription() noexcept = default;

wake_list::subscription::subscription(std::unique_ptr<place> where) noexcept
  : place_{std::move(where)} {}

wake_list::subscription::subscription(subscription&& other) noexcept = default;

wake_list::subscription&
wake_list::subscription::operator=(subscription&& other) noexcept {
  if (this != &other) {
    subscription old{std::move(place_)};
    place_ = std::move(other.place_);
  }
  return *this;
}

wake_list::subscription::~subscription() {
  if (place_ != nullptr)
    place_->list->remove(place_->at);
}

wake_list::wake_list(asio::io_context& io, std::chrono::milliseconds gap)
  : core_{std::make_shared<core>(io, gap)} {}

wake_list::~wake_list() = default;

wake_list::subscription wake_list::subscribe(std::function<void()> listener) {
  auto where = std::make_unique<subscription::place>();
  where->list = core_;
  where->at = core_->add(std::move(listener));
  return subscription{std::move(where)};
}

void wake_list::ring() {
  core_->ring();
}

std::size_t wake_list::size() const {
  return core_->size();
}

} // namespace switchboard::net
