#pragma once

#include "tests/simulators/webhook_check.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

/// What the receiver does with a call, once it has read it.
struct webhook_reaction {
  enum class kind : std::uint8_t {
    status,    ///< an answer with `status`
    reset,     ///< RST instead of an answer
    close,     ///< FIN instead of an answer
    garbage,   ///< bytes that are not HTTP, then FIN
    hang,      ///< nothing until `release_hanging`, then as `status`
    huge_body, ///< as `status`, with `body_size` bytes
  };

  kind what = kind::status;
  int status = 200;
  std::string retry_after; ///< a header of the answer when not empty
  std::string location;    ///< likewise
  std::size_t body_size = 4'194'304;
  std::chrono::milliseconds delay{0}; ///< before all of the above

  static webhook_reaction ok();
  static webhook_reaction of(kind what);
  static webhook_reaction with_status(int status, std::string retry_after = {});
  static webhook_reaction redirect(std::string location, int status = 302);
  static webhook_reaction after(std::chrono::milliseconds delay);
};

/// What one path expects and how it behaves.
struct webhook_endpoint_options {
  /// `whsec_…`; one of them must have signed each call.
  std::vector<std::string> secrets;
  /// Whether events of one ticket that come for the first time must come in
  /// the order of their `sequence`. Sending on after giving one up for now
  /// breaks it, so tests of that switch it off.
  bool ordered = true;
  /// This share of the calls that no script covers, chosen by `seed`, fails
  /// with `failure`.
  double fail_share = 0;
  std::uint64_t seed = 1;
  webhook_reaction failure = webhook_reaction::with_status(500);
};

/// A call as a path got it.
struct webhook_call {
  std::chrono::system_clock::time_point at;
  webhook_request request;
  std::string id;
  std::string timestamp;
  webhook_content content;
  std::size_t connection = 0; ///< counts the connections from 1
  int status = 0;             ///< of the answer; 0: there was none
  bool accepted = false;      ///< authentic, and answered with 2xx
  bool duplicate = false;     ///< a call with this id was accepted before
};

/// Counts over all calls since the start or `forget`.
struct webhook_tally {
  std::uint64_t calls = 0;
  std::uint64_t accepted = 0; ///< with the duplicates among them
  std::uint64_t messages = 0; ///< accepted with an id that was new
  std::uint64_t duplicates = 0;
  std::uint64_t failed = 0;  ///< authentic, but answered otherwise, or not
  std::uint64_t refused = 0; ///< not authentic, or for no known path
};

struct webhook_receiver_options {
  std::uint16_t port = 0; ///< 0: any free one
  /// Off, only counts, ids and violations are remembered: for the bench.
  bool keep_calls = true;
  /// Runs on the receiver's thread after each call.
  std::function<void(const webhook_call&)> on_call;
};

/// Plays the receivers of webhooks, one for each path. It reads what it is sent
/// as strictly as the specification is written: method, content type, the three
/// headers once each, their time, the signature by an implementation of its
/// own, JSON, the order of `sequence` within a ticket, and that one event keeps
/// one id. It keeps a list of all deviations, which a test expects to be empty
/// at its end. A call that is not authentic is answered with 401, one for a
/// path that was not added with 404, whatever the script says.
///
/// It listens on 127.0.0.1 from construction on, on a thread of its own, until
/// `stop`; `start` takes it up again on the same port, with everything that it
/// remembers. All members may be called from any thread, but `start` and `stop`
/// from one at a time.
class webhook_receiver {
public:
  explicit webhook_receiver(webhook_receiver_options options = {});
  webhook_receiver(const webhook_receiver&) = delete;
  webhook_receiver& operator=(const webhook_receiver&) = delete;
  ~webhook_receiver();

  /// Cuts all connections and refuses new ones, as when the peer is down.
  void stop();
  void start();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url(std::string_view path) const;

  /// Adds a path (`/…`), or changes what it expects; what it remembers stays.
  void add(const std::string& path, webhook_endpoint_options options);
  /// The secrets alone, as when the owner takes over a rotated one.
  void set_secrets(const std::string& path, std::vector<std::string> secrets);

  /// The next authentic calls to the path get these reactions, one each, in
  /// order; later ones get the usual reaction.
  void script(const std::string& path, std::vector<webhook_reaction> next);
  /// What calls get when no script is left and they are not chosen to fail:
  /// 200 at first.
  void usually(const std::string& path, webhook_reaction usual);
  /// Lets hanging calls, present ones only, go on.
  void release_hanging();

  /// All calls, in the order in which they were read, whatever became of them.
  [[nodiscard]] std::vector<webhook_call> calls() const;
  [[nodiscard]] std::vector<webhook_call> calls(std::string_view path) const;
  [[nodiscard]] webhook_tally tally() const;
  [[nodiscard]] webhook_tally tally(std::string_view path) const;
  [[nodiscard]] std::size_t connection_count() const;

  /// Waits until `enough` holds, asked anew after each call; false in vain.
  bool wait_until(const std::function<bool(const webhook_tally&)>& enough,
                  std::chrono::milliseconds timeout);
  /// As above, for one path alone.
  bool wait_until(std::string_view path,
                  const std::function<bool(const webhook_tally&)>& enough,
                  std::chrono::milliseconds timeout);
  bool wait_for_calls(std::uint64_t count, std::chrono::milliseconds timeout);
  bool wait_for_messages(std::uint64_t count,
                         std::chrono::milliseconds timeout);

  /// Drops calls, counts, known ids and violations; paths and scripts stay.
  void forget();

  /// What in the calls broke the specification, the first thousand.
  [[nodiscard]] std::vector<std::string> violations() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::simulators
