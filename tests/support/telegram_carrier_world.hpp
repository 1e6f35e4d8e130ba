#pragma once

#include "actors/lane.hpp"
#include "actors/telegram_carrier.hpp"
#include "persistence/memory_journal.hpp"
#include "tests/support/actor_test.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::test {

/// A Telegram of paper: writes down every call and answers as it is told.
struct fake_telegram_state {
  using promise = caf::typed_response_promise<channels::http_answer>;
  struct call {
    std::string method;
    std::string body;
    promise reply;
    bool answered = false;
  };

  static inline constexpr const char* name = "fake_telegram";
  std::vector<call> calls;
  std::deque<channels::http_answer> answers;      ///< to come; then `otherwise`
  std::optional<channels::http_answer> otherwise; ///< none: calls wait
};

using fake_telegram_actor
  = actors::courier_actor::extend<caf::reacts_to<channels::http_answer>>;

inline fake_telegram_actor::behavior_type
fake_telegram(fake_telegram_actor::stateful_pointer<fake_telegram_state> self) {
  return {
    [self](const channels::http_request& request)
      -> caf::result<channels::http_answer> {
      auto& st = self->state;
      auto reply = self->make_response_promise<channels::http_answer>();
      st.calls.push_back(
        {request.url.substr(request.url.rfind('/') + 1), request.body, reply});
      auto answer = st.otherwise;
      if (!st.answers.empty()) {
        answer = std::move(st.answers.front());
        st.answers.pop_front();
      }
      if (answer) {
        st.calls.back().answered = true;
        reply.deliver(std::move(*answer));
      }
      return reply;
    },
    [self](const channels::http_answer& answer) {
      for (auto& call : self->state.calls) {
        if (std::exchange(call.answered, true))
          continue;
        call.reply.deliver(answer);
        return;
      }
    },
  };
}

inline channels::http_answer telegram_ok(std::string result = "true") {
  channels::http_answer out;
  out.status = 200;
  out.body = R"({"ok":true,"result":)" + std::move(result) + "}";
  return out;
}

inline channels::http_answer telegram_error(int code, std::string description,
                                            std::string parameters = "{}") {
  channels::http_answer out;
  out.status = code;
  out.body = R"({"ok":false,"error_code":)" + std::to_string(code)
             + R"(,"description":")" + std::move(description)
             + R"(","parameters":)" + std::move(parameters) + "}";
  return out;
}

inline channels::http_answer telegram_slow_down(int seconds) {
  return telegram_error(429, "Too Many Requests: retry after",
                        R"({"retry_after":)" + std::to_string(seconds) + "}");
}

/// One bot's carrier and the lanes of its chats, over a journal in memory. A
/// delivery's payload is `<urgency><merge key> <text>` with `c`, `m` or `x` for
/// the urgency; it is rendered as a text to its lane's chat.
class telegram_carrier_test : public actor_test {
protected:
  using rendering = actors::rendering;
  using strings = std::vector<std::string>;

  static constexpr channels::telegram::bot_number bot{7};
  static constexpr channels::telegram::chat_id ana{1001};
  static constexpr channels::telegram::chat_id ben{1002};
  static constexpr channels::telegram::chat_id team{-500};

  telegram_carrier_test() {
    parts.bot = bot;
    parts.render = [this](const persistence::delivery& d) { return render(d); };
    parts.prepare
      = [](const channels::telegram::method& call,
           const actors::telegram_carrier_world::request_handler& done) {
          const auto made = channels::telegram::encode(call);
          channels::http_request request;
          request.url = "https://telegram.test/bot7:secret/";
          request.url += made.name;
          request.body = made.body;
          done(std::move(request));
        };
    parts.courier = telegram;
    parts.policy.jitter = 0;
    parts.report_error
      = [this](actors::error_note note) { errors.push_back(std::move(note)); };
    channel.judge = [](const channels::http_answer& answer) {
      return channels::telegram::judge(
        channels::telegram::decode_answer(answer));
    };
    channel.policy.concurrency = 256;
    channel.policy.retry_delays = {std::chrono::minutes{5}};
    channel.policy.jitter = 0;
    post().otherwise = telegram_ok();
    lanes = std::make_shared<actors::lane_world>(
      actors::lane_world{journal,
                         [this] { return wall; },
                         telegram,
                         [this](std::string_view) {
                           auto out = channel;
                           out.carrier = carrier;
                           return std::make_shared<actors::lane_channel>(out);
                         },
                         nullptr,
                         nullptr,
                         {}});
  }

