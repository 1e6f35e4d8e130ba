// The executors' bot as tickets and lanes see it, without sockets: deliveries
// are rendered and settled by hand.
#include "app/telegram_executors.hpp"

#include "api/telegram/executors_prompts.hpp"
#include "channels/telegram/executor_texts.hpp"
#include "domain/match.hpp"
#include "persistence/memory_journal.hpp"
#include "persistence/ticket_changes.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::app {
namespace {

namespace wire = channels::telegram;
using api::telegram::executor_bot;
using domain::status;

constexpr std::int64_t bot = 777;
constexpr std::int64_t ann_chat = 501;
constexpr std::int64_t bob_chat = 502;
constexpr std::int64_t cid_chat = 503;

class TelegramExecutors : public ::testing::Test {
protected:
  TelegramExecutors() {
    add_user(1, ann_chat, domain::user_role::executor);
    add_user(2, bob_chat, domain::user_role::executor);
    add_user(3, cid_chat, domain::user_role::agent);
    add_user(4, std::nullopt, domain::user_role::executor);
  }

  void commit(persistence::changes what) {
    std::optional<persistence::commit_outcome> outcome;
    journal.commit(std::move(what), [&](auto o) { outcome = std::move(o); });
    ASSERT_TRUE(outcome);
    ASSERT_TRUE(std::holds_alternative<persistence::committed>(*outcome));
  }

  void add_user(std::uint64_t id, std::optional<std::int64_t> chat,
                domain::user_role role) {
    domain::user user;
    user.id = domain::user_id{id};
    user.name = "user " + std::to_string(id);
    user.telegram_id = chat;
    user.role = role;
    commit(persistence::save(std::nullopt, user, now));
  }

  domain::create_ticket creation(std::string assignee = {}) {
    domain::create_ticket out;
    out.id = domain::ticket_id{domain::make_uuid7(now, 1, ++drawn)};
    out.number = domain::ticket_number{drawn};
    out.ref = "T-20260101-AAAAAAA" + std::to_string(drawn);
    out.subject = "No water";
    out.first_message.id
      = domain::message_id{domain::make_uuid7(now, 2, drawn)};
    out.first_message.body = "The tap is dry.";
    out.assignee = std::move(assignee);
    return out;
  }

  /// Carries out a command as its ticket's actor would; what is planned then.
  std::vector<persistence::new_delivery>
  apply(domain::ticket_id id, const domain::ticket_command& command) {
    const auto before = tickets.load(id);
    auto after = before;
    const domain::context ctx{now};
    const auto events = domain::decide(before, command, ctx);
    EXPECT_TRUE(events);
    for (const auto& event : events.value())
      domain::apply(after, event);
    commit(persistence::ticket_changes(before, *after, events.value()));
    return executors.plan(*after, events.value());
  }

  domain::ticket_id create(std::string assignee = {}) {
    const auto made = creation(std::move(assignee));
    apply(made.id, made);
    return made.id;
  }

  std::vector<persistence::new_delivery> move(domain::ticket_id id, status to) {
    return apply(id, domain::change_status{to, {}, "1"});
  }
  std::vector<persistence::new_delivery> assign(domain::ticket_id id,
                                                std::string agent) {
    return apply(id, domain::assign_ticket{std::move(agent), {}, "admin"});
  }
  std::vector<persistence::new_delivery> customer_says(domain::ticket_id id) {
    domain::add_message cmd;
    cmd.message.id = domain::message_id{domain::make_uuid7(now, 3, ++drawn)};
    cmd.message.sender_name = "Asha";
    cmd.message.body = "Still dry!";
    return apply(id, cmd);
  }

