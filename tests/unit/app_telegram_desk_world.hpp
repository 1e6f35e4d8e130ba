#pragma once

#include "app/telegram_desk.hpp"
#include "channels/telegram/errand.hpp"
#include "domain/match.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/ticket_changes.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace switchboard::app {

namespace wire = channels::telegram;

inline constexpr std::int64_t desk_bot = 777;
inline constexpr std::int64_t group_chat = -1'001'234;
inline constexpr std::int64_t ana_chat = 501;
inline constexpr std::int64_t ben_chat = 502;
inline constexpr std::int64_t exe_chat = 503;

using lines = std::vector<std::string>;

/// The desk over a journal in memory, and chats that show what it sends: each
/// delivery is planned, rendered, "sent" and settled in turn.
class desk_world : public ::testing::Test {
protected:
  desk_world() {
    options.support_group = group_chat;
    add_user(1, "Ana", "ana", ana_chat, domain::user_role::agent);
    add_user(2, "Ben", "ben", ben_chat, domain::user_role::agent);
    add_user(3, "Exe", "exe", exe_chat, domain::user_role::executor);
    build();
  }

  void build() {
    telegram_desk_parts parts{options, wire::bot_number{desk_bot}, journal,
                              [this] { return now; }};
    parts.known_file_id = [this](domain::attachment_id id, wire::bot_number) {
      const auto found = file_ids.find(id.value);
      return found == file_ids.end() ? std::nullopt
                                     : std::optional{found->second};
    };
    parts.remember_file_id
      = [](domain::attachment_id id, wire::bot_number, const std::string& to) {
          return persistence::row_change{persistence::family::meta,
                                         "file:" + to_string(id.value), to};
        };
    parts.report_error
      = [this](const actors::error_note& note) { errors.push_back(note.code); };
    parts.say = [this](wire::bot_number, const actors::outgoing& call) {
      said.push_back(call.call);
    };
    desk.emplace(std::move(parts));
  }

  void commit(persistence::changes what) {
    std::optional<persistence::commit_outcome> outcome;
    journal.commit(std::move(what), [&](auto o) { outcome = std::move(o); });
    ASSERT_TRUE(outcome);
    ASSERT_TRUE(std::holds_alternative<persistence::committed>(*outcome));
  }

  void add_user(std::uint64_t id, std::string name, std::string username,
                std::optional<std::int64_t> chat, domain::user_role role) {
    domain::user user;
    user.id = domain::user_id{id};
    user.name = std::move(name);
    user.username = std::move(username);
    user.telegram_id = chat;
    user.role = role;
    commit(persistence::save(std::nullopt, user, now));
  }

  domain::uuid next_uuid() {
    return domain::make_uuid7(now, 1, ++drawn);
  }

  domain::message_draft words(std::string body,
                              domain::sender_role role
                              = domain::sender_role::customer,
                              std::string name = {}) {
    domain::message_draft out;
    out.id = domain::message_id{next_uuid()};
    out.role = role;
    out.sender_name = std::move(name);
    out.body = std::move(body);
    return out;
  }

  domain::create_ticket creation(std::string body = "Where is my order?") {
    domain::create_ticket out;
    out.id = domain::ticket_id{next_uuid()};
    out.number = domain::ticket_number{++numbers};
    out.ref = "T-20260101-AAAAAAA" + std::to_string(numbers);
    out.subject = body.substr(0, 40);
    out.first_message = words(std::move(body));
    out.session = domain::session_place{domain::session_id{next_uuid()}, 1};
    return out;
  }

  /// Carries out commands as the ticket's actor would: in one commit, with the
  /// deliveries planned before it is durable.
  std::vector<persistence::new_delivery>
  plan(domain::ticket_id id,
       const std::vector<domain::ticket_command>& commands) {
    const auto before = tickets.load(id);
    auto after = before;
    std::vector<domain::ticket_event> events;
    for (const auto& command : commands) {
      auto decided = domain::decide(after, command, domain::context{now});
      EXPECT_TRUE(decided);
      if (!decided)
        return {};
      for (auto& event : decided.value()) {
        domain::apply(after, event);
        events.push_back(std::move(event));
      }
    }
    auto out = desk->plan(*after, events);
    if (!events.empty())
      commit(persistence::ticket_changes(before, *after, events));
    return out;
  }

  void apply(domain::ticket_id id, const domain::ticket_command& command) {
    send(plan(id, {command}));
  }

  domain::ticket_id create(std::string body = "Where is my order?") {
    const auto made = creation(std::move(body));
    apply(made.id, made);
    return made.id;
  }
  domain::ticket_id claimed_by(std::string agent) {
    const auto id = create();
    apply(id, domain::claim_ticket{std::move(agent)});
    return id;
  }
  void says(domain::ticket_id id, std::string body) {
    apply(id, domain::add_message{words(std::move(body))});
  }
  /// The message with this number gets other words.
  domain::ticket_command edit(domain::ticket_id id, std::uint32_t number,
                              std::string body) {
    const domain::message_sequence before{number - 1};
    auto row = tickets.messages(id, before, 1).at(0);
    row.message.body = std::move(body);
    return domain::edit_message{row.number, row.at, row.message};
  }

  static persistence::delivery waiting(const persistence::new_delivery& d) {
    persistence::delivery out;
    out.lane = d.lane;
    out.group = d.group;
    out.kind = d.kind;
    out.payload = d.payload;
    out.created_at = d.created_at;
    return out;
  }

