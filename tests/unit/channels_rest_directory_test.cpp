// The bodies of the calls on users, groups and keys.
#include "channels/rest/directory_forms.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace switchboard::channels::rest {
namespace {

using fields = std::vector<std::string>;

template <class T>
fields wrong(const form<T>& form) {
  fields out;
  for (const auto& problem : form.problems)
    out.push_back(problem.field);
  EXPECT_EQ(form.value.has_value(), out.empty());
  return out;
}

TEST(UserForm, ReadsEveryField) {
  const auto form = decode_new_user(R"({"name":" Ada ","username":"ada.l-1_",
    "role":"executor","telegram_id":9223372036854775807,
    "phone":"+49 (151) 1234-5678","email":"Ada@EXAMPLE.com",
    "default_group_id":3,"skills":["a","b"],"online":true})");
  ASSERT_TRUE(form.value) << form.problems.front().field;
  domain::user user;
  apply(*form.value, user);
  domain::user expected;
  expected.name = "Ada";
  expected.username = "ada.l-1_";
  expected.role = domain::user_role::executor;
  expected.telegram_id = std::numeric_limits<std::int64_t>::max();
  expected.phone = "+4915112345678";
  expected.email = "Ada@example.com";
  expected.default_group = domain::group_id{3};
  expected.skills = {"a", "b"};
  expected.online = true;
  EXPECT_EQ(user, expected);
}

TEST(UserForm, LeavesWhatIsAbsentAndClearsWhatIsNull) {
  domain::user user;
  user.name = "Ada";
  user.username = "ada";
  user.telegram_id = 5;
  user.phone = "+4915112345678";
  user.default_group = domain::group_id{3};
  user.skills = {"a"};
  const auto before = user;
  apply(*decode_user_change("{}").value, user);
  EXPECT_EQ(user, before);
  apply(*decode_user_change(R"({"username":null,"telegram_id":null,
    "phone":"","default_group_id":null,"skills":[]})")
           .value,
        user);
  domain::user expected;
  expected.name = "Ada";
  EXPECT_EQ(user, expected);
}

TEST(UserForm, NamesWhatIsWrong) {
  const std::vector<std::pair<std::string, fields>> rows{
    {R"({})", {"name"}},
    {R"({"name":null})", {"name"}},
    {R"({"name":")" + std::string(201, 'n') + "\"}", {"name"}},
    {R"({"name":"a\tb"})", {"name"}},
    {R"({"name":"A","username":"a b"})", {"username"}},
    {R"({"name":"A","username":"@a"})", {"username"}},
    {R"({"name":"A","username":"42"})", {"username"}},
    {R"({"name":"A","username":".."})", {"username"}},
    {R"({"name":"A","username":")" + std::string(65, 'a') + "\"}",
     {"username"}},
    {R"({"name":"A","role":null})", {"role"}},
    {R"({"name":"A","role":""})", {"role"}},
    {R"({"name":"A","role":"Agent"})", {"role"}},
    {R"({"name":"A","role":1})", {"role"}},
    {R"({"name":"A","telegram_id":0})", {"telegram_id"}},
    {R"({"name":"A","telegram_id":9223372036854775808})", {"telegram_id"}},
    {R"({"name":"A","telegram_id":1.5})", {"telegram_id"}},
    {R"({"name":"A","phone":"0151"})", {"phone"}},
    {R"({"name":"A","email":"a@b"})", {"email"}},
    {R"({"name":"A","default_group_id":-1})", {"default_group_id"}},
    {R"({"name":"A","skills":[""]})", {"skills[0]"}},
    {R"({"name":"A","skills":[1]})", {"skills[0]"}},
    {R"({"name":"A","online":"yes"})", {"online"}},
    {R"({"name":"A","admin":true})", {"admin"}},
    {R"({"name":"A","name":"B"})", {"name"}},
  };
  for (const auto& [body, expected] : rows)
    EXPECT_EQ(wrong(decode_new_user(body)), expected) << body;
  std::string skills;
  for (int i = 0; i <= 50; ++i)
    skills += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) + '"';
  EXPECT_EQ(wrong(decode_user_change(R"({"skills":[)" + skills + "]}")),
            fields{"skills"});
}

TEST(GroupForm, ReadsAndRefuses) {
  const auto good
    = decode_new_group(R"({"title":"Desk","telegram_group_id":-100123})");
  ASSERT_TRUE(good.value);
  domain::group group;
  apply(*good.value, group);
  EXPECT_EQ(group.title, "Desk");
  EXPECT_EQ(group.telegram_group_id, -100123);
  apply(*decode_group_change(R"({"telegram_group_id":null})").value, group);
  EXPECT_EQ(group.title, "Desk");
  EXPECT_FALSE(group.telegram_group_id);
  EXPECT_EQ(wrong(decode_new_group("{}")), fields{"title"});
  EXPECT_EQ(wrong(decode_group_change("{}")), fields{});
  EXPECT_EQ(wrong(decode_group_change(R"({"title":null})")), fields{"title"});
  EXPECT_EQ(wrong(decode_group_change(R"({"name":"x"})")), fields{"name"});
  EXPECT_EQ(wrong(decode_new_group("nonsense")), fields{""});
}

TEST(KeyForm, ReadsAndRefuses) {
  using domain::scope;
  const auto good = decode_new_api_key(R"({"name":"CRM","scopes":
    ["tickets:read","stats:read"],"user_id":7,"expires_at":"later"})");
  ASSERT_TRUE(good.value);
  EXPECT_EQ(good.value->name, "CRM");
  const domain::scope_set expected{scope::tickets_read, scope::stats_read};
  EXPECT_EQ(good.value->scopes, expected);
  EXPECT_EQ(good.value->owner, domain::user_id{7});
  EXPECT_EQ(good.value->expires_at, "later");
  const auto bare = decode_new_api_key(
    R"({"name":"a","scopes":["admin"],"user_id":null,"expires_at":null})");
  ASSERT_TRUE(bare.value);
  EXPECT_FALSE(bare.value->owner);
  EXPECT_EQ(bare.value->expires_at, "");
  const std::vector<std::pair<std::string, fields>> rows{
    {R"({"scopes":["admin"]})", {"name"}},
    {R"({"name":"a"})", {"scopes"}},
    {R"({"name":"a","scopes":null})", {"scopes"}},
    {R"({"name":"a","scopes":[]})", {"scopes"}},
    {R"({"name":"a","scopes":["*","admin"]})", {"scopes[0]"}},
    {R"({"name":"a","scopes":[1]})", {"scopes[0]"}},
    {R"({"name":"a","scopes":["admin"],"user_id":0})", {"user_id"}},
    {R"({"name":"a","scopes":["admin"],"expires_at":1})", {"expires_at"}},
    {R"({"name":"a","scopes":["admin"],"secret":"x"})", {"secret"}},
  };
  for (const auto& [body, problems] : rows)
    EXPECT_EQ(wrong(decode_new_api_key(body)), problems) << body;
}

} // namespace
} // namespace switchboard::channels::rest