  /// `card@501`, `refresh@501`, `done@502` …
  static std::vector<std::string>
  in_short(const std::vector<persistence::new_delivery>& all) {
    std::vector<std::string> out;
    for (const auto& d : all) {
      const auto what = wire::decode_errand(d.payload);
      const auto lane = wire::parse_chat_lane(d.lane);
      if (!what || !lane) {
        out.emplace_back("nonsense");
        continue;
      }
      std::string name{wire::to_string(what->what)};
      if (what->what == wire::errand_kind::executor_card)
        name = what->about ? "refresh" : "card";
      else if (what->what == wire::errand_kind::executor_done)
        name = what->part == 0 ? "done" : "spent";
      out.push_back(name + '@'
                    + std::to_string(static_cast<std::int64_t>(lane->chat)));
    }
    return out;
  }

  static persistence::delivery waiting(const persistence::new_delivery& d) {
    persistence::delivery out;
    out.lane = d.lane;
    out.group = d.group;
    out.kind = d.kind;
    out.payload = d.payload;
    out.created_at = d.created_at;
    out.sequence = d.sequence;
    return out;
  }

  static wire::api_answer sent(std::int32_t id) {
    wire::api_answer out;
    out.meaning = wire::answer_class::done;
    out.result = R"({"message_id":)" + std::to_string(id)
                 + R"(,"chat":{"id":501,"type":"private"},"date":1})";
    return out;
  }
  static wire::api_answer done() {
    wire::api_answer out;
    out.meaning = wire::answer_class::done;
    out.result = "true";
    return out;
  }
  static wire::api_answer refused(std::string description) {
    wire::api_answer out;
    out.meaning = wire::answer_class::message_gone;
    out.description = std::move(description);
    return out;
  }

  /// Settles a delivery; what is to be done next.
  std::vector<persistence::new_delivery>
  settle(const persistence::new_delivery& d, const wire::api_answer& told) {
    persistence::changes settling;
    executors.settled(waiting(d), told, now, settling);
    auto out = settling.deliveries;
    commit(std::move(settling));
    return out;
  }

  std::optional<wire::method> call_of(const persistence::new_delivery& d) {
    auto made = executors.render(waiting(d));
    if (auto* leaving = std::get_if<actors::outgoing>(&made))
      return std::move(leaving->call);
    return std::nullopt;
  }
  template <class Call>
  Call call_as(const persistence::new_delivery& d) {
    const auto made = call_of(d);
    EXPECT_TRUE(made && std::holds_alternative<Call>(*made));
    return made ? std::get<Call>(*made) : Call{};
  }

  /// A ticket of Ann's with a card as each of these messages.
  domain::ticket_id shown_as(const std::vector<std::int32_t>& messages) {
    const auto id = create("1");
    for (const auto message : messages)
      settle(api::telegram::executor_deliveries::card(
               {wire::bot_number{bot}, wire::chat_id{ann_chat}}, id,
               tickets.load(id)->last_event, now),
             sent(message));
    return id;
  }