  static rendering render(const persistence::delivery& d) {
    const auto name = channels::telegram::parse_chat_lane(d.lane);
    const auto blank = d.payload.find(' ');
    channels::telegram::send_message call;
    call.to.chat = name.value().chat;
    call.text = d.payload.substr(blank + 1);
    using channels::telegram::urgency;
    const auto u = d.payload[0] == 'c'   ? urgency::customer
                   : d.payload[0] == 'x' ? urgency::cosmetic
                                         : urgency::mirror;
    return actors::outgoing{std::move(call), u,
                            std::stoull(d.payload.substr(1, blank - 1))};
  }

  void start_carrier() {
    carrier
      = spawn(actors::telegram_carrier,
              std::make_shared<const actors::telegram_carrier_world>(parts));
  }

  static std::string lane_of(channels::telegram::chat_id chat) {
    return channels::telegram::chat_lane(bot, chat);
  }

  actors::lane_actor start_lane(channels::telegram::chat_id chat) {
    return spawn(actors::lane, lanes, lane_of(chat),
                 actors::lane_keeper_actor{});
  }

  void poll(const actors::lane_actor& lane) {
    self->send(lane, actors::poll_atom_v);
    sched.run();
  }

  /// Puts a delivery into the outbox, in a group of its own.
  persistence::delivery_id put(channels::telegram::chat_id chat,
                               std::string payload) {
    persistence::changes what;
    what.deliveries.push_back({lane_of(chat), "g" + std::to_string(++groups_),
                               "test", std::move(payload), wall, "",
                               domain::sequence{}});
    persistence::delivery_id id{};
    journal.commit(std::move(what), [&](auto outcome) {
      id = std::get<persistence::committed>(outcome).deliveries.front();
    });
    return id;
  }

  /// A delivery that a lane of `chat` might hand over.
  static persistence::delivery delivery(std::uint64_t id,
                                        channels::telegram::chat_id chat,
                                        std::string payload) {
    persistence::delivery out;
    out.id = persistence::delivery_id{id};
    out.lane = lane_of(chat);
    out.payload = std::move(payload);
    return out;
  }

  auto hand_over(std::uint64_t id, channels::telegram::chat_id chat,
                 std::string payload) {
    auto out = request(carrier, delivery(id, chat, std::move(payload)));
    sched.run();
    return out;
  }

  void kill_carrier() {
    self->send_exit(carrier, caf::exit_reason::kill);
    sched.run();
  }

  /// Lets time pass in small steps, as actors that arm timers need it.
  void pass(std::chrono::milliseconds time,
            std::chrono::milliseconds step = std::chrono::milliseconds{50}) {
    for (; time.count() > 0; time -= step)
      advance(std::min(time, step));
  }

  fake_telegram_state& post() {
    using impl = fake_telegram_actor::stateful_base<fake_telegram_state>;
    auto* ptr = caf::actor_cast<caf::abstract_actor*>(telegram);
    return dynamic_cast<impl&>(*ptr).state;
  }

  /// Answers the oldest call that waits.
  void answer(const channels::http_answer& with) {
    self->send(telegram, with);
    sched.run();
  }

  static std::string text_of(const std::string& body) {
    static const std::string mark = R"("text":")";
    const auto from = body.find(mark);
    if (from == std::string::npos)
      return {};
    return body.substr(from + mark.size(),
                       body.find('"', from + mark.size()) - from - mark.size());
  }

  /// The texts that were sent, in their order.
  strings sent() {
    strings out;
    for (const auto& call : post().calls)
      out.push_back(text_of(call.body));
    return out;
  }

  std::size_t waiting(channels::telegram::chat_id chat) {
    return views().backlog(lane_of(chat), 10'000).depth;
  }

  std::size_t dead() {
    return views().dead_letters(persistence::delivery_id{0}, 1'000).size();
  }

  persistence::delivery_views views() {
    return persistence::delivery_views{journal.rows()};
  }

  persistence::memory_journal journal{[this] { return wall; }};
  fake_telegram_actor telegram = spawn(fake_telegram);
  actors::telegram_carrier_world parts;
  actors::telegram_carrier_actor carrier;
  actors::lane_channel channel;
  actors::lane_world_ptr lanes;
  std::vector<actors::error_note> errors;

private:
  std::uint64_t groups_ = 0;
};

} // namespace switchboard::test
