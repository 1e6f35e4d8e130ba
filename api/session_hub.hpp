#pragma once

#include "domain/ids.hpp"
#include "domain/ticket.hpp"
#include "net/wake_list.hpp"
#include "persistence/journal.hpp"
#include "persistence/session_views.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace switchboard::api {

/// Somebody is writing; nobody needs to know it for long, so it is not stored.
struct typing_note {
  domain::sender_role who = domain::sender_role::agent;
  std::string name; ///< or empty

  friend bool operator==(const typing_note&, const typing_note&) = default;
};

/// Tells the open streams of sessions when there is something new for them.
///
/// It follows the journal's feed once for all of them: an event costs one look
/// at its ticket however many streams are open, and a stream is woken for its
/// own session only. While no stream is open nothing is read.
///
/// Life: the journal, the bell and the io_context outlive it; subscriptions may
/// outlive it too, and are then never woken.
///
/// Thread contract: all members from any thread. `wake` is called under the
/// hub's lock: it must be quick, not throw and not come back here.
class session_hub {
public:
  class core;

  /// A place among those who listen to a session, given back at its end.
  class subscription {
  public:
    subscription() noexcept;
    subscription(subscription&& other) noexcept;
    subscription& operator=(subscription&& other) noexcept;
    ~subscription();

    /// The notes since the last call.
    [[nodiscard]] std::vector<typing_note> take_typing();
    /// Where messages were edited, deleted or reacted to since the last call,
    /// in this order; of very many at once only the last ones.
    [[nodiscard]] std::vector<persistence::thread_position> take_edits();

  private:
    friend class session_hub;
    struct place;
    explicit subscription(std::unique_ptr<place> where) noexcept;

    std::unique_ptr<place> place_;
  };

  /// `bell` rings when something was committed.
  session_hub(const persistence::journal& journal, net::wake_list& bell,
              boost::asio::io_context& io);
  session_hub(const session_hub&) = delete;
  session_hub& operator=(const session_hub&) = delete;
  ~session_hub();

  /// Subscribe first, then look for what is there: nothing falls between.
  [[nodiscard]] subscription subscribe(domain::session_id session,
                                       std::function<void()> wake);

  /// Tells all streams of the session, but not `except`, which may be null.
  void tell_typing(domain::session_id session, const typing_note& note,
                   const subscription* except = nullptr);

  [[nodiscard]] std::size_t size() const;

private:
  std::shared_ptr<core> core_;
  net::wake_list::subscription heard_;
};

} // namespace switchboard::api
