#include "tests/unit/app_telegram_desk_world.hpp"

namespace switchboard::app {
namespace {

using domain::sender_role;
using domain::status;

class TelegramDesk : public desk_world {};

const std::string card_1 = "New ticket #1 • General\n\"Where is my order?\"";
const std::string waiting_1 = card_1 + " [Claim=CLAIM#1] [Pass=PASS#1]";
const std::string connected_1
  = "You're connected to ticket #1. Send messages here.";

// -- cards --------------------------------------------------------------------

TEST_F(TelegramDesk, ShowsANewTicketToTheGroup) {
  create();
  EXPECT_EQ(picture(group_chat), lines{waiting_1});
}

TEST_F(TelegramDesk, LeavesTicketsOfNoSessionAlone) {
  auto made = creation();
  made.session.reset();
  EXPECT_TRUE(plan(made.id, {made}).empty());
}

TEST_F(TelegramDesk, TheCardFollowsTheTicket) {
  const auto id = create();
  apply(id, domain::claim_ticket{"1"});
  EXPECT_EQ(picture(group_chat), lines{card_1 + " [Claimed by @ana=noop]"});
  apply(id, domain::release_ticket{});
  EXPECT_EQ(picture(group_chat), lines{waiting_1});
  apply(id, domain::change_status{status::closed, {}, "visitor"});
  EXPECT_EQ(picture(group_chat), lines{card_1 + " [Closed=noop]"});
}

TEST_F(TelegramDesk, ACardThatWaitedShowsTheTicketAsItIsWhenItLeaves) {
  const auto made = creation();
  auto all = plan(made.id, {made});
  for (auto& one : plan(made.id, {domain::claim_ticket{"1"}}))
    all.push_back(std::move(one));
  send(std::move(all));
  EXPECT_EQ(picture(group_chat), lines{card_1 + " [Claimed by @ana=noop]"});
}

TEST_F(TelegramDesk, AReminderIsACopyOfTheCard) {
  const auto id = create();
  now += std::chrono::minutes{10};
  apply(id, domain::remind_unclaimed{});
  EXPECT_EQ(picture(group_chat),
            (lines{waiting_1,
                   "Ticket #1 has been waiting for 10 minutes. "
                   "[Claim=CLAIM#1] [Pass=PASS#1]"}));
  EXPECT_EQ(chats[group_chat].rbegin()->second.reply_to, 101);
  apply(id, domain::claim_ticket{"2"});
  EXPECT_EQ(picture(group_chat),
            (lines{card_1 + " [Claimed by @ben=noop]",
                   "Ticket #1 has been waiting for 10 minutes. "
                   "[Claimed by @ben=noop]"}));
}

TEST_F(TelegramDesk, ACopyThatWasOnItsWayWhenTheTicketWasClaimedChangesToo) {
  const auto id = create();
  auto all = plan(id, {domain::remind_unclaimed{}});
  auto reminder = all.front();
  // It has left, but nobody knows of it yet when the ticket is claimed.
  const auto made = render(reminder);
  const auto told = carry_out(std::get<actors::outgoing>(made).call);
  auto claim = plan(id, {domain::claim_ticket{"1"}});
  settle(reminder, told);
  send(std::move(claim));
  for (const auto& line : picture(group_chat))
    EXPECT_NE(line.find("[Claimed by @ana=noop]"), std::string::npos) << line;
}

TEST_F(TelegramDesk, ACardThatSomebodyDeletedComesBackWhileTheTicketWaits) {
  const auto id = create();
  chats[group_chat].clear();
  apply(id, domain::change_status{status::escalated, {}, "9"});
  EXPECT_EQ(picture(group_chat),
            (lines{"Ticket #1 is escalated.\n\"Where is my order?\"",
                   waiting_1}));
}

TEST_F(TelegramDesk, SaysOnceThatEverybodyHasPassed) {
  const auto id = create();
  apply(id, domain::pass_ticket{"1"});
  EXPECT_EQ(picture(group_chat).size(), 1u);
  apply(id, domain::pass_ticket{"2"});
  ASSERT_EQ(picture(group_chat).size(), 2u);
  EXPECT_EQ(picture(group_chat).back(),
            "Everybody has passed on ticket #1. It still waits for somebody to "
            "claim it.");
  apply(id, domain::pass_ticket{"2"});
  EXPECT_EQ(picture(group_chat).size(), 2u);
}

TEST_F(TelegramDesk, FollowsAGroupThatBecameASupergroup) {
  constexpr std::int64_t elsewhere = -1'009'999;
  desk->migrated(wire::bot_number{desk_bot}, wire::chat_id{group_chat},
                 wire::chat_id{elsewhere});
  create();
  EXPECT_EQ(picture(elsewhere), lines{waiting_1});
  build(); // After a restart.
  create("And mine?");
  EXPECT_EQ(picture(elsewhere).size(), 2u);
  EXPECT_TRUE(picture(group_chat).empty());
}

// -- conversations ------------------------------------------------------------

TEST_F(TelegramDesk, WhoClaimsATicketGetsItsConversation) {
  const auto id = create();
  says(id, "Hello?");
  apply(id, domain::claim_ticket{"1"});
  EXPECT_EQ(picture(ana_chat),
            (lines{connected_1, "Visitor #1: Where is my order?",
                   "Visitor #1: Hello?"}));
  says(id, "Still there?");
  EXPECT_EQ(picture(ana_chat).back(), "Visitor #1: Still there?");
  EXPECT_TRUE(picture(ben_chat).empty());
}

TEST_F(TelegramDesk, NamesTheVisitorAndOthersWhoWrite) {
  const auto id = claimed_by("1");
  apply(id, domain::add_message{
              words("It is blue", sender_role::customer, "Asha")});
  apply(id,
        domain::add_message{words("I can help", sender_role::agent, "Ben")});
  apply(id, domain::add_message{words("Rate us!", sender_role::system)});
  const auto all = picture(ana_chat);
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[2], "Visitor #1 (Asha): It is blue");
  EXPECT_EQ(all[3], "#1 • Ben: I can help");
  EXPECT_EQ(all[4], "#1 • system: Rate us!");
}

TEST_F(TelegramDesk, DoesNotEchoWhatTheAgentWroteInTheChat) {
  const auto id = claimed_by("1");
  auto own = words("On its way", sender_role::agent, "Ana");
  own.external_id = "tg:777:501:42";
  apply(id, domain::add_message{own});
  EXPECT_EQ(picture(ana_chat).size(), 2u);
  apply(id, domain::assign_ticket{"2", {}, "1"});
  EXPECT_EQ(picture(ben_chat).back(), "#1 • Ana: On its way");
}

TEST_F(TelegramDesk, ShowsTheEndOfALongConversation) {
  const auto id = create();
  for (int i = 2; i <= 25; ++i)
    says(id, "message " + std::to_string(i));
  apply(id, domain::claim_ticket{"1"});
  const auto all = picture(ana_chat);
  ASSERT_EQ(all.size(), 21u);
  EXPECT_EQ(all.front(), connected_1
                           + "\n\nThe newest 20 messages follow; 5 came before "
                             "them.");
  EXPECT_EQ(all[1], "Visitor #1: message 6");
  EXPECT_EQ(all.back(), "Visitor #1: message 25");
}

TEST_F(TelegramDesk, OneCommitOfSeveralCommandsShowsEachMessageOnce) {
  const auto made = creation();
  send(plan(
    made.id,
    {made, domain::add_message{words("one")}, domain::claim_ticket{"1"},
     domain::add_message{words("two")}, domain::assign_ticket{"2", {}, "1"},
     domain::add_message{words("three")}}));
  EXPECT_EQ(picture(ben_chat),
            (lines{connected_1, "Visitor #1: Where is my order?",
                   "Visitor #1: one", "Visitor #1: two", "Visitor #1: three"}));
  // What is no more theirs when it leaves is not shown to them.
  EXPECT_EQ(picture(ana_chat), lines{"Ticket #1 is now with @ben."});
}

TEST_F(TelegramDesk, TellsWhoLosesATicket) {
  const auto id = claimed_by("1");
  apply(id, domain::assign_ticket{"2", {}, "1"});
  EXPECT_EQ(picture(ana_chat).back(), "Ticket #1 is now with @ben.");
  apply(id, domain::release_ticket{{}, "2"});
  EXPECT_EQ(picture(ben_chat).back(), "Ticket #1 is back in the queue.");
}

TEST_F(TelegramDesk, TellsTheAgentThatAndByWhomATicketWasClosed) {
  const auto first = claimed_by("1");
  apply(first, domain::change_status{status::closed, {}, "visitor"});
  EXPECT_EQ(picture(ana_chat).back(), "Ticket #1 is closed (by the visitor).");
  const auto second = claimed_by("1");
  apply(second, domain::change_status{status::closed, {}, "1"});
  EXPECT_EQ(picture(ana_chat).back(), "Ticket #2 is closed.");
  const auto third = claimed_by("1");
  apply(third, domain::change_status{status::resolved, {}, "2"});
  EXPECT_EQ(picture(ana_chat).back(), "Ticket #3 is resolved (by @ben).");
}

TEST_F(TelegramDesk, ExecutorsHaveTheirOwnWays) {
  claimed_by("3");
  EXPECT_TRUE(picture(exe_chat).empty());
  EXPECT_EQ(picture(group_chat), lines{card_1 + " [Claimed by @exe=noop]"});
}

TEST_F(TelegramDesk, TellsWhatTheVisitorLeft) {
  const auto id = create();
  domain::update_ticket update;
  update.edits.from = domain::customer{"Asha", "+12025550123", ""};
  update.actor = "visitor";
  apply(id, update);
  EXPECT_EQ(picture(group_chat).back(),
            "#1 • Visitor left: Asha, +12025550123");
  apply(id, domain::claim_ticket{"1"});
  update.edits.from->email = "asha@example.org";
  apply(id, update);
  EXPECT_EQ(picture(ana_chat).back(),
            "#1 • Visitor left: Asha, asha@example.org, +12025550123");
}

TEST_F(TelegramDesk, CutsALongMessageIntoParts) {
  const auto id = claimed_by("1");
  const auto all
    = plan(id, {domain::add_message{words(std::string(9'000, 'x'))}});
  ASSERT_EQ(all.size(), 3u);
  std::set<std::string> groups;
  for (const auto& one : all)
    groups.insert(one.group);
  EXPECT_EQ(groups.size(), 3u);
  send(all);
  EXPECT_EQ(picture(ana_chat).size(), 5u);
}

// -- edits --------------------------------------------------------------------

TEST_F(TelegramDesk, AnEditChangesTheMessageWhereItStands) {
  const auto id = claimed_by("1");
  apply(id, edit(id, 1, "Where is order 7?"));
  EXPECT_EQ(picture(ana_chat).back(), "Visitor #1: Where is order 7?");
  EXPECT_EQ(picture(ana_chat).size(), 2u);
  EXPECT_NE(picture(group_chat).front().find("\"Where is order 7?\""),
            std::string::npos);
}

TEST_F(TelegramDesk, AnEditOfAMessageAmongOthersIsToldAnew) {
  const auto id = create();
  apply(id, domain::claim_ticket{"1"});
  send(plan(id, {domain::add_message{words("one")}}), 2);
  apply(id, edit(id, 2, "uno"));
  EXPECT_EQ(picture(ana_chat).back(), "Edited: Visitor #1: uno");
  EXPECT_NE(chats[ana_chat].rbegin()->second.reply_to, 0);
}

TEST_F(TelegramDesk, PartsComeAndGoWithAnEdit) {
  const auto id = claimed_by("1");
  says(id, "short");
  apply(id, edit(id, 2, std::string(5'000, 'x')));
  ASSERT_EQ(picture(ana_chat).size(), 4u);
  EXPECT_EQ(picture(ana_chat).back().substr(0, 9), "Edited: x");
  apply(id, edit(id, 2, "short again"));
  EXPECT_EQ(picture(ana_chat).size(), 3u);
  EXPECT_EQ(picture(ana_chat).back(), "Visitor #1: short again");
}

TEST_F(TelegramDesk, AnEditOfWhatHasNotLeftYetCostsNothing) {
  const auto id = claimed_by("1");
  auto all = plan(id, {domain::add_message{words("frist")}});
  for (auto& one : plan(id, {edit(id, 2, "first")}))
    all.push_back(std::move(one));
  EXPECT_EQ(all.front().group, all.back().group);
  send(std::move(all));
  EXPECT_EQ(picture(ana_chat).back(), "Visitor #1: first");
  EXPECT_EQ(picture(ana_chat).size(), 3u);
}

// -- trouble ------------------------------------------------------------------

TEST_F(TelegramDesk, TellsTheGroupOnceWhenAnAgentCannotBeReached) {
  const auto id = create();
  const auto all = plan(id, {domain::claim_ticket{"1"}});
  wire::api_answer blocked;
  blocked.meaning = wire::answer_class::blocked;
  std::vector<persistence::new_delivery> follow;
  for (const auto& one : all)
    if (one.kind != "telegram.card")
      for (auto& more : settle(one, blocked))
        follow.push_back(std::move(more));
  ASSERT_EQ(follow.size(), 1u);
  send(std::move(follow));
  EXPECT_EQ(picture(group_chat).back(),
            "@ana cannot be reached by the bot: they must open it and press "
            "Start. It is about ticket #1.");
  EXPECT_EQ(chats[group_chat].rbegin()->second.reply_to, 101);
  const auto more = plan(id, {domain::add_message{words("Hello?")}});
  build(); // Also after a restart.
  EXPECT_TRUE(settle(more.front(), blocked).empty());
}

TEST_F(TelegramDesk, ReportsThatTheGroupIsGone) {
  const auto made = creation();
  const auto all = plan(made.id, {made});
  wire::api_answer kicked;
  kicked.meaning = wire::answer_class::chat_gone;
  EXPECT_TRUE(settle(all.front(), kicked).empty());
  EXPECT_EQ(errors, lines{"group_gone"});
}

// -- what visitors do beside writing ------------------------------------------

TEST_F(TelegramDesk, MarksWhatTheVisitorHasReadOnce) {
  const auto made = creation();
  apply(made.id, made);
  apply(made.id, domain::claim_ticket{"1"});
  auto own = words("On its way", sender_role::agent, "Ana");
  own.external_id = "tg:777:501:42";
  apply(made.id, domain::add_message{own});
  const auto session = made.session->session;
  int answers = 0;
  const auto read = [&] {
    desk->signals().read(session, own.id, [&](bool kept) {
      EXPECT_TRUE(kept);
      ++answers;
    });
  };
  read();
  read();
  EXPECT_EQ(answers, 2);
  const persistence::delivery_views outbox{journal.rows()};
  const auto waiting_ones
    = outbox.read("telegram:777:501", persistence::delivery_id{}, 10);
  ASSERT_EQ(waiting_ones.size(), 1u);
  const auto call
    = desk->render(wire::bot_number{desk_bot}, waiting_ones.front());
  carry_out(std::get<actors::outgoing>(call).call);
  EXPECT_EQ(reactions, lines{"42👀"});
}

TEST_F(TelegramDesk, ShowsTheAgentThatTheVisitorIsWriting) {
  const auto made = creation();
  apply(made.id, made);
  const auto session = made.session->session;
  desk->signals().typing(session);
  EXPECT_TRUE(said.empty());
  build();
  apply(made.id, domain::claim_ticket{"1"});
  desk->signals().typing(session);
  desk->signals().typing(session);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(chat_of(said.front()), wire::chat_id{ana_chat});
}

// -- files --------------------------------------------------------------------

class TelegramDeskFiles : public desk_world {
protected:
  domain::attachment_ref file(std::string name, std::string type,
                              domain::attachment_state state
                              = domain::attachment_state::ready) {
    domain::attachment record;
    record.id = domain::attachment_id{next_uuid()};
    record.state = state;
    record.name = name;
    record.mime_type = type;
    record.size = 10;
    commit(persistence::save(std::nullopt, record, now));
    return {record.id, std::move(name), std::move(type), 10};
  }

  static std::string upload(const domain::attachment_ref& of) {
    return "upload:" + to_string(of.id.value);
  }
};

TEST_F(TelegramDeskFiles, GoToTheAgentInTheirOwnKinds) {
  const auto id = claimed_by("1");
  auto message = words("See here");
  const auto photo = file("a.jpg", "image/jpeg");
  const auto paper = file("b.pdf", "application/pdf");
  message.attachments = {photo, paper};
  apply(id, domain::add_message{message});
  const auto all = picture(ana_chat);
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[2], "Visitor #1: See here");
  EXPECT_EQ(all[3], "photo " + upload(photo));
  EXPECT_EQ(all[4], "document " + upload(paper));
}

TEST_F(TelegramDeskFiles, PicturesGoTogetherAndByTheirNamesWhenTheyHaveSome) {
  const auto id = claimed_by("1");
  auto message = words({});
  const auto first = file("a.jpg", "image/jpeg");
  const auto second = file("b.mp4", "video/mp4");
  file_ids[first.id.value] = "F1";
  message.attachments = {first, second};
  apply(id, domain::add_message{message});
  EXPECT_EQ(picture(ana_chat).back(), "album F1 " + upload(second));
}

TEST_F(TelegramDeskFiles, WhatCameAsOneKindIsNotSentByItsNameAsAnother) {
  const auto id = claimed_by("1");
  domain::attachment record;
  record.id = domain::attachment_id{next_uuid()};
  record.name = "a.jpg";
  record.mime_type = "image/jpeg";
  record.source = domain::telegram_file{desk_bot, "F1"};
  commit(persistence::save(std::nullopt, record, now));
  file_ids[record.id.value] = "F1";
  auto message = words({}, sender_role::agent, "Ben");
  message.attachments = {{record.id, "a.jpg", "image/jpeg", 10}};
  apply(id, domain::add_message{message});
  EXPECT_EQ(picture(ana_chat).back(),
            "photo " + upload(message.attachments[0]));
}

TEST_F(TelegramDeskFiles, GoAsDocumentsWhenTheyAreRefused) {
  const auto id = claimed_by("1");
  auto message = words({});
  message.attachments = {file("a.jpg", "image/jpeg")};
  const auto all = plan(id, {domain::add_message{message}});
  ASSERT_EQ(all.size(), 1u);
  wire::api_answer refused;
  refused.meaning = wire::answer_class::file_refused;
  send(settle(all.front(), refused));
  EXPECT_EQ(picture(ana_chat).back(),
            "document " + upload(message.attachments[0]));
}

TEST_F(TelegramDeskFiles, WaitForWhatIsStillBeingFetched) {
  const auto id = claimed_by("1");
  auto message = words({}, sender_role::agent, "Ben");
  message.attachments
    = {file("a.jpg", "image/jpeg", domain::attachment_state::pending)};
  const auto all = plan(id, {domain::add_message{message}});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<actors::not_now>(render(all.front())));
}

} // namespace
} // namespace switchboard::app
