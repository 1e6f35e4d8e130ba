#include "tests/unit/api_whatsapp_fixture.hpp"

namespace switchboard::api::whatsapp {
namespace {

class WhatsappIntake : public whatsapp_test {};

TEST_F(WhatsappIntake, OpensATicketAndAcknowledgesIt) {
  EXPECT_EQ(take(text_message("m1", "My order is late")), "done");
  const auto all = tickets();
  ASSERT_EQ(all.size(), 1U);
  const auto& ticket = all[0];
  EXPECT_EQ(ticket.via, domain::channel::whatsapp);
  EXPECT_EQ(ticket.state, domain::status::pending);
  EXPECT_EQ(ticket.from.name, "Ana");
  EXPECT_EQ(ticket.from.phone, ana_phone);
  EXPECT_EQ(ticket.subject, "My order is late");
  EXPECT_EQ(said(ticket),
            (texts{"customer: My order is late", "bot: Thank you! #1"}));
  EXPECT_EQ(thread(ticket)[0].message.external_id, "baileys:main:m1");
  const auto session = session_of(ticket);
  EXPECT_EQ(session.via, domain::channel::whatsapp);
  EXPECT_EQ(session.mode, domain::session_mode::agent);
  EXPECT_EQ(session.identities, texts{"phone:" + ana_phone});
  EXPECT_EQ(session.lines,
            (std::vector<domain::chat_line>{{"baileys", "main", ana_address}}));
}

TEST_F(WhatsappIntake, ContinuesTheTicketWithoutTheBotInOneCommit) {
  take(text_message("m1", "one"));
  const auto before = journal.last_offset();
  EXPECT_EQ(take(text_message("m2", "two")), "done");
  ASSERT_EQ(tickets().size(), 1U);
  EXPECT_EQ(said(tickets()[0]),
            (texts{"customer: one", "bot: Thank you! #1", "customer: two"}));
  EXPECT_EQ(static_cast<std::uint64_t>(journal.last_offset())
              - static_cast<std::uint64_t>(before),
            1U);
}

TEST_F(WhatsappIntake, TakesEachMessageOnce) {
  take(text_message("m1", "one"));
  EXPECT_EQ(take(text_message("m1", "one")), "repeated");
  EXPECT_EQ(said(tickets()[0]).size(), 2U);
  // Its other end knows other ids.
  auto other = text_message("m1", "two");
  other.via = wire::provider::cloud;
  EXPECT_EQ(take(other), "done");
}

TEST_F(WhatsappIntake, OfTwoFirstMessagesAtOnceOneOpensTheTicket) {
  auto first = start(batch_of(text_message("m1", "one")));
  auto by_cloud = text_message("m2", "two");
  by_cloud.via = wire::provider::cloud;
  by_cloud.account = "106";
  by_cloud.address = "15551230001";
  auto second = start(batch_of(by_cloud));
  await(std::move(first));
  await(std::move(second));
  ASSERT_EQ(tickets().size(), 1U);
  EXPECT_EQ(said(tickets()[0]).size(), 3U);
  EXPECT_EQ(session_of(tickets()[0]).lines.size(), 2U);
}

TEST_F(WhatsappIntake, AfterAClosedTicketOpensTheNext) {
  take(text_message("m1", "one"));
  domain::change_status close;
  close.to = domain::status::closed;
  tell(tickets()[0], close);
  take(text_message("m2", "two"));
  const auto all = tickets();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].follows, all[0].id);
  EXPECT_EQ(said(all[1]), (texts{"customer: two", "bot: Thank you! #2"}));
}

TEST_F(WhatsappIntake, GivesPriorityByKeywords) {
  take(text_message("m1", "I want a REFUND!"));
  EXPECT_EQ(tickets()[0].urgency, domain::priority::urgent);
}

