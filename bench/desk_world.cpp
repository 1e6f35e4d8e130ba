#include "bench/desk_world.hpp"

#include "bench/json_text.hpp"
#include "bench/plain_caller.hpp"
#include "bench/step_scenario.hpp"
#include "bench/website_requests.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace switchboard::bench {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t first_agent = 500'000;
constexpr std::chrono::milliseconds look_pause{20};
constexpr std::string_view opening_mark = "opening-";
constexpr std::string_view tap_mark = "tap-";

std::int64_t milliseconds_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

std::string person(std::int64_t agent) {
  const auto name = std::to_string(agent);
  return R"({"id":)" + name + R"(,"is_bot":false,"first_name":"Agent )" + name
         + R"(","username":"agent)" + name + R"("})";
}

std::string date_text() {
  return std::to_string(milliseconds_now() / 1000);
}

constexpr std::string_view bot_person
  = R"({"id":4200,"is_bot":true,"first_name":"Bench","username":"bench_bot"})";

} // namespace

desk_world::desk_world(desk_options options, trip_book& trips)
  : options_{std::move(options)},
    trips_{trips},
    // The numbers of another run on the same data would be old news.
    last_update_{milliseconds_now()},
    sessions_(options_.sessions),
    bot_{options_.bot_api_port,
         [this](const bot_call& call) { on_call(call); }} {}

void desk_world::wait_for_server() {
  const auto deadline = clock::now() + options_.patience;
  for (;;) {
    try {
      plain_caller{options_.load.server, {}}.call("GET", "/healthz", "", 200);
      if (bot_.calls() > 0)
        return;
    } catch (const std::exception&) {
      if (clock::now() > deadline)
        throw;
    }
    if (clock::now() > deadline)
      throw std::runtime_error{
        "the server's bot does not call the Bot API at "
        "127.0.0.1:"
        + std::to_string(bot_.port())};
    std::this_thread::sleep_for(look_pause);
  }
}

void desk_world::begin_sessions() {
  visitors_ = open_sessions(options_.load, options_.sessions);
}

std::int64_t desk_world::agent_of(std::uint32_t session) const noexcept {
  return first_agent + session % options_.agents;
}

load_figures desk_world::write_first_messages() {
  const auto host = to_string(options_.load.server);
  const step writing{"writing the first message",
                     [&](std::uint32_t index) {
                       const auto text
                         = std::string{opening_mark} + std::to_string(index)
                           + ". My order has not arrived, and nobody answers.";
                       const std::lock_guard lock{mutex_};
                       sessions_[index].written = clock::now();
                       return message_request(host, visitors_[index], text);
                     },
                     [&](std::uint32_t index, const answer& reply) {
                       const auto ticket = ticket_of(reply);
                       const std::lock_guard lock{mutex_};
                       sessions_[index].ticket = ticket;
                       return ticket > 0;
                     }};
  return do_for_each(options_.load, options_.sessions, writing);
}

void desk_world::tap_claim(std::uint32_t session) {
  const auto update = claim_update(session);
  const auto headers
    = "X-Telegram-Bot-Api-Secret-Token: " + options_.webhook_secret + "\r\n";
  plain_caller server{options_.load.server, headers};
  server.call("POST", "/api/telegram/webhook", update, 200);
}

void desk_world::claim_all() {
  if (!wait_until([](const auto& all) {
        return std::ranges::all_of(all,
                                   [](const auto& s) { return s.card > 0; });
      }))
    throw std::runtime_error{"not every ticket has a card in the group"};
  // One after the other at first: each of these also registers its agent.
  const auto first = std::min(options_.agents, options_.sessions);
  for (std::uint32_t i = 0; i < first; ++i)
    tap_claim(i);
  const step claiming{
    "claiming",
    [&](std::uint32_t index) {
      return update_request(claim_update(first + index));
    },
    [](std::uint32_t, const answer& reply) { return reply.status == 200; }};
  if (options_.sessions > first)
    do_for_each(options_.load, options_.sessions - first, claiming);
  if (!wait_until([](const auto& all) {
        return std::ranges::all_of(all, [](const auto& s) {
          return s.copy > 0 && s.taps_answered > 0 && s.edits > 0;
        });
      }))
    throw std::runtime_error{"not every agent was told of every ticket"};
}

