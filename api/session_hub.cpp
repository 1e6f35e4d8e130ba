#include "api/session_hub.hpp"

#include "domain/match.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace switchboard::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t events_at_once = 256;
/// Others want the thread too.
constexpr std::size_t events_in_a_row = 2'048;
/// Of one stream; what is older is not news any more.
constexpr std::size_t typing_notes_max = 4;
constexpr std::size_t edit_notes_max = 256;

struct listener {
  std::function<void()> wake;
  std::vector<typing_note> typing;
  std::vector<persistence::thread_position> edits;
};

/// What some events did to a session; edits in their order.
using edit_list = std::vector<persistence::thread_position>;

struct session_news {
  domain::session_id session;
  std::optional<persistence::thread_position> edited;
};

void note_edit(listener& of, const persistence::thread_position& at) {
  std::erase(of.edits, at);
  if (of.edits.size() >= edit_notes_max)
    of.edits.erase(of.edits.begin());
  of.edits.push_back(at);
}

/// The message that looks different from now on.
std::optional<domain::message_sequence>
changed_message(const domain::ticket_fact& fact) {
  using found = std::optional<domain::message_sequence>;
  return domain::match(
    fact, [](const domain::message_edited& f) { return found{f.number}; },
    [](const domain::message_deleted& f) { return found{f.number}; },
    [](const domain::message_reacted& f) { return found{f.number}; },
    [](const auto&) { return found{}; });
}

using listener_list = std::list<listener>;

} // namespace

/// What the hub, its subscriptions and its jobs share.
class session_hub::core : public std::enable_shared_from_this<core> {
public:
  core(const persistence::journal& journal, asio::io_context& io)
    : journal_{journal}, tickets_{journal.rows()}, strand_{io.get_executor()} {}

  listener_list::iterator add(domain::session_id session,
                              std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    // What is committed from now on rings the bell after this.
    if (sessions_.empty())
      after_ = journal_.last_offset();
    auto& listeners = sessions_[session.value];
    listeners.push_back({std::move(wake), {}, {}});
    ++count_;
    return std::prev(listeners.end());
  }

  void remove(domain::session_id session, listener_list::iterator at) {
    const std::lock_guard lock{mutex_};
    const auto found = sessions_.find(session.value);
    found->second.erase(at);
    if (found->second.empty())
      sessions_.erase(found);
    --count_;
  }

  std::vector<typing_note> take_typing(listener_list::iterator of) {
    const std::lock_guard lock{mutex_};
    return std::exchange(of->typing, {});
  }

  std::vector<persistence::thread_position>
  take_edits(listener_list::iterator of) {
    const std::lock_guard lock{mutex_};
    return std::exchange(of->edits, {});
  }

  void tell_typing(domain::session_id session, const typing_note& note,
                   const listener* except) {
    const std::lock_guard lock{mutex_};
    const auto found = sessions_.find(session.value);
    if (found == sessions_.end())
      return;
    for (auto& one : found->second) {
      const auto known = std::find(one.typing.begin(), one.typing.end(), note);
      if (&one == except || known != one.typing.end()
          || one.typing.size() >= typing_notes_max)
        continue;
      one.typing.push_back(note);
      one.wake();
    }
  }

  /// There may be news.
  void hear() {
    if (!scheduled_.exchange(true))
      asio::post(strand_, [me = shared_from_this()] { me->look(); });
  }

  void close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return count_;
  }