TEST_F(WhatsappIntake, HandlesABatchOfManyChatsInTheirOrder) {
  wire::inbound_batch batch;
  for (int i = 0; i < 40; ++i)
    for (const auto* const part : {"a", "b", "c"})
      batch.messages.push_back(from("+1555777" + std::to_string(1000 + i),
                                    part + std::to_string(i), part));
  batch.ignored = 2;
  batch.malformed = 1;
  const auto result = take(std::move(batch));
  EXPECT_EQ(result, (take_result{120, 3, 0}));
  const auto all = tickets();
  ASSERT_EQ(all.size(), 40U);
  for (const auto& ticket : all)
    EXPECT_EQ(said(ticket)[2] + said(ticket)[3], "customer: bcustomer: c");
}

TEST_F(WhatsappIntake, AsksForARepetitionOfWhatCannotBeStored) {
  journal.obstruct(persistence::commit_failure::no_room, "full");
  EXPECT_EQ(take(batch_of(text_message("m1", "one"))), (take_result{0, 0, 1}));
  journal.recover();
  EXPECT_EQ(take(batch_of(text_message("m1", "one"))), (take_result{1, 0, 0}));
  EXPECT_EQ(take(batch_of(text_message("m1", "one"))), (take_result{0, 1, 0}));
}

TEST_F(WhatsappIntake, APoisonousMessageSpoilsNothingButItself) {
  take(text_message("m0", "hello"));
  is_out_of_order = true;
  wire::inbound_batch batch;
  batch.messages.push_back(from("+15557770001", "m1", "poison"));
  batch.messages.push_back(text_message("m2", "two"));
  EXPECT_EQ(take(batch), (take_result{2, 0, 0}));
  EXPECT_EQ(take(batch), (take_result{0, 2, 0}));
  ASSERT_EQ(parked_things().size(), 1U);
  EXPECT_EQ(tickets().size(), 1U);
  const auto payload = parked_things()[0].payload;
  const auto failed = replay(payload);
  EXPECT_EQ(failed.what, replay_result::kind::failed);
  EXPECT_EQ(failed.reason, "out of order");
  is_out_of_order = false;
  EXPECT_EQ(replay(payload).what, replay_result::kind::done);
  EXPECT_EQ(replay(payload).what, replay_result::kind::done);
  ASSERT_EQ(tickets().size(), 2U);
  EXPECT_EQ(said(tickets()[1]).at(0), "customer: poison");
}

TEST_F(WhatsappIntake, TellsOfLines) {
  wire::inbound_batch batch;
  batch.lines.push_back(
    {wire::provider::baileys, "main", wire::line_state::logged_out, "401"});
  EXPECT_EQ(take(std::move(batch)).accepted, 1U);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].state, wire::line_state::logged_out);
}

TEST_F(WhatsappIntake, KnowsWhichMessageIsAnswered) {
  take(text_message("m1", "one"));
  auto answer = text_message("m2", "to the first");
  answer.reply_to = "m1";
  take(answer);
  EXPECT_EQ(thread(tickets()[0])[2].message.reply_to,
            domain::message_sequence{1});
}

// -- groups -------------------------------------------------------------------

TEST_F(WhatsappIntake, IgnoresGroupsThatDoNotMeanIt) {
  EXPECT_EQ(take(in_group("g1", "hello all")), "ignored");
  EXPECT_TRUE(tickets().empty());
  auto reaction = in_group("g2", "");
  reaction.what = wire::reacted{"unknown", "x"};
  EXPECT_EQ(take(reaction), "ignored");
  EXPECT_TRUE(parked_things().empty());
}

TEST_F(WhatsappIntake, AGroupIsOneSessionOfSeveralCustomers) {
  auto first = in_group("g1", "@bot help");
  first.is_addressed = true;
  EXPECT_EQ(take(first), "done");
  auto second = in_group("g2", "@bot me too");
  second.is_addressed = true;
  second.author = {"", "+15551230002", {}};
  take(second);
  ASSERT_EQ(tickets().size(), 1U);
  const auto rows = thread(tickets()[0]);
  EXPECT_EQ(rows[0].message.sender_name, "Ana");
  EXPECT_EQ(rows[2].message.sender_name, "+15551230002");
  const auto session = session_of(tickets()[0]);
  EXPECT_TRUE(session.is_group);
  EXPECT_EQ(session.identities, texts{"group:120363@g.us"});
  EXPECT_TRUE(tickets()[0].from.phone.empty());
}

