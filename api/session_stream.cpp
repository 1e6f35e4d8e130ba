#include "api/session_stream.hpp"

#include "api/session_agents.hpp"
#include "api/thread_messages.hpp"
#include "channels/web/visitor.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace switchboard::api {

namespace web = channels::web;

namespace {

/// About what one message takes; bounds a batch in bytes.
constexpr std::size_t message_bytes = 512;
constexpr std::size_t batch_max = 64;
/// How often a visitor's keys are passed on.
constexpr std::chrono::milliseconds typing_pause{1'000};
/// How often one may tell what was read.
constexpr std::chrono::milliseconds read_pause{200};

template <class Write>
std::string text_of(Write write) {
  std::string out;
  channels::json::writer json{out};
  write(json);
  return out;
}

class session_source final : public net::stream_source {
public:
  explicit session_source(session_stream_parts&& parts)
    : parts_{std::move(parts)},
      views_{parts_.rows},
      agents_{parts_.rows},
      at_{parts_.after.value_or(views_.before_end(parts_.session, 0))} {
    if (at_.message != domain::message_sequence{}) {
      const persistence::thread_position before{
        at_.place,
        domain::message_sequence{static_cast<std::uint32_t>(at_.message) - 1}};
      const auto last = views_.read(parts_.session, before, 1);
      if (!last.empty())
        last_id_ = to_string(last.front().row.message.id.value);
    }
  }

  void start(std::function<void()> wake) override {
    heard_ = parts_.hub.subscribe(parts_.session, std::move(wake));
  }

  net::stream_progress take(std::size_t bytes_max,
                            std::vector<net::stream_message>& to) override {
    if (!parts_.may_go_on())
      return net::stream_progress::ended;
    tell_how_it_stands(to);
    for (auto& note : heard_.take_typing())
      to.push_back({"typing", last_id_, text_of([&](auto& out) {
                      web::write_typing(out, note.who, note.name);
                    })});
    bring_edits(to);
    const auto max
      = std::clamp<std::size_t>(bytes_max / message_bytes, 1, batch_max);
    const auto news = views_.read(parts_.session, at_, max);
    for (const auto& one : news) {
      at_ = one.at;
      last_id_ = to_string(one.row.message.id.value);
      bring(one, to);
    }
    return news.size() == max ? net::stream_progress::more
                              : net::stream_progress::drained;
  }

  void received(std::string_view text) override {
    if (const auto message = web::says_read(text)) {
      read(*message);
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - typed_at_ < typing_pause || !web::says_typing(text))
      return;
    typed_at_ = now;
    const typing_note note{domain::sender_role::customer, {}};
    parts_.hub.tell_typing(parts_.session, note, &heard_);
    if (parts_.signals.typing)
      parts_.signals.typing(parts_.session);
  }

private:
  void bring(const persistence::thread_message& one,
             std::vector<net::stream_message>& to) const {
    to.push_back({"message", last_id_, text_of([&](auto& out) {
                    write_thread_message(out, parts_.session, one,
                                         parts_.links);
                  })});
  }

  /// Those that were brought before; the others come as they are now.
  void bring_edits(std::vector<net::stream_message>& to) {
    for (const auto& at : heard_.take_edits()) {
      if (at > at_)
        continue;
      const persistence::thread_position before{
        at.place,
        domain::message_sequence{static_cast<std::uint32_t>(at.message) - 1}};
      const auto found = views_.read(parts_.session, before, 1);
      if (!found.empty() && found.front().at == at)
        bring(found.front(), to);
    }
  }

  /// Nobody answers it, so nobody waits for it to be durable.
  void read(const domain::message_id& message) {
    const auto now = std::chrono::steady_clock::now();
    if (now - read_at_ < read_pause || !parts_.signals.read)
      return;
    read_at_ = now;
    parts_.signals.read(parts_.session, message, [](bool) {});
  }

  void tell_how_it_stands(std::vector<net::stream_message>& to) {
    const auto ticket = views_.last_ticket(parts_.session);
    tell_if_new(to, "ticket", told_ticket_, text_of([&](auto& out) {
                  web::write_visitor_ticket(out, ticket);
                }));
    tell_if_new(to, "agent", told_agent_, text_of([&](auto& out) {
                  web::write_visitor_agent(out, agents_.of(ticket));
                }));
  }

  void tell_if_new(std::vector<net::stream_message>& to, const char* event,
                   std::string& told, std::string&& now) const {
    if (told == now)
      return;
    told = std::move(now);
    to.push_back({event, last_id_, told});
  }

  session_stream_parts parts_;
  persistence::session_views views_;
  session_agents agents_;
  persistence::thread_position at_;
  std::string last_id_ = "0";
  std::string told_ticket_; ///< as JSON; empty: not yet
  std::string told_agent_;
  std::chrono::steady_clock::time_point typed_at_{};
  std::chrono::steady_clock::time_point read_at_{};
  session_hub::subscription heard_;
};

} // namespace

std::unique_ptr<net::stream_source> follow_session(session_stream_parts parts) {
  return std::make_unique<session_source>(std::move(parts));
}

} // namespace switchboard::api
