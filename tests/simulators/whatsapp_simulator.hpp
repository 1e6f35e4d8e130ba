#pragma once

#include "tests/simulators/whatsapp_types.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

/// What the simulators of WhatsApp's providers share: a server that keeps
/// account of each call, faults to order, a clock that can be moved, and
/// webhooks to the engine.
///
/// Each call is read as strictly as the provider's interface is described; what
/// no correct client does is answered as the provider does it and noted as a
/// complaint, and a test expects that there is none.
///
/// It listens on 127.0.0.1 from construction on, on a thread of its own, until
/// `stop`; `start` takes it up again on the same port, with everything that it
/// remembers. All members may be called from any thread, but `start` and `stop`
/// from one at a time.
class whatsapp_simulator {
public:
  using deliveries_t = std::vector<whatsapp_delivery>;
  /// Takes a call before the provider does; for those who play by hand.
  using control
    = std::function<std::optional<peer_answer>(const peer_request& request)>;

  whatsapp_simulator(const whatsapp_simulator&) = delete;
  whatsapp_simulator& operator=(const whatsapp_simulator&) = delete;
  virtual ~whatsapp_simulator() = default;

  void start();
  /// Cuts all connections and refuses new ones, as when the provider is down.
  void stop();
  [[nodiscard]] std::uint16_t port() const;
  /// What belongs into the configuration as the provider's address.
  [[nodiscard]] std::string url() const;
  /// Where webhooks go from now on: `http://127.0.0.1:<port>`.
  void connect(std::string_view engine);

  void fail(whatsapp_fault fault);
  void clear_faults();
  /// Lets hanging calls, present ones only, go on.
  void release_hanging();

  /// Moves the simulator's clock on: windows, rates and expiries see it.
  void advance(std::chrono::milliseconds time);
  [[nodiscard]] std::chrono::system_clock::time_point now() const;

  /// What arrived, in the order in which it was sent.
  [[nodiscard]] deliveries_t deliveries() const;
  /// What arrived at one place (as the engine wrote it).
  [[nodiscard]] deliveries_t deliveries(std::string_view to) const;
  /// What was taken and failed later.
  [[nodiscard]] deliveries_t failed() const;
  [[nodiscard]] std::vector<whatsapp_call> calls() const;
  [[nodiscard]] std::size_t call_count() const;
  [[nodiscard]] std::size_t connection_count() const;
  /// What in the calls broke the rules, the first thousand.
  [[nodiscard]] std::vector<std::string> complaints() const;
  /// All answers of the engine to webhooks, as they came.
  [[nodiscard]] std::vector<call_reply> webhook_replies() const;

  /// Waits until that many have arrived in all; false in vain.
  bool wait_for_deliveries(std::size_t count, std::chrono::milliseconds timeout
                                              = std::chrono::seconds{10});
  bool wait_for_calls(std::size_t count, std::chrono::milliseconds timeout
                                         = std::chrono::seconds{10});
  /// Waits until `enough` says so, asked anew after each change.
  bool wait_until(const std::function<bool(const deliveries_t&)>& enough,
                  std::chrono::milliseconds timeout = std::chrono::seconds{10});
  /// Waits until no webhook, and no file, is under way.
  bool wait_until_quiet(std::chrono::milliseconds timeout
                        = std::chrono::seconds{10});
  /// Drops calls, deliveries, complaints and replies; messages stay known.
  void forget();

  void set_control(control takes);

protected:
  explicit whatsapp_simulator(whatsapp_options options);

  /// Whoever derives calls `start` at the end of its constructor, and this at
  /// the beginning of its destructor: no call runs from then on.
  void shut_down();

  // The provider's side; these run with the mutex held.
  virtual peer_answer take(const peer_request& request) = 0;
  /// The body of an error; `code` 0: one that goes with the status.
  [[nodiscard]] virtual peer_answer refusal(int status, int code) const = 0;
  /// The call just taken gets no answer until `on_released`.
  virtual void on_held() {}
  virtual void on_released() {}

  /// Notes a complaint. With the mutex held, as all below.
  void complain(std::string what);
  void complain_all(const std::string& where,
                    const std::vector<std::string>& what);
  [[nodiscard]] std::size_t complaint_count() const noexcept {
    return complaints_.size();
  }
  void add(whatsapp_delivery what);
  [[nodiscard]] whatsapp_delivery* delivery_with(std::string_view id);
  [[nodiscard]] std::chrono::system_clock::time_point now_locked() const;
  [[nodiscard]] std::string unix_now() const;
  /// A name that was never given before, by no simulator: `size` characters,
  /// hexadecimal behind the prefix.
  std::string new_id(std::string_view prefix, std::size_t size);
  void changed() {
    changed_.notify_all();
  }

  /// Sends something to the engine and goes on with its answer, if one asks for
  /// it, on the caller's thread without the mutex.
  void post(outgoing_call what, const std::string& line = {},
            http_caller::done then = {});
  /// Fetches from 127.0.0.1; then as above.
  void fetch(std::uint16_t port, outgoing_call what, http_caller::done then);
  [[nodiscard]] std::uint16_t engine_port_locked() const noexcept {
    return engine_port_;
  }

  /// As `post`, but waits for the answer if the options say so. Without the
  /// mutex.
  call_reply post_and_wait(outgoing_call what);

  mutable std::mutex mutex_;

private:
  peer_answer enter(const peer_request& request);
  std::optional<whatsapp_fault> meet(const peer_request& request);
  [[nodiscard]] deliveries_t arrived() const;
  void end_work();
  [[nodiscard]] std::uint16_t engine_port() const;

  const whatsapp_options options_;
  std::condition_variable changed_;
  std::chrono::milliseconds moved_{0};
  std::vector<whatsapp_call> calls_;
  std::deque<whatsapp_delivery> deliveries_; ///< stay where they are
  std::vector<std::string> complaints_;
  std::vector<call_reply> replies_;
  std::vector<whatsapp_fault> faults_;
  control control_;
  std::uint16_t engine_port_ = 0;
  std::size_t under_way_ = 0;
  std::size_t last_number_ = 0;
  std::string salt_; ///< sets the ids apart from other simulators'
  http_caller caller_;
  http_peer peer_;
};

} // namespace switchboard::simulators