TEST_F(WhatsappIntake, AnAnswerToTheBotInAGroupMeansIt) {
  auto first = in_group("g1", "@bot help");
  first.is_addressed = true;
  take(first);
  sent_report report;
  report.ticket = tickets().at(0).id;
  report.message = domain::message_sequence{2};
  report.external_id = wire::external_id(wire::provider::baileys, "main", "s1");
  replay(encode(report));
  auto answer = in_group("g2", "thanks");
  answer.reply_to = "s1";
  EXPECT_EQ(take(answer), "done");
  answer.id = "g3";
  answer.reply_to = "g1";
  EXPECT_EQ(take(answer), "ignored");
}

// -- files --------------------------------------------------------------------

wire::inbound_message with_file(wire::media file) {
  auto out = text_message("m1", "look");
  std::get<wire::said>(out.what).files.push_back(std::move(file));
  return out;
}

class WhatsappFiles : public whatsapp_test {
protected:
  domain::attachment only_attachment() {
    const auto row = thread(tickets().at(0)).at(0);
    return persistence::record_views{journal.rows()}
      .find(row.message.attachments.at(0).id)
      ->value;
  }
};

TEST_F(WhatsappFiles, StoresTheBytesThatComeAlong) {
  take(with_file({"image/jpeg", "a.jpg", 0, "", "bytes"}));
  const auto file = only_attachment();
  EXPECT_EQ(file.state, domain::attachment_state::ready);
  EXPECT_EQ(file.size, 5U);
  EXPECT_EQ(file.session, tickets()[0].session->session);
}

TEST_F(WhatsappFiles, NotesWhereAFileLies) {
  take(with_file({"image/jpeg; x=1", "a.jpg", 7, "media-id", ""}));
  const auto file = only_attachment();
  EXPECT_EQ(file.state, domain::attachment_state::pending);
  EXPECT_EQ(file.mime_type, "image/jpeg");
  EXPECT_EQ(file.provider_source,
            (domain::provider_file{"baileys", "media-id"}));
}

TEST_F(WhatsappFiles, SaysWhatCannotBeHad) {
  take(with_file({"image/jpeg", "a.jpg", 7, "", ""}));
  EXPECT_EQ(only_attachment().state, domain::attachment_state::failed);
}

TEST_F(WhatsappFiles, KeepsTheMessageOfAFileThatWasSweptAwayMeanwhile) {
  is_out_of_order = true;
  auto message = with_file({"image/jpeg", "a.jpg", 0, "", "bytes"});
  std::get<wire::said>(message.what).text.clear();
  EXPECT_EQ(take(message), "parked");
  const persistence::record_views records{journal.rows()};
  const auto unused = records.attachments(std::nullopt, 10);
  ASSERT_EQ(unused.size(), 1U);
  save(persistence::remove(*records.find(unused[0].id), now()));
  is_out_of_order = false;
  EXPECT_EQ(replay(parked_things().at(0).payload).what,
            replay_result::kind::done);
  EXPECT_EQ(only_attachment().state, domain::attachment_state::failed);
}

TEST_F(WhatsappFiles, KeepsTheMessageOfAFileThatIsNotTaken) {
  file_problem = persistence::file_problem{
    persistence::file_problem::kind::program, "it is a program"};
  EXPECT_EQ(take(with_file({"", "a.exe", 0, "", "MZ"})), "done");
  EXPECT_EQ(only_attachment().failure, "it is a program");
}

TEST_F(WhatsappFiles, StoresThemOnceHoweverOftenTheMessageComes) {
  file_problem = persistence::file_problem{
    persistence::file_problem::kind::overloaded, "busy"};
  EXPECT_EQ(take(with_file({"image/jpeg", "a.jpg", 0, "", "b"})),
            "not_durable");
  file_problem.reset();
  take(with_file({"image/jpeg", "a.jpg", 0, "", "b"}));
  take(with_file({"image/jpeg", "a.jpg", 0, "", "b"}));
  EXPECT_EQ(persistence::record_views{journal.rows()}
              .attachments(std::nullopt, 10)
              .size(),
            1U);
}

} // namespace
} // namespace switchboard::api::whatsapp
