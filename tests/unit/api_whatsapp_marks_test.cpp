#include "tests/unit/api_whatsapp_fixture.hpp"

namespace switchboard::api::whatsapp {
namespace {

using domain::delivery_state;
using kind = replay_result::kind;

class WhatsappMarks : public whatsapp_test {
protected:
  WhatsappMarks() {
    take(text_message("m1", "My order is late"));
  }

  domain::ticket ticket() {
    return tickets().at(0);
  }
  persistence::message_row row(std::size_t number) {
    return thread(ticket()).at(number - 1);
  }

  wire::inbound_message telling(std::string id, wire::content what) {
    auto out = text_message(std::move(id), "");
    out.what = std::move(what);
    return out;
  }

  sent_report sent(std::string id) {
    sent_report out;
    out.ticket = ticket().id;
    out.message = domain::message_sequence{2};
    out.external_id = wire::external_id(wire::provider::baileys, "main", id);
    return out;
  }
  static wire::status_report status(std::string id, delivery_state state) {
    wire::status_report out;
    out.account = "main";
    out.id = std::move(id);
    out.state = state;
    return out;
  }
};

TEST_F(WhatsappMarks, EditsTheCustomersOwnMessage) {
  EXPECT_EQ(take(telling("e1", wire::edited{"m1", "It is here"})), "done");
  EXPECT_EQ(row(1).message.body, "It is here");
  EXPECT_TRUE(row(1).edited_at);
  EXPECT_EQ(take(telling("e1", wire::edited{"m1", "It is here"})), "ignored");
  // Some providers name every edit as the message itself.
  EXPECT_EQ(take(telling("m1", wire::edited{"m1", "third"})), "done");
  EXPECT_EQ(take(telling("m1", wire::edited{"m1", "fourth"})), "done");
  EXPECT_EQ(row(1).message.body, "fourth");
}

TEST_F(WhatsappMarks, TakesBackTheCustomersOwnMessage) {
  EXPECT_EQ(take(telling("r1", wire::revoked{"m1"})), "done");
  EXPECT_TRUE(row(1).marks.deleted_at);
  EXPECT_EQ(take(telling("r2", wire::revoked{"m1"})), "ignored");
  EXPECT_EQ(take(telling("e1", wire::edited{"m1", "again"})), "ignored");
}

TEST_F(WhatsappMarks, LetsNobodyTouchWhatOthersWrote) {
  EXPECT_EQ(replay(encode(sent("s1"))).what, kind::done);
  EXPECT_EQ(take(telling("e1", wire::edited{"s1", "free goods"})), "ignored");
  EXPECT_EQ(take(telling("r1", wire::revoked{"s1"})), "ignored");
  auto stranger = from("+15551230009", "e2", "");
  stranger.what = wire::edited{"m1", "not mine"};
  EXPECT_EQ(take(stranger), "ignored");
  EXPECT_EQ(said(ticket()),
            (texts{"customer: My order is late", "bot: Thank you! #1"}));
}

TEST_F(WhatsappMarks, NotesReactionsToEitherSide) {
  replay(encode(sent("s1")));
  EXPECT_EQ(take(telling("x1", wire::reacted{"s1", "+1"})), "done");
  EXPECT_EQ(take(telling("x1", wire::reacted{"s1", "+1"})), "repeated");
  ASSERT_EQ(row(2).marks.reactions.size(), 1U);
  EXPECT_EQ(row(2).marks.reactions[0].by, "phone:" + ana_phone);
  EXPECT_EQ(row(2).marks.reactions[0].by_name, "Ana");
  EXPECT_EQ(take(telling("x2", wire::reacted{"s1", ""})), "done");
  EXPECT_TRUE(row(2).marks.reactions.empty());
}

TEST_F(WhatsappMarks, FollowsAMessageOnItsWay) {
  EXPECT_EQ(replay(encode(sent("s1"))).what, kind::done);
  EXPECT_EQ(row(2).marks.delivery->state, delivery_state::sent);
  EXPECT_EQ(take_status(status("s1", delivery_state::sent)), "ignored");
  EXPECT_EQ(take_status(status("s1", delivery_state::read)), "done");
  EXPECT_EQ(take_status(status("s1", delivery_state::delivered)), "done");
  EXPECT_EQ(take_status(status("s1", delivery_state::delivered)), "repeated");
  EXPECT_EQ(row(2).marks.delivery->state, delivery_state::read);
  EXPECT_EQ(row(2).marks.delivery->via, "whatsapp:baileys");
}

TEST_F(WhatsappMarks, KnowsAMessageWhateverOurEndIsCalled) {
  replay(encode(sent("s1")));
  auto nameless = status("s1", delivery_state::delivered);
  nameless.account.clear();
  EXPECT_EQ(take_status(nameless), "done");
}

TEST_F(WhatsappMarks, SaysWhyAMessageFailed) {
  replay(encode(sent("s1")));
  auto failed = status("s1", delivery_state::failed);
  failed.reason = "nobody there";
  EXPECT_EQ(take_status(failed), "done");
  EXPECT_EQ(row(2).marks.delivery->reason, "nobody there");
}

TEST_F(WhatsappMarks, NamesTheClosedWindowInItsOwnWords) {
  auto report = sent("");
  report.external_id.clear();
  report.state = delivery_state::failed;
  report.window_closed = true;
  EXPECT_EQ(replay(encode(report)).what, kind::done);
  EXPECT_EQ(row(2).marks.delivery->reason, window_closed_reason);
}

TEST_F(WhatsappMarks, AStateThatComesEarlyWaits) {
  const auto early = status("s1", delivery_state::delivered);
  EXPECT_EQ(take_status(early), "parked");
  EXPECT_EQ(take_status(early), "repeated");
  ASSERT_EQ(parked_things().size(), 1U);
  const auto payload = parked_things()[0].payload;
  const auto first = replay(payload);
  EXPECT_EQ(first.what, kind::not_yet);
  EXPECT_TRUE(first.may_be_dropped);
  replay(encode(sent("s1")));
  EXPECT_EQ(replay(payload).what, kind::done);
  EXPECT_EQ(row(2).marks.delivery->state, delivery_state::delivered);
}

TEST_F(WhatsappMarks, AnEditOrReactionThatComesEarlyWaits) {
  EXPECT_EQ(take(telling("e1", wire::edited{"m2", "two!"})), "parked");
  EXPECT_EQ(take(telling("x1", wire::reacted{"m2", "+1"})), "parked");
  const auto waiting = parked_things();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].kind, "whatsapp.edit");
  EXPECT_NE(waiting[0].group, waiting[1].group);
  const auto early = replay(waiting[0].payload);
  EXPECT_EQ(early.what, kind::not_yet);
  EXPECT_FALSE(early.may_be_dropped);
  take(text_message("m2", "two"));
  EXPECT_EQ(replay(waiting[0].payload).what, kind::done);
  EXPECT_EQ(replay(waiting[1].payload).what, kind::done);
  EXPECT_EQ(row(3).message.body, "two!");
  EXPECT_EQ(row(3).marks.reactions.size(), 1U);
}

