#include "api/prompt_routes.hpp"

#include "channels/rest/executor_forms.hpp"
#include "persistence/ticket_changes.hpp"
#include "tests/unit/api_directory_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace switchboard::api::testing {
namespace {

using domain::prompt_state;

class PromptRoutes : public directory_world {
protected:
  PromptRoutes() {
    prompts.add_to(router, door);
  }

  void commit(persistence::changes what) {
    bool is_done = false;
    journal.commit(std::move(what), [&](const auto& outcome) {
      is_done = std::holds_alternative<persistence::committed>(outcome);
    });
    ASSERT_TRUE(is_done);
  }

  domain::ticket_id add_ticket() {
    domain::create_ticket create;
    create.id = domain::ticket_id{domain::make_uuid7(now, 1, ++drawn)};
    create.number = domain::ticket_number{drawn};
    create.ref = "T-20260101-AAAAAA" + std::to_string(10 + drawn);
    create.subject = "No water";
    const auto events
      = domain::decide(std::nullopt, create, domain::context{now});
    std::optional<domain::ticket> after;
    for (const auto& event : events.value())
      domain::apply(after, event);
    commit(persistence::ticket_changes(std::nullopt, *after, events.value()));
    return create.id;
  }

  /// Prompts are made in the order of the calls.
  domain::prompt add_prompt(std::uint64_t user, domain::ticket_id about,
                            prompt_state state) {
    domain::prompt out;
    out.id = domain::prompt_id{
      domain::make_uuid7(now, static_cast<std::uint16_t>(++made), made)};
    out.user = domain::user_id{user};
    out.ticket = about;
    out.state = state;
    out.answer = state == prompt_state::completed ? "half done" : "";
    out.created_at = now;
    out.updated_at = now;
    out.expires_at = now + std::chrono::minutes{15};
    commit(persistence::save(std::nullopt, out, now));
    return out;
  }

  /// The ids of all pages.
  std::vector<std::string> ids_of(const std::string& query, std::size_t limit) {
    std::vector<std::string> out;
    std::string cursor;
    for (int page = 0; page < 50; ++page) {
      auto target = "/api/v1/prompts?limit=" + std::to_string(limit) + query;
      if (!cursor.empty())
        target += "&cursor=" + cursor;
      const auto reply = get(target);
      EXPECT_EQ(reply.status, 200U) << reply.body;
      const auto body = parsed(reply);
      for (const auto& one : body.at("data").as_array())
        out.emplace_back(one.at("id").as_string());
      if (body.at("next_cursor").is_null())
        return out;
      cursor = body.at("next_cursor").as_string();
    }
    ADD_FAILURE() << "the list does not end";
    return out;
  }

  static std::string name_of(const domain::prompt& prompt) {
    return to_string(prompt.id.value);
  }