std::string desk_world::claim_update(std::uint32_t session) {
  const std::lock_guard lock{mutex_};
  auto& one = sessions_[session];
  one.agent = agent_of(session);
  one.tapped = clock::now();
  std::string out = R"({"update_id":)" + std::to_string(++last_update_);
  out += R"(,"callback_query":{"id":")" + std::string{tap_mark};
  out += std::to_string(session) + R"(.","from":)" + person(one.agent);
  out += R"(,"message":{"message_id":)" + std::to_string(one.card);
  out += R"(,"from":)" + std::string{bot_person};
  out += R"(,"chat":{"id":)" + std::to_string(desk_group);
  out += R"(,"title":"Support","type":"supergroup"},"date":)" + date_text();
  out += R"(,"text":"New ticket"},"chat_instance":"1","data":"CLAIM#)";
  return out + std::to_string(one.ticket) + R"("}})";
}

std::string desk_world::reply_update(std::uint32_t session,
                                     const std::string& text) {
  const std::lock_guard lock{mutex_};
  const auto& one = sessions_[session];
  const auto chat = R"({"id":)" + std::to_string(one.agent)
                    + R"(,"first_name":"Agent","type":"private"})";
  const auto date = date_text();
  std::string out = R"({"update_id":)" + std::to_string(++last_update_);
  out += R"(,"message":{"message_id":)" + std::to_string(++last_message_);
  out += R"(,"from":)" + person(one.agent) + R"(,"chat":)" + chat;
  out += R"(,"date":)" + date + R"(,"text":")" + text;
  out += R"(","reply_to_message":{"message_id":)" + std::to_string(one.copy);
  out += R"(,"from":)" + std::string{bot_person} + R"(,"chat":)" + chat;
  return out + R"(,"date":)" + date + R"(,"text":"-"}}})";
}

std::string desk_world::update_request(std::string_view update) const {
  const auto headers
    = "X-Telegram-Bot-Api-Secret-Token: " + options_.webhook_secret + "\r\n";
  return make_request("POST", "/api/telegram/webhook",
                      to_string(options_.load.server), headers, update);
}

bool desk_world::wait_until(
  const std::function<bool(const std::vector<desk_session>&)>& done) {
  auto deadline = clock::now() + options_.patience;
  std::uint64_t seen = 0;
  for (;;) {
    {
      const std::lock_guard lock{mutex_};
      if (done(sessions_))
        return true;
      if (std::exchange(seen, changes_) != changes_)
        deadline = clock::now() + options_.patience;
    }
    if (clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(look_pause);
  }
}

void desk_world::on_call(const bot_call& call) {
  const std::lock_guard lock{mutex_};
  if (call.method == "sendMessage") {
    on_sent(call);
  } else if (call.method == "answerCallbackQuery") {
    each_mark(call.body, tap_mark, [&](std::uint64_t index) {
      if (index >= sessions_.size())
        return;
      if (sessions_[index].taps_answered++ == 0)
        sessions_[index].tap_answered = clock::now();
    });
  } else if (call.method.starts_with("editMessage")
             && call.chat == desk_group) {
    const auto at = cards_.find(call.message);
    if (at != cards_.end())
      ++sessions_[at->second].edits;
  }
  ++changes_;
}

void desk_world::on_sent(const bot_call& call) {
  each_mark(call.body, opening_mark, [&](std::uint64_t index) {
    if (index >= sessions_.size())
      return;
    auto& one = sessions_[index];
    if (call.chat == desk_group && one.cards++ == 0) {
      one.card = call.message;
      one.card_came = clock::now();
      cards_[call.message] = index;
    } else if (call.chat == one.agent && one.copies++ == 0) {
      one.copy = call.message;
      one.copy_came = clock::now();
    }
  });
  each_mark(call.body, trip_mark, [&](std::uint64_t trip) {
    trips_.arrive(trip, static_cast<std::uint64_t>(call.chat));
  });
}

} // namespace switchboard::bench