  domain::timestamp now{std::chrono::hours{24 * 365 * 56}};
  std::uint64_t drawn = 0;
  persistence::memory_journal journal{[this] { return now; }};
  persistence::ticket_views tickets{journal.rows()};
  persistence::record_views records{journal.rows()};
  persistence::place_views places{journal.rows()};
  telegram_executors executors{{journal, [this] { return now; },
                                executor_bot{wire::bot_number{bot}, true},
                                std::chrono::minutes{15}}};
};

using lines = std::vector<std::string>;

// -- plans --------------------------------------------------------------------

TEST_F(TelegramExecutors, SendACardWhenATicketBecomesSomebodys) {
  const auto made = creation("1");
  EXPECT_EQ(in_short(apply(made.id, made)), lines{"card@501"});
  const auto id = create();
  EXPECT_EQ(in_short(assign(id, "2")), lines{"card@502"});
}

TEST_F(TelegramExecutors, TakeTheCardsAwayFromWhoLosesATicket) {
  const auto id = create("1");
  EXPECT_EQ(in_short(assign(id, "2")), (lines{"done@501", "card@502"}));
  EXPECT_EQ(in_short(apply(id, domain::release_ticket{})), lines{"done@502"});
}

TEST_F(TelegramExecutors, FollowATicketThroughItsStates) {
  const auto id = create("1");
  EXPECT_EQ(in_short(move(id, status::in_progress)), lines{"refresh@501"});
  EXPECT_EQ(in_short(apply(
              id, domain::change_priority{domain::priority::urgent, "admin"})),
            lines{"refresh@501"});
  EXPECT_EQ(in_short(move(id, status::resolved)), lines{"done@501"});
  EXPECT_EQ(in_short(move(id, status::closed)), lines{});
}

TEST_F(TelegramExecutors, BringACardBackWhenTheCustomerReopensTheTicket) {
  const auto id = create("1");
  move(id, status::resolved);
  EXPECT_EQ(in_short(customer_says(id)), (lines{"card@501", "message@501"}));
}

TEST_F(TelegramExecutors, PassOnWhatTheCustomerWrites) {
  const auto id = create("1");
  const auto planned = customer_says(id);
  ASSERT_EQ(in_short(planned), lines{"message@501"});
  const auto call = call_as<wire::send_message>(planned[0]);
  EXPECT_EQ(call.text.text, "#1 Asha writes:\nStill dry!");
  EXPECT_EQ(in_short(apply(id, domain::add_note{"hm", "admin"})), lines{});
}

TEST_F(TelegramExecutors, LeaveAloneWhoHasNoChat) {
  EXPECT_EQ(in_short(assign(create(), "4")), lines{});
  EXPECT_EQ(in_short(assign(create(), "99")), lines{});
  EXPECT_EQ(in_short(assign(create(), "somebody")), lines{});
}

TEST_F(TelegramExecutors, SendAgentsWhatTheDeskDoesNot) {
  EXPECT_EQ(in_short(assign(create(), "3")), lines{"card@503"});
  auto made = creation("3");
  made.session = domain::session_place{
    domain::session_id{domain::make_uuid7(now, 9, 9)}, 1};
  EXPECT_EQ(in_short(apply(made.id, made)), lines{});
}

TEST_F(TelegramExecutors, PlanNothingWithoutABot) {
  const telegram_executors off{{journal, [this] { return now; }, {}, {}}};
  const auto made = creation("1");
  std::optional<domain::ticket> after;
  const auto events = domain::decide(after, made, domain::context{now});
  for (const auto& event : events.value())
    domain::apply(after, event);
  EXPECT_TRUE(off.plan(*after, events.value()).empty());
}

TEST_F(TelegramExecutors, KnowTheirDeliveries) {
  const auto planned = assign(create(), "1");
  EXPECT_TRUE(telegram_executors::owns(waiting(planned.at(0))));
  persistence::delivery other;
  other.kind = "desk.card";
  EXPECT_FALSE(telegram_executors::owns(other));
}

// -- cards --------------------------------------------------------------------

TEST_F(TelegramExecutors, ShowTheTicketAsItIsWhenItsCardLeaves) {
  const auto id = create();
  const auto card = assign(id, "1").at(0);
  auto call = call_as<wire::send_message>(card);
  EXPECT_EQ(call.to.chat, wire::chat_id{ann_chat});
  EXPECT_NE(call.text.text.find("The tap is dry."), std::string::npos);
  EXPECT_NE(call.text.text.find("Status: open"), std::string::npos);
  move(id, status::in_progress);
  call = call_as<wire::send_message>(card);
  EXPECT_NE(call.text.text.find("Status: in progress"), std::string::npos);
  move(id, status::resolved);
  EXPECT_FALSE(call_of(card)) << "there is nothing to do any more";
}

TEST_F(TelegramExecutors, ChangeEveryCopyOfACard) {
  const auto id = shown_as({11, 12, 13});
  auto planned = move(id, status::in_progress);
  for (const std::int32_t message : {11, 12, 13}) {
    ASSERT_EQ(in_short(planned), lines{"refresh@501"});
    const auto call = call_as<wire::edit_message_text>(planned[0]);
    EXPECT_EQ(call.message, wire::message_id{message});
    EXPECT_EQ(call.keyboard.rows.at(0).at(0).value, "noop");
    planned = settle(planned[0], done());
  }
  EXPECT_TRUE(planned.empty());
}

TEST_F(TelegramExecutors, ForgetACopyThatIsGone) {
  const auto id = shown_as({11, 12});
  const auto planned = move(id, status::in_progress);
  const auto next
    = settle(planned.at(0), refused("Bad Request: message to edit not found"));
  ASSERT_EQ(in_short(next), lines{"refresh@501"});
  EXPECT_EQ(call_as<wire::edit_message_text>(next[0]).message,
            wire::message_id{12});
  EXPECT_EQ(places.of(id, persistence::shown::executor_card).size(), 1U);
}

TEST_F(TelegramExecutors, DeleteEveryCopyOfAResolvedTicket) {
  const auto id = shown_as({11, 12});
  auto planned = move(id, status::resolved);
  for (const std::int32_t message : {11, 12}) {
    ASSERT_EQ(in_short(planned), lines{"done@501"});
    EXPECT_EQ(call_as<wire::delete_message>(planned[0]).message,
              wire::message_id{message});
    planned = settle(planned[0], done());
  }
  EXPECT_TRUE(planned.empty());
  EXPECT_TRUE(places.of(id, persistence::shown::executor_card).empty());
}

TEST_F(TelegramExecutors, TakeTheButtonsOffACardThatIsTooOldToDelete) {
  const auto id = shown_as({11});
  now += std::chrono::hours{48};
  const auto planned = move(id, status::resolved);
  const auto call = call_as<wire::edit_message_text>(planned.at(0));
  EXPECT_EQ(call.message, wire::message_id{11});
  EXPECT_TRUE(call.keyboard.rows.empty());
  EXPECT_EQ(call.text.text, "#1 No water\nStatus: resolved");
  EXPECT_TRUE(settle(planned[0], done()).empty());
  EXPECT_TRUE(places.of(id, persistence::shown::executor_card).empty());
}

TEST_F(TelegramExecutors, DoTheSameWhenTelegramSaysSo) {
  const auto id = shown_as({11, 12});
  const auto planned = move(id, status::resolved);
  const auto instead
    = settle(planned.at(0), refused("Bad Request: message can't be deleted"));
  ASSERT_EQ(in_short(instead), lines{"spent@501"});
  EXPECT_EQ(call_as<wire::edit_message_text>(instead[0]).message,
            wire::message_id{11});
  // Whatever comes of that, it goes on.
  const auto next
    = settle(instead[0], refused("Bad Request: message can't be deleted"));
  ASSERT_EQ(in_short(next), lines{"done@501"});
  EXPECT_EQ(call_as<wire::delete_message>(next[0]).message,
            wire::message_id{12});
}

TEST_F(TelegramExecutors, BringACardUpToDateThatWasOutrun) {
  const auto id = create();
  const auto card = assign(id, "1").at(0);
  ASSERT_TRUE(call_of(card));
  move(id, status::in_progress);
  EXPECT_EQ(in_short(settle(card, sent(11))), lines{"refresh@501"});
}

TEST_F(TelegramExecutors, TakeBackACardThatCameTooLate) {
  const auto id = create();
  const auto card = assign(id, "1").at(0);
  ASSERT_TRUE(call_of(card));
  assign(id, "2");
  EXPECT_EQ(in_short(settle(card, sent(11))), lines{"done@501"});
}

TEST_F(TelegramExecutors, KeepTheCardsOfWhoGetsATicketBack) {
  const auto id = shown_as({11, 12});
  const auto lost = assign(id, "2");
  assign(id, "1");
  EXPECT_EQ(in_short(settle(lost.at(0), done())), lines{});
}

TEST_F(TelegramExecutors, RemoveATappedMessageThatNobodyKnows) {
  const auto gone = api::telegram::executor_deliveries::no_cards(
    {wire::bot_number{bot}, wire::chat_id{ann_chat}}, std::nullopt,
    wire::message_id{44}, now);
  EXPECT_EQ(call_as<wire::delete_message>(gone).message, wire::message_id{44});
  EXPECT_TRUE(settle(gone, done()).empty());
}

TEST_F(TelegramExecutors, SayNothingThatTheyCannotRead) {
  persistence::delivery broken;
  broken.lane = "telegram:777:501";
  broken.kind = "executor.card";
  broken.payload = "{";
  EXPECT_TRUE(
    std::holds_alternative<actors::nothing_to_do>(executors.render(broken)));
  persistence::changes settling;
  executors.settled(broken, done(), now, settling);
  EXPECT_TRUE(settling.rows.empty());
}

// -- questions ----------------------------------------------------------------

class Prompts : public TelegramExecutors {
protected:
  domain::prompt ask(domain::ticket_id about) {
    domain::prompt out;
    out.id = domain::prompt_id{domain::make_uuid7(now, 7, ++drawn)};
    out.user = domain::user_id{1};
    out.ticket = about;
    out.bot = bot;
    out.chat = ann_chat;
    out.created_at = now;
    out.updated_at = now;
    out.expires_at = now + std::chrono::minutes{15};
    auto what = api::telegram::open_prompt(out, now);
    question = what.deliveries.at(0);
    timer = what.timers.at(0);
    commit(std::move(what));
    return out;
  }

