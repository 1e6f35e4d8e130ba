#include "domain/permissions.hpp"

#include "domain/ticket.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace switchboard::domain {
namespace {

constexpr std::array roles{user_role::agent, user_role::executor,
                           user_role::manager, user_role::admin};

struct row {
  queue_act act;
  standing which;
  status state;
  const char* who; ///< who may, in the order of `roles`
};

TEST(Permissions, AreAsTheTableSays) {
  using enum queue_act;
  using enum standing;
  constexpr auto waits = status::pending;
  constexpr auto works = status::in_progress;
  constexpr auto raised = status::escalated;
  const std::array rows{
    row{see_queue, own, waits, "a.ma"},
    row{see_escalated, own, waits, "..ma"},
    row{see_all, own, waits, "...a"},
    row{claim, unclaimed, waits, "a.ma"},
    row{claim, others, works, "a.ma"}, // The ticket tells who has it.
    row{claim, unclaimed, raised, "..ma"},
    row{assign, unclaimed, waits, "..ma"},
    row{assign, others, raised, "..ma"},
    row{write, own, works, "aema"},
    row{write, unclaimed, waits, "a.ma"},
    row{write, others, works, "...a"},
    row{write, own, raised, "aema"},
    row{write, unclaimed, raised, "..ma"},
    row{write, others, raised, "..ma"},
    row{escalate, own, works, "aema"},
    row{escalate, unclaimed, waits, "a.ma"},
    row{escalate, others, works, "...a"},
    row{move, own, works, "aema"},
    row{move, unclaimed, waits, "...a"},
    row{move, others, works, "...a"},
    row{move, own, raised, "..ma"},
    row{move, others, raised, "..ma"},
  };
  for (const auto& r : rows)
    for (std::size_t i = 0; i < roles.size(); ++i)
      EXPECT_EQ(!refusal(roles[i], r.act, r.which, r.state), r.who[i] != '.')
        << to_string(roles[i]) << ", act " << static_cast<int>(r.act)
        << ", standing " << static_cast<int>(r.which) << ", "
        << to_string(r.state);
}

TEST(Permissions, SayWhatTheRuleIs) {
  EXPECT_EQ(refusal(user_role::executor, queue_act::claim),
            "executors work on the tickets that they were given; they claim "
            "none");
  EXPECT_EQ(refusal(user_role::agent, queue_act::move, standing::own,
                    status::escalated),
            "this ticket is escalated; managers and admins go on with it");
}

TEST(Permissions, KnowWhoseATicketIs) {
  ticket t;
  EXPECT_EQ(standing_of(t, user_id{7}), standing::unclaimed);
  t.assignee = "7";
  EXPECT_EQ(standing_of(t, user_id{7}), standing::own);
  EXPECT_EQ(standing_of(t, user_id{8}), standing::others);
  EXPECT_EQ(standing_of(t, std::nullopt), standing::others);
}

} // namespace
} // namespace switchboard::domain
