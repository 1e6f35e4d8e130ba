// Records under optimistic commits, whatever their kind; here webhooks, which
// have no numbers.
#include "api/record_store.hpp"

#include "persistence/memory_journal.hpp"
#include "tests/unit/api_fake_request.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace switchboard::api {
namespace {

using domain::webhook;
using persistence::commit_failure;

class RecordStore : public ::testing::Test {
protected:
  RecordStore() {
    req.route = "/things";
    who.name = "someone";
  }

  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> out;
    boost::asio::co_spawn(io, std::move(work),
                          [&](const std::exception_ptr& thrown, T result) {
                            EXPECT_FALSE(thrown);
                            out.emplace(std::move(result));
                          });
    io.restart();
    io.run();
    return std::move(*out);
  }

  webhook some_webhook(std::uint16_t n = 1) {
    webhook out;
    out.id = domain::webhook_id{domain::make_uuid7(now, n, n)};
    out.url = "https://example.com/";
    out.events = {"*"};
    return out;
  }

  created_or_refused<webhook> make(webhook what, std::string extra = {}) {
    return run(
      create_record(req, who, journal, now, std::move(what), std::move(extra)));
  }

  template <class Edit>
  changed_or_refused<webhook> change(const webhook& what, Edit edit) {
    return run(change_record<webhook>(req, journal, now, what.id, edit));
  }

  template <class Result>
  static unsigned refusal(const Result& result) {
    const auto* const response = std::get_if<net::response>(&result);
    return response != nullptr ? response->status : 0U;
  }

  static constexpr auto nothing
    = [](const webhook&) { return std::optional<net::response>{}; };
  static constexpr auto switch_off = [](webhook& w) {
    w.enabled = false;
    return std::optional<net::response>{};
  };

  domain::timestamp now{std::chrono::hours{24 * 365 * 56}};
  persistence::memory_journal journal{[this] { return now; }};
  boost::asio::io_context io;
  fake_request req;
  caller who;
};

TEST_F(RecordStore, MakesChangesAndRemoves) {
  const auto hook = some_webhook();
  const auto made = make(hook);
  ASSERT_EQ(refusal(made), 0U);
  EXPECT_EQ(std::get<0>(made).record.version, domain::sequence{1});
  EXPECT_EQ(std::get<0>(made).record.value.created_at, now);
  const auto changed = change(hook, switch_off);
  ASSERT_EQ(refusal(changed), 0U);
  EXPECT_FALSE(std::get<0>(changed).value.enabled);
  EXPECT_EQ(std::get<0>(changed).version, domain::sequence{2});
  EXPECT_EQ(
    refusal(run(remove_record<webhook>(req, journal, now, hook.id, nothing))),
    0U);
  EXPECT_EQ(refusal(change(hook, switch_off)), 404U);
  EXPECT_EQ(
    refusal(run(remove_record<webhook>(req, journal, now, hook.id, nothing))),
    404U);
}

TEST_F(RecordStore, GivesTheExtraBackToARepetition) {
  req.headers = {{"Idempotency-Key", "k"}};
  EXPECT_FALSE(find_created<webhook>(req, who, journal, now));
  make(some_webhook(1), "sealed");
  const auto again = make(some_webhook(2), "other");
  ASSERT_EQ(refusal(again), 0U);
  EXPECT_EQ(std::get<0>(again).record.value.id, some_webhook(1).id);
  EXPECT_EQ(std::get<0>(again).extra, "sealed");
  auto found = find_created<webhook>(req, who, journal, now);
  ASSERT_TRUE(found);
  ASSERT_EQ(refusal(*found), 0U);
  EXPECT_EQ(std::get<0>(*found).extra, "sealed");
  req.body = "another";
  EXPECT_EQ(refusal(make(some_webhook(3))), 409U);
  found = find_created<webhook>(req, who, journal, now);
  ASSERT_TRUE(found);
  EXPECT_EQ(refusal(*found), 409U);
}

TEST_F(RecordStore, TellsWhenWhatARepetitionAsksForIsGone) {
  req.headers = {{"Idempotency-Key", "k"}};
  const auto hook = some_webhook();
  make(hook);
  run(remove_record<webhook>(req, journal, now, hook.id, nothing));
  EXPECT_EQ(refusal(make(some_webhook(2))), 409U);
}

TEST_F(RecordStore, LetsEditAndCheckRefuse) {
  const auto hook = some_webhook();
  make(hook);
  const auto refuse = [](const webhook&) {
    return std::optional{net::response{422, "{}"}};
  };
  EXPECT_EQ(refusal(change(hook, refuse)), 422U);
  EXPECT_EQ(
    refusal(run(remove_record<webhook>(req, journal, now, hook.id, refuse))),
    422U);
  EXPECT_TRUE(persistence::record_views{journal.rows()}.find(hook.id));
}

TEST_F(RecordStore, TriesAgainWhenSomebodyWasQuicker) {
  const auto hook = some_webhook();
  make(hook);
  for (int i = 0; i < 5; ++i)
    journal.fail_next(commit_failure::stale);
  EXPECT_EQ(refusal(change(hook, switch_off)), 0U);
  journal.fail_next(commit_failure::stale);
  EXPECT_EQ(
    refusal(run(remove_record<webhook>(req, journal, now, hook.id, nothing))),
    0U);
}

TEST_F(RecordStore, GivesUpWhenItIsNeverQuickEnough) {
  const auto hook = some_webhook();
  make(hook);
  for (int i = 0; i < records::change_tries_max; ++i)
    journal.fail_next(commit_failure::stale);
  EXPECT_EQ(refusal(change(hook, switch_off)), 503U);
}

TEST_F(RecordStore, KeepsEveryOneOfManyChangesAtOnce) {
  const auto hook = some_webhook();
  make(hook);
  constexpr std::size_t count = 20;
  std::size_t done = 0;
  journal.hold();
  for (std::size_t i = 0; i < count; ++i) {
    const auto edit = [i](webhook& w) {
      w.headers.emplace_back("x-" + std::to_string(i), "1");
      return std::optional<net::response>{};
    };
    boost::asio::co_spawn(
      io, change_record<webhook>(req, journal, now, hook.id, edit),
      [&](const std::exception_ptr&,
          const changed_or_refused<webhook>& result) {
        done += refusal(result) == 0U ? 1U : 0U;
      });
  }
  io.restart();
  io.poll();
  ASSERT_EQ(journal.held(), count);
  journal.release();
  io.restart();
  io.run();
  EXPECT_EQ(done, count);
  const auto kept = persistence::record_views{journal.rows()}.find(hook.id);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->value.headers.size(), count);
  EXPECT_EQ(kept->version, domain::sequence{count + 1});
}

TEST_F(RecordStore, PassesOnThatTheOutcomeIsUnknown) {
  const auto hook = some_webhook();
  make(hook);
  journal.lose_next_answer();
  EXPECT_EQ(refusal(change(hook, switch_off)), 503U);
}

TEST_F(RecordStore, ReadsIfMatchAsHttpHasIt) {
  const domain::sequence version{7};
  const std::vector<std::pair<const char*, bool>> rows{
    {"\"7\"", true},   {"*", true},      {R"("6", "7")", true},
    {" \"7\" ", true}, {"\"6\"", false}, {"W/\"7\"", false},
    {"7", false},      {"", false},      {"\"77\"", false},
  };
  EXPECT_FALSE(refuse_if_changed(req, version));
  for (const auto& [tag, holds] : rows) {
    req.headers = {{"If-Match", tag}};
    EXPECT_EQ(!refuse_if_changed(req, version), holds) << tag;
  }
}

} // namespace
} // namespace switchboard::api