  actors::rendering render(const persistence::new_delivery& d) const {
    return desk->render(wire::bot_number{desk_bot}, waiting(d));
  }

  /// Sends deliveries, and those that follow from them.
  void send(std::vector<persistence::new_delivery> what,
            std::uint32_t shared_by = 1) {
    std::deque<persistence::new_delivery> queue{
      std::make_move_iterator(what.begin()),
      std::make_move_iterator(what.end())};
    for (; !queue.empty(); queue.pop_front()) {
      const auto& d = queue.front();
      auto made = render(d);
      wire::api_answer told;
      told.meaning = wire::answer_class::done;
      told.result = "true";
      if (const auto* call = std::get_if<actors::outgoing>(&made))
        told = carry_out(call->call);
      for (auto& more : settle(d, told, shared_by))
        queue.push_back(std::move(more));
    }
  }

  std::vector<persistence::new_delivery>
  settle(const persistence::new_delivery& d, const wire::api_answer& told,
         std::uint32_t shared_by = 1) {
    persistence::changes settling;
    desk->settled(wire::bot_number{desk_bot}, waiting(d), told, shared_by, now,
                  settling);
    auto out = std::exchange(settling.deliveries, {});
    commit(std::move(settling));
    return out;
  }

  // -- Telegram ---------------------------------------------------------------

  struct shown {
    std::string text;
    std::vector<std::string> buttons;
    std::int32_t reply_to = 0;
  };

  static std::vector<std::string> labels(const wire::inline_keyboard& from) {
    std::vector<std::string> out;
    for (const auto& row : from.rows)
      for (const auto& one : row)
        out.push_back(one.text + '=' + one.value);
    return out;
  }

  wire::api_answer post(const wire::destination& to, shown what) {
    if (to.reply_to)
      what.reply_to = static_cast<std::int32_t>(to.reply_to->message);
    const auto chat = static_cast<std::int64_t>(to.chat);
    const auto id = ++last_message;
    chats[chat][id] = std::move(what);
    wire::api_answer out;
    out.meaning = wire::answer_class::done;
    out.result = R"({"message_id":)" + std::to_string(id)
                 + R"(,"date":1,"chat":{"type":"private","id":)"
                 + std::to_string(chat) + "}}";
    return out;
  }

  wire::api_answer gone() const {
    wire::api_answer out;
    out.meaning = wire::answer_class::message_gone;
    out.description = "Bad Request: message to edit not found";
    return out;
  }

  wire::api_answer carry_out(const wire::method& call) {
    wire::api_answer done;
    done.meaning = wire::answer_class::done;
    done.result = "true";
    return domain::match(
      call,
      [&](const wire::send_message& c) {
        shown what{c.text.text, {}, 0};
        if (const auto* keys = std::get_if<wire::inline_keyboard>(&c.markup))
          what.buttons = labels(*keys);
        return post(c.to, std::move(what));
      },
      [&](const wire::send_file& c) {
        return post(c.to,
                    {std::string{to_string(c.kind)} + ' ' + c.source, {}, 0});
      },
      [&](const wire::send_media_group& c) {
        std::string all = "album";
        for (const auto& item : c.items)
          all += ' ' + item.source;
        return post(c.to, {std::move(all), {}, 0});
      },
      [&](const wire::edit_message_text& c) {
        const auto found = find(c.chat, c.message);
        if (found == nullptr)
          return gone();
        found->text = c.text.text;
        found->buttons = labels(c.keyboard);
        return done;
      },
      [&](const wire::edit_message_reply_markup& c) {
        const auto found = find(c.chat, c.message);
        if (found == nullptr)
          return gone();
        found->buttons = labels(c.keyboard);
        return done;
      },
      [&](const wire::delete_message& c) {
        chats[static_cast<std::int64_t>(c.chat)].erase(
          static_cast<std::int32_t>(c.message));
        return done;
      },
      [&](const wire::set_message_reaction& c) {
        reactions.push_back(std::to_string(static_cast<std::int32_t>(c.message))
                            + c.emoji);
        return done;
      },
      [&](const auto&) { return done; });
  }

  shown* find(wire::chat_id chat, wire::message_id message) {
    auto& all = chats[static_cast<std::int64_t>(chat)];
    const auto found = all.find(static_cast<std::int32_t>(message));
    return found == all.end() ? nullptr : &found->second;
  }

  /// What a chat shows, e.g. `New ticket #1 • General [Claim=CLAIM#1]`.
  lines picture(std::int64_t chat) {
    lines out;
    for (const auto& [id, one] : chats[chat]) {
      auto line = one.text;
      for (const auto& label : one.buttons)
        line += " [" + label + ']';
      out.push_back(std::move(line));
    }
    return out;
  }

  config::desk_section options;
  domain::timestamp now{std::chrono::hours{24 * 365 * 56}};
  std::uint64_t drawn = 0;
  std::uint64_t numbers = 0;
  persistence::memory_journal journal{[this] { return now; }};
  persistence::ticket_views tickets{journal.rows()};
  persistence::place_views places{journal.rows()};
  std::map<domain::uuid, std::string> file_ids;
  std::vector<std::string> errors;
  std::vector<wire::method> said;
  std::optional<telegram_desk> desk;

  std::int32_t last_message = 100;
  std::map<std::int64_t, std::map<std::int32_t, shown>> chats;
  std::vector<std::string> reactions;
};

} // namespace switchboard::app
