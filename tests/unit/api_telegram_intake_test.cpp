#include "tests/unit/api_telegram_fixture.hpp"

namespace switchboard::api::telegram {
namespace {

using texts = std::vector<std::string>;

class Intake : public intake_test {};

TEST_F(Intake, TakesEachUpdateOnce) {
  const auto raw = text_update(1, 100, "hello");
  EXPECT_EQ(take(raw), "handled");
  EXPECT_EQ(take(raw), "repeated");
  EXPECT_EQ(handler.begun(), texts{"hello"});
  EXPECT_EQ(take(text_update(2, 100, "hello")), "handled");
}

TEST_F(Intake, TellsTheUpdatesOfBotsApart) {
  fake_handler other{journal};
  updates.add(wire::bot_number{8}, other);
  const auto raw = text_update(1, 100, "hello");
  EXPECT_EQ(take(raw), "handled");
  EXPECT_EQ(take(raw, wire::bot_number{8}), "handled");
  EXPECT_EQ(other.begun(), texts{"hello"});
}

TEST_F(Intake, WaitsForTheFirstOfTwoEqualUpdates) {
  handler.hold("slow");
  auto first = start(text_update(1, 100, "slow"));
  auto second = start(text_update(1, 100, "slow"));
  settle();
  handler.release("slow");
  EXPECT_EQ(outcome(std::move(first)), intake_result::handled);
  EXPECT_EQ(outcome(std::move(second)), intake_result::repeated);
  EXPECT_EQ(handler.begun(), texts{"slow"});
}

TEST_F(Intake, HandlesTheUpdatesOfOneChatInTheirOrderAndOthersMeanwhile) {
  handler.hold("a1");
  auto a1 = start(text_update(1, 100, "a1"));
  auto a2 = start(text_update(2, 100, "a2"));
  auto a3 = start(text_update(3, 100, "a3"));
  EXPECT_EQ(take(text_update(4, 200, "b1")), "handled");
  EXPECT_EQ(handler.begun(), (texts{"a1", "b1"}));
  handler.release("a1");
  EXPECT_EQ(outcome(std::move(a3)), intake_result::handled);
  EXPECT_EQ(handler.begun(), (texts{"a1", "b1", "a2", "a3"}));
  outcome(std::move(a1));
  outcome(std::move(a2));
}

TEST_F(Intake, QueuesTapsByPersonRatherThanByChat) {
  handler.hold("first");
  auto first = start(tap_update(1, 100, "first"));
  auto again = start(tap_update(2, 100, "again"));
  EXPECT_EQ(take(tap_update(3, 200, "another's")), "handled");
  EXPECT_EQ(handler.begun(), (texts{"first", "another's"}));
  handler.release("first");
  outcome(std::move(first));
  EXPECT_EQ(outcome(std::move(again)), intake_result::handled);
}

TEST_F(Intake, AcknowledgesWhatNobodyWants) {
  EXPECT_EQ(take(R"({"update_id":1,"poll":{}})"), "ignored");
  EXPECT_EQ(take(text_update(2, 100, "not mine")), "ignored");
  EXPECT_EQ(take(text_update(3, 100, "hello"), wire::bot_number{9}), "ignored");
  EXPECT_TRUE(parked().empty());
}

TEST_F(Intake, AsksTheNextHandlerForWhatIsNotTheFirstOnes) {
  fake_handler second{journal};
  updates.add(bot, second);
  EXPECT_EQ(take(text_update(1, 100, "hello")), "handled");
  EXPECT_EQ(second.begun(), texts{});
  take(text_update(2, 100, "not mine"));
  EXPECT_EQ(second.begun(), texts{"not mine"});
}

TEST_F(Intake, ParksWhatIsNoUpdate) {
  EXPECT_EQ(take("{not json"), "parked");
  EXPECT_EQ(take("{not json"), "repeated");
  EXPECT_EQ(take(R"({"update_id":5,"message":{"message_id":"x"}})"), "parked");
  EXPECT_EQ(take(""), "parked");
  const auto lane = parked();
  ASSERT_EQ(lane.size(), 3U);
  EXPECT_EQ(lane[0].lane, "telegram-in:7");
  EXPECT_EQ(lane[0].kind, "telegram.update");
  EXPECT_EQ(lane[0].payload, "{not json");
  EXPECT_EQ(lane[1].message_id, "5");
  EXPECT_EQ(handler.begun(), texts{});
}

TEST_F(Intake, KeepsBytesThatAreNoTextAsText) {
  EXPECT_EQ(take("\xFF{\"a\":\"\xC3\xA4\"}"), "parked");
  EXPECT_EQ(parked().at(0).payload, R"(?{"a":"??"})");
}

TEST_F(Intake, ParksAnUpdateWhoseHandlerThrows) {
  const auto raw = text_update(1, 100, "throw");
  EXPECT_EQ(take(raw), "parked");
  EXPECT_EQ(take(raw), "repeated");
  ASSERT_EQ(parked().size(), 1U);
  EXPECT_EQ(parked()[0].payload, raw);
  // The chat goes on.
  EXPECT_EQ(take(text_update(2, 100, "hello")), "handled");
}

TEST_F(Intake, HandlesAParkedUpdateOnceMore) {
  const auto raw = text_update(1, 100, "throw");
  take(raw);
  const auto failed = replay(raw);
  EXPECT_EQ(failed.what, replay_result::kind::failed);
  EXPECT_EQ(failed.reason, "the handler failed: out of order");
  handler.throws = false;
  EXPECT_EQ(replay(raw).what, replay_result::kind::done);
  const auto calls = handler.begun().size();
  EXPECT_EQ(calls, 3U);
  // It has taken effect now, whoever asks again.
  EXPECT_EQ(replay(raw).what, replay_result::kind::done);
  EXPECT_EQ(take(raw), "repeated");
  EXPECT_EQ(handler.begun().size(), calls);
}

TEST_F(Intake, CannotReplayWhatIsNoUpdate) {
  const auto out = replay("{not json");
  EXPECT_EQ(out.what, replay_result::kind::failed);
  EXPECT_TRUE(out.reason.starts_with("cannot be read: ")) << out.reason;
}

TEST_F(Intake, LeavesAReplayForLaterThatCannotBeStored) {
  EXPECT_EQ(replay(text_update(1, 100, "no room")).what,
            replay_result::kind::try_later);
}

TEST_F(Intake, LetsTelegramRepeatWhatCouldNotBeStored) {
  EXPECT_EQ(take(text_update(1, 100, "no room")), "not_durable");
  journal.obstruct(persistence::commit_failure::no_room, "full");
  EXPECT_EQ(take(text_update(2, 100, "hello")), "not_durable");
  EXPECT_EQ(take("{not json"), "not_durable");
  journal.recover();
  EXPECT_EQ(take(text_update(2, 100, "hello")), "handled");
  EXPECT_EQ(take("{not json"), "parked");
}

TEST_F(Intake, TellsOfEachUpdate) {
  take(text_update(1, 100, "hello"));
  take(text_update(1, 100, "hello"));
  EXPECT_EQ(observed,
            (std::vector{intake_result::handled, intake_result::repeated}));
}

TEST_F(Intake, RefusesClaimsByTheErrorOfTheWorldAlone) {
  EXPECT_EQ(outcome_of({domain::errc::overloaded, ""}),
            update_outcome::not_durable);
  EXPECT_EQ(outcome_of({domain::errc::outcome_unknown, ""}),
            update_outcome::not_durable);
  EXPECT_EQ(outcome_of({domain::errc::already_assigned, ""}),
            update_outcome::done);
}

class NarrowIntake : public intake_test {
protected:
  NarrowIntake() : intake_test{intake_options{.in_progress_max = 2}} {}
};

TEST_F(NarrowIntake, TakesOnlySoManyAtOnce) {
  handler.hold("a");
  auto a = start(text_update(1, 100, "a"));
  auto b = start(text_update(2, 100, "b"));
  EXPECT_EQ(take(text_update(3, 200, "c")), "not_durable");
  handler.release("a");
  outcome(std::move(a));
  outcome(std::move(b));
  EXPECT_EQ(take(text_update(3, 200, "c")), "handled");
}

TEST(UpdateClaim, TellsStepsApart) {
  const domain::timestamp now{1000h};
  const auto claim = claim_of(bot, wire::update_id{5}, now);
  const auto whole = claim.once("result");
  EXPECT_EQ(whole.scope, "telegram.update:7");
  EXPECT_EQ(whole.id, "5");
  EXPECT_EQ(whole.result, "result");
  EXPECT_EQ(whole.expires, now + std::chrono::days{8});
  EXPECT_EQ(claim.step("notice").id, "5:notice");
  EXPECT_EQ(claim_of_replay(bot, wire::update_id{5}, now).once().scope,
            "telegram.replay:7");
}

} // namespace
} // namespace switchboard::api::telegram