TEST_F(WhatsappMarks, WhatComesLateUndoesNothingNewer) {
  auto edit = telling("e1", wire::edited{"m2", "two!"});
  auto reaction = telling("x1", wire::reacted{"m2", "+1"});
  take(edit);
  take(reaction);
  const auto waiting = parked_things();
  ASSERT_EQ(waiting.size(), 2U);
  take(text_message("m2", "two"));
  edit.id = "e2";
  edit.what = wire::edited{"m2", "three!"};
  reaction.id = "x2";
  reaction.what = wire::reacted{"m2", ""};
  edit.sent_at += 1s;
  reaction.sent_at += 1s;
  EXPECT_EQ(take(edit), "done");
  EXPECT_EQ(take(reaction), "done");
  EXPECT_EQ(replay(waiting[0].payload).what, kind::done);
  EXPECT_EQ(replay(waiting[1].payload).what, kind::done);
  EXPECT_EQ(row(3).message.body, "three!");
  EXPECT_TRUE(row(3).marks.reactions.empty());
}

TEST_F(WhatsappMarks, AReactionBelongsToThePersonWhicheverNameIsTold) {
  auto reaction = telling("x1", wire::reacted{"m1", "+1"});
  reaction.author.aliases = {"lid:2251"};
  take(text_message("m2", "two"));
  auto both = text_message("m3", "three");
  both.author.aliases = {"lid:2251"};
  take(both);
  EXPECT_EQ(take(reaction), "done");
  reaction.id = "x2";
  reaction.author.phone.clear();
  reaction.what = wire::reacted{"m1", ""};
  EXPECT_EQ(take(reaction), "done");
  EXPECT_TRUE(row(1).marks.reactions.empty());
}

