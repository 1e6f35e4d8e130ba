#pragma once

#include "tests/simulators/ticket_created_check.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace switchboard::simulators {

/// What the simulator does with a call, once it has read it.
struct reaction {
  enum class kind : std::uint8_t {
    ok,             ///< 200, the workflow was started
    status,         ///< `status` with n8n's error body
    reset,          ///< RST instead of an answer
    close,          ///< FIN instead of an answer
    garbage,        ///< bytes that are not HTTP, then FIN
    hang,           ///< nothing until `release_hanging`, then 200
    not_registered, ///< the 404 of an inactive workflow
    huge_body,      ///< 200 with `body_size` bytes
  };

  kind what = kind::ok;
  int status = 500;
  std::string retry_after; ///< a header of the answer when not empty
  std::size_t body_size = 4'194'304;
  std::chrono::milliseconds delay{0}; ///< before all of the above

  static reaction ok();
  static reaction of(kind what);
  static reaction with_status(int status, std::string retry_after = {});
  static reaction after(std::chrono::milliseconds delay);
};

/// A call as n8n got it.
struct received_call {
  std::chrono::system_clock::time_point at;
  std::string method;
  std::string target;
  std::string content_type;
  std::string user_agent;
  std::string body;
  ticket_created content;     ///< only when the call was let in
  std::size_t connection = 0; ///< counts the connections from 1
  int status = 0;             ///< of the answer; 0: there was none
};

struct n8n_simulator_options {
  std::uint16_t port = 0; ///< 0: any free one
  std::string path = "/webhook/ticket-created";
  std::string api_key = "n8n-shared-secret";
  /// Checked against `agentPhone` when not empty.
  std::string agent_phone;
  /// Runs on the simulator's thread after each call.
  std::function<void(const received_call&)> on_call;
};

/// Plays an n8n Webhook node: POST, header authentication, JSON. It reads what
/// it is sent as strictly as the contract is written and keeps a list of all
/// deviations, which a test expects to be empty at its end.
///
/// It listens on 127.0.0.1 from construction on, on a thread of its own, until
/// `stop`; `start` takes it up again on the same port, with everything that it
/// remembers. All members may be called from any thread, but `start` and `stop`
/// from one at a time.
class n8n_simulator {
public:
  explicit n8n_simulator(n8n_simulator_options options = {});
  n8n_simulator(const n8n_simulator&) = delete;
  n8n_simulator& operator=(const n8n_simulator&) = delete;
  ~n8n_simulator();

  /// Cuts all connections and refuses new ones, as when n8n is down.
  void stop();
  void start();

  [[nodiscard]] std::uint16_t port() const;
  /// What belongs into `N8N_TICKET_CREATED_WEBHOOK`.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] const std::string& api_key() const;

  /// The next calls that are let in get these reactions, one each, in order;
  /// later ones get the usual reaction.
  void script(std::vector<reaction> next);
  /// What calls get when no script is left: `ok` at first.
  void usually(reaction usual);
  /// Lets hanging calls, present ones only, go on.
  void release_hanging();

  /// All calls, in the order in which they were read, whatever became of them.
  [[nodiscard]] std::vector<received_call> calls() const;
  [[nodiscard]] std::size_t call_count() const;
  [[nodiscard]] std::size_t connection_count() const;
  /// Waits until there have been `count` calls in all; false in vain.
  bool wait_for_calls(std::size_t count, std::chrono::milliseconds timeout);
  /// Waits until `enough` says so, asked anew after each call.
  bool wait_until(
    const std::function<bool(const std::vector<received_call>&)>& enough,
    std::chrono::milliseconds timeout);
  /// Drops calls and violations.
  void forget();

  /// What in the calls broke the contract; wrong keys and unknown paths are
  /// part of tests and stand in the calls' `status` instead.
  [[nodiscard]] std::vector<std::string> violations() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::simulators