private:
  /// On the strand.
  void look() {
    scheduled_.store(false);
    for (std::size_t seen = 0; seen < events_in_a_row;) {
      const auto after = place();
      if (!after)
        return;
      const auto events = journal_.read_events(*after, events_at_once);
      std::map<domain::uuid, edit_list> changed;
      for (const auto& stored : events) {
        const auto news = news_of(stored);
        if (!news)
          continue;
        auto& edits = changed[news->session.value];
        if (news->edited)
          edits.push_back(*news->edited);
      }
      if (!events.empty())
        tell(changed, events.back().at);
      seen += events.size();
      if (events.size() < events_at_once)
        return;
    }
    hear();
  }

  /// How far the feed was read; nothing when nobody listens.
  std::optional<domain::offset> place() const {
    const std::lock_guard lock{mutex_};
    if (closed_ || sessions_.empty())
      return std::nullopt;
    return after_;
  }

  void tell(const std::map<domain::uuid, edit_list>& changed,
            domain::offset last) {
    const std::lock_guard lock{mutex_};
    // A hub that fell silent and began anew meanwhile is further on.
    after_ = std::max(after_, last);
    for (const auto& [session, edits] : changed) {
      const auto found = sessions_.find(session);
      if (found == sessions_.end())
        continue;
      for (auto& one : found->second) {
        for (const auto& at : edits)
          note_edit(one, at);
        one.wake();
      }
    }
  }

  [[nodiscard]] std::optional<session_news>
  news_of(const persistence::stored_event& stored) const {
    const auto event = persistence::decode_event(stored.bytes);
    if (!event)
      return std::nullopt;
    const auto& fact = event->event.fact;
    std::optional<domain::session_place> place;
    if (const auto* created = std::get_if<domain::ticket_created>(&fact))
      place = created->session;
    else if (const auto ticket
             = tickets_.load(domain::ticket_id{event->entity}))
      place = ticket->session;
    if (!place)
      return std::nullopt;
    session_news out{place->session, {}};
    if (const auto changed = changed_message(fact))
      out.edited = persistence::thread_position{place->number, *changed};
    return out;
  }

  const persistence::journal& journal_;
  persistence::ticket_views tickets_;
  asio::strand<asio::io_context::executor_type> strand_;
  std::atomic<bool> scheduled_{false};

  mutable std::mutex mutex_; ///< guards what follows
  std::unordered_map<domain::uuid, listener_list> sessions_;
  std::size_t count_ = 0;
  domain::offset after_{};
  bool closed_ = false;
};

struct session_hub::subscription::place {
  std::shared_ptr<core> hub;
  domain::session_id session;
  listener_list::iterator at;

  place(std::shared_ptr<core> to, domain::session_id whose,
        std::function<void()> wake)
    : hub{std::move(to)},
      session{whose},
      at{hub->add(whose, std::move(wake))} {}
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    hub->remove(session, at);
  }
};

session_hub::subscription::subscription() noexcept = default;
session_hub::subscription::subscription(
  subscription&& other) noexcept = default;
session_hub::subscription&
session_hub::subscription::operator=(subscription&& other) noexcept = default;
session_hub::subscription::~subscription() = default;

session_hub::subscription::subscription(std::unique_ptr<place> where) noexcept
  : place_{std::move(where)} {}

std::vector<typing_note> session_hub::subscription::take_typing() {
  return place_ ? place_->hub->take_typing(place_->at)
                : std::vector<typing_note>{};
}

std::vector<persistence::thread_position>
session_hub::subscription::take_edits() {
  return place_ ? place_->hub->take_edits(place_->at)
                : std::vector<persistence::thread_position>{};
}

session_hub::session_hub(const persistence::journal& journal,
                         net::wake_list& bell, asio::io_context& io)
  : core_{std::make_shared<core>(journal, io)},
    heard_{bell.subscribe([core = core_.get()] { core->hear(); })} {}

session_hub::~session_hub() {
  heard_ = {};
  core_->close();
}

session_hub::subscription session_hub::subscribe(domain::session_id session,
                                                 std::function<void()> wake) {
  return subscription{
    std::make_unique<subscription::place>(core_, session, std::move(wake))};
}

void session_hub::tell_typing(domain::session_id session,
                              const typing_note& note,
                              const subscription* except) {
  const auto* const out
    = except != nullptr && except->place_ ? &*except->place_->at : nullptr;
  core_->tell_typing(session, note, out);
}

std::size_t session_hub::size() const {
  return core_->size();
}

} // namespace switchboard::api