TEST(WhatsappNewest, ForgetsTheOldest) {
  newest all{2};
  const domain::timestamp noon{12h};
  all.note("a", noon);
  EXPECT_TRUE(all.is_late("a", noon - 1s));
  EXPECT_FALSE(all.is_late("a", noon));
  EXPECT_FALSE(all.is_late("a", {}));
  EXPECT_FALSE(all.is_late("b", noon - 1s));
  all.note("a", noon - 1s);
  EXPECT_TRUE(all.is_late("a", noon - 1s));
  all.note("b", noon);
  all.note("c", noon);
  EXPECT_FALSE(all.is_late("a", noon - 1s));
  EXPECT_TRUE(all.is_late("b", noon - 1s));
}

TEST_F(WhatsappMarks, CannotReplayWhatIsNothing) {
  EXPECT_EQ(replay("{").what, kind::failed);
  EXPECT_EQ(replay(R"({"what":"dance","via":"baileys","id":"1"})").what,
            kind::failed);
}

TEST_F(WhatsappMarks, KeepsCallsThatCannotBeRead) {
  unread_call call;
  call.raw = "\xFF{";
  call.reason = "is not valid JSON";
  EXPECT_TRUE(await(asio::co_spawn(executor, in.park(call), asio::use_future)));
  const auto waiting = lane("whatsapp-in:twilio");
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(replay(waiting[0].payload).what, kind::failed);
}

// -- the payloads -------------------------------------------------------------

TEST(WhatsappParked, ComesBackAsItWas) {
  auto message = text_message("m1", "caf\xC3\xA9 \"x\"\n");
  message.author.aliases = {"lid:1", "user:US.2"};
  message.reply_to = "m0";
  message.is_group = true;
  message.group = "g@g.us";
  message.is_addressed = true;
  message.is_forwarded = true;
  std::get<wire::said>(message.what)
    .files.push_back({"image/jpeg", "a.jpg", 7, "ref", ""});
  sent_report report;
  report.ticket
    = domain::ticket_id{domain::make_uuid7(domain::timestamp{1h}, 1, 2)};
  report.message = domain::message_sequence{3};
  report.part = 4;
  report.via = wire::provider::cloud;
  report.external_id = "cloud:1:x";
  report.to_staff = true;
  wire::status_report status;
  status.via = wire::provider::twilio;
  status.id = "SM1";
  status.state = delivery_state::failed;
  status.code = 63016;
  status.reason = "late";
  status.window_closed = true;
  auto edit = text_message("e", "");
  edit.what = wire::edited{"t", "new"};
  auto revoke = edit;
  revoke.what = wire::revoked{"t"};
  auto reaction = edit;
  reaction.what = wire::reacted{"t", ""};
  EXPECT_EQ(decode_parked(encode(message)), parked{message});
  EXPECT_EQ(decode_parked(encode(report)), parked{report});
  EXPECT_EQ(decode_parked(encode(status)), parked{status});
  EXPECT_EQ(decode_parked(encode(edit)), parked{edit});
  EXPECT_EQ(decode_parked(encode(revoke)), parked{revoke});
  EXPECT_EQ(decode_parked(encode(reaction)), parked{reaction});
  const unread_call call{wire::provider::cloud, "{", "no JSON"};
  EXPECT_EQ(decode_parked(encode(call)), parked{call});
}

TEST(WhatsappParked, AStateNeverWaitsBehindItself) {
  wire::status_report status;
  status.id = "s1";
  sent_report report;
  report.external_id = "s1";
  EXPECT_NE(delivery_of(status, {}).group, delivery_of(report, {}).group);
  EXPECT_EQ(delivery_of(report, {}).lane, "whatsapp-in:baileys");
  EXPECT_EQ(delivery_of(report, {}).kind, "whatsapp.sent");
}

} // namespace
} // namespace switchboard::api::whatsapp