  domain::prompt_state state_of(const domain::prompt& prompt) {
    return records.find(prompt.id)->value.state;
  }

  persistence::new_delivery question;
  persistence::timer_change timer;
};

TEST_F(Prompts, AskForAnAnswerUnderTheCard) {
  const auto id = shown_as({11});
  const auto prompt = ask(id);
  const auto call = call_as<wire::send_message>(question);
  EXPECT_TRUE(std::holds_alternative<wire::force_reply>(call.markup));
  ASSERT_TRUE(call.to.reply_to);
  EXPECT_EQ(call.to.reply_to->message, wire::message_id{11});
  EXPECT_TRUE(settle(question, sent(12)).empty());
  const auto shown = places.find({bot, ann_chat, 12});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->what, persistence::shown::prompt);
  EXPECT_EQ(shown->ticket, id);
  commit(api::telegram::close_prompt(*records.find(prompt.id),
                                     domain::prompt_state::cancelled, {}, now));
  EXPECT_FALSE(call_of(question)) << "it is not asked any more";
}

TEST_F(Prompts, ExpireByTheirTimer) {
  const auto prompt = ask(shown_as({11}));
  now = prompt.expires_at;
  executors.wake(timer);
  EXPECT_EQ(state_of(prompt), domain::prompt_state::expired);
  EXPECT_FALSE(records.find_open_prompt(domain::user_id{1}));
  executors.wake(timer);
  EXPECT_EQ(records.find(prompt.id)->version, domain::sequence{2});
}

TEST_F(Prompts, AreCompletedWhenTheirAnswerWasKeptBeforeACrash) {
  const auto id = shown_as({11});
  const auto prompt = ask(id);
  persistence::changes answered;
  answered.claims.push_back(
    api::telegram::answer_claim(prompt.id, "half done", now));
  commit(std::move(answered));
  now = prompt.expires_at;
  executors.wake(timer);
  const auto now_known = records.find(prompt.id)->value;
  EXPECT_EQ(now_known.state, domain::prompt_state::completed);
  EXPECT_EQ(now_known.answer, "half done");
}

TEST_F(Prompts, AreLeftAloneByATimerThatIsNotTheirs) {
  const auto prompt = ask(shown_as({11}));
  auto other = timer;
  other.due += std::chrono::minutes{1};
  executors.wake(other);
  EXPECT_EQ(state_of(prompt), domain::prompt_state::awaiting_input);
  other.entity = domain::make_uuid7(now, 1, 99);
  executors.wake(other);
  other.kind = domain::entity_kind::ticket;
  executors.wake(other);
}

} // namespace
} // namespace switchboard::app
