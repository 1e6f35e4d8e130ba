#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <caf/detail/simple_actor_clock.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace switchboard::net {

/// CAF's timeouts and delayed messages, driven by one timer of an io_context
/// instead of a thread. Thread-safe; messages are delivered on the io_context's
/// threads, never within a call, and no lock is held then. Time is the steady
/// clock's.
class io_clock final : public caf::detail::simple_actor_clock {
public:
  explicit io_clock(boost::asio::io_context& io);

  /// Drops what is scheduled, and everything that comes later, and waits until
  /// the timer is done. Something must run the io_context, on another thread.
  void stop();

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                            caf::atom_value type, std::uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self,
                         caf::atom_value type, std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self,
                           caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self,
                               caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self,
                              caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target,
                        caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

private:
  using super = caf::detail::simple_actor_clock;

  void arm();
  void on_timer(bool cancelled);
  std::vector<unique_delayed_event_ptr> take_expired();

  std::mutex mutex_; ///< for all below and the schedule of the base
  std::condition_variable idle_;
  boost::asio::steady_timer timer_;
  bool armed_ = false;
  time_point armed_for_;
  std::size_t waits_ = 0; ///< timer handlers that have not run yet
  bool stopped_ = false;
};

} // namespace switchboard::net
