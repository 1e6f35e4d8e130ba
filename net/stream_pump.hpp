#pragma once

#include "net/stream_source.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace switchboard::net {

class stream_signal;

/// Drives one source for the coroutine that writes its messages: it asks for
/// batches, sleeps until there is a reason not to, and knows why it ends.
///
///     refill ─► (write the batch) ─► pause ─► refill ─► … ─► refill says no
///
/// Life: made when the stream opens; the source is destroyed with it. It holds
/// one batch, of about `batch_bytes_max`.
///
/// Thread contract: all members on the executor. What the source got as `wake`
/// may be called from anywhere; it costs an atomic exchange when a wake is on
/// its way already, and a post otherwise.
class stream_pump {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t batch_bytes_max = std::size_t{64} * 1024;

  enum class ending : std::uint8_t {
    none,
    finished, ///< the source had no more
    stopping, ///< the server stops
    failed,   ///< the source threw
    gone,     ///< the client, or the way to it
  };

  stream_pump(boost::asio::any_io_executor executor,
              std::unique_ptr<stream_source> source);
  stream_pump(const stream_pump&) = delete;
  stream_pump& operator=(const stream_pump&) = delete;
  ~stream_pump();

  void start();

  /// Takes the next batch, which may be empty. False when it is over.
  bool refill();
  [[nodiscard]] const std::vector<stream_message>& batch() const noexcept {
    return batch_;
  }

  /// Until there may be more to take, the stream is over, or `until` has come,
  /// which makes it true. When the source has more, it only lets others have
  /// their turn.
  boost::asio::awaitable<bool> pause(clock::time_point until);

  /// Until the next `poke`, wake or `end`; it may return for no reason.
  boost::asio::awaitable<void> sleep(clock::time_point until);
  void poke();

  /// What the client says.
  void heard(std::string_view text);

  /// The first reason counts, except that `gone` beats the others.
  void end(ending why);
  [[nodiscard]] ending ended() const noexcept {
    return ending_;
  }
  /// Lets go of the source once it has ended, when the rest takes time.
  void release();

private:
  template <class Call>
  void guard(Call call);

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer pulse_;
  std::unique_ptr<stream_source> source_;
  std::shared_ptr<stream_signal> signal_;
  std::vector<stream_message> batch_;
  stream_progress progress_ = stream_progress::more;
  ending ending_ = ending::none;
};

} // namespace switchboard::net