  std::uint64_t drawn = 0;
  std::uint64_t made = 0;
  prompt_routes prompts{journal.rows()};
};

using names = std::vector<std::string>;

TEST_F(PromptRoutes, ShowAPrompt) {
  const auto ticket = add_ticket();
  const auto prompt = add_prompt(7, ticket, prompt_state::completed);
  const auto body = parsed(get("/api/v1/prompts"));
  const auto& shown = body.at("data").at(0);
  EXPECT_EQ(shown.at("id").as_string(), name_of(prompt));
  EXPECT_EQ(shown.at("state").as_string(), "completed");
  EXPECT_EQ(shown.at("user_id").as_int64(), 7);
  EXPECT_EQ(shown.at("ticket_id").as_string(), to_string(ticket.value));
  EXPECT_EQ(shown.at("ticket_number").as_int64(), 1);
  EXPECT_EQ(shown.at("answer").as_string(), "half done");
  EXPECT_EQ(shown.at("expires_at").as_string(),
            domain::to_rfc3339(prompt.expires_at));
  EXPECT_TRUE(body.at("next_cursor").is_null());
}

TEST_F(PromptRoutes, ListTheNewestFirstInPages) {
  const auto ticket = add_ticket();
  names expected;
  for (std::uint64_t i = 1; i <= 7; ++i)
    expected.insert(
      expected.begin(),
      name_of(add_prompt(i, ticket, prompt_state::awaiting_input)));
  for (const std::size_t limit : {1U, 2U, 3U, 7U, 200U})
    EXPECT_EQ(ids_of("", limit), expected) << limit;
}

TEST_F(PromptRoutes, NarrowTheList) {
  const auto first = add_ticket();
  const auto second = add_ticket();
  const auto a = add_prompt(1, first, prompt_state::completed);
  const auto b = add_prompt(1, second, prompt_state::cancelled);
  const auto c = add_prompt(1, second, prompt_state::awaiting_input);
  const auto d = add_prompt(2, second, prompt_state::expired);
  EXPECT_EQ(ids_of("&state=expired", 1), names{name_of(d)});
  EXPECT_EQ(ids_of("&user_id=1", 1),
            (names{name_of(c), name_of(b), name_of(a)}));
  EXPECT_EQ(ids_of("&ticket_id=2", 10),
            (names{name_of(d), name_of(c), name_of(b)}));
  EXPECT_EQ(ids_of("&ticket_id=" + to_string(first.value), 10),
            names{name_of(a)});
  EXPECT_EQ(ids_of("&ticket_id=2&user_id=1&state=cancelled", 10),
            names{name_of(b)});
  EXPECT_EQ(ids_of("&user_id=99", 10), names{});
}

TEST_F(PromptRoutes, LookAtABoundedNumberForOnePage) {
  const auto ticket = add_ticket();
  const auto oldest = add_prompt(1, ticket, prompt_state::expired);
  for (std::size_t i = 0; i < prompt_routes::looks_max; ++i)
    add_prompt(2, ticket, prompt_state::completed);
  const auto page = parsed(get("/api/v1/prompts?user_id=1"));
  EXPECT_TRUE(page.at("data").as_array().empty());
  EXPECT_FALSE(page.at("next_cursor").is_null());
  EXPECT_EQ(ids_of("&user_id=1", 10), names{name_of(oldest)});
}

TEST_F(PromptRoutes, NameAllWrongParametersAtOnce) {
  const auto reply = get(
    "/api/v1/prompts?limit=0&state=open&user_id=x"
    "&ticket_id=77&cursor=1");
  EXPECT_EQ(reply.status, 400U);
  auto fields = wrong_fields(reply);
  std::ranges::sort(fields);
  EXPECT_EQ(fields,
            (names{"cursor", "limit", "state", "ticket_id", "user_id"}));
}

TEST_F(PromptRoutes, AreForWhoMayReadTickets) {
  const auto stranger
    = make_key(R"({"name":"hook","scopes":["webhooks:manage"]})");
  EXPECT_EQ(get("/api/v1/prompts", stranger).status, 403U);
  const auto reader = make_key(R"({"name":"crm","scopes":["tickets:read"]})");
  EXPECT_EQ(get("/api/v1/prompts", reader).status, 200U);
}

// -- the body of the automation's call ----------------------------------------

TEST(ExecutorTicketForm, TakesAllFields) {
  const auto form = channels::rest::decode_executor_ticket(
    R"({"title":" Replace the pump ","description":"It leaks","priority":"high",
        "executor_id":7,"executor_telegram_chat_id":501,
        "customer_name":"Asha","customer_phone":"+1 202 555 0123"})");
  ASSERT_TRUE(form.value) << form.problems.front().message;
  EXPECT_EQ(form.value->title, "Replace the pump");
  EXPECT_EQ(form.value->description, "It leaks");
  EXPECT_EQ(form.value->urgency, domain::priority::high);
  EXPECT_EQ(form.value->executor, domain::user_id{7});
  EXPECT_EQ(form.value->executor_chat, 501);
  EXPECT_EQ(form.value->from.name, "Asha");
  EXPECT_EQ(form.value->from.phone, "+12025550123");
}

TEST(ExecutorTicketForm, NeedsATitleAlone) {
  const auto form
    = channels::rest::decode_executor_ticket(R"({"title":"Call back"})");
  ASSERT_TRUE(form.value);
  EXPECT_FALSE(form.value->executor);
  EXPECT_FALSE(form.value->executor_chat);
}

TEST(ExecutorTicketForm, NamesAllThatIsWrong) {
  const auto form = channels::rest::decode_executor_ticket(
    R"({"title":"","priority":"soon","executor_id":"x",
        "executor_telegram_chat_id":0,"customer_phone":"12","other":1})");
  EXPECT_FALSE(form.value);
  names fields;
  for (const auto& problem : form.problems)
    fields.push_back(problem.field);
  std::ranges::sort(fields);
  EXPECT_EQ(fields,
            (names{"customer_phone", "executor_id", "executor_telegram_chat_id",
                   "other", "priority", "title"}));
}

} // namespace
} // namespace switchboard::api::testing
