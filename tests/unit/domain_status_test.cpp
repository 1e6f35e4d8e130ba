#include "domain/result.hpp"
#include "domain/status.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace switchboard::domain {
namespace {

constexpr std::array all_states{
  status::pending,          status::assigned,  status::in_progress,
  status::waiting_customer, status::escalated, status::resolved,
  status::closed,
};

TEST(Status, MovesAsTheTableSays) {
  // Rows: from, columns: to, both in the order of `all_states`.
  constexpr std::array<const char*, 7> table{
    // p a i w e r c
    ".+..+++", // pending
    "+.+++++", // assigned
    "++.++++", // in_progress
    "+.+.+++", // waiting_customer
    ".++..++", // escalated
    "+.+...+", // resolved
    "+......", // closed
  };
  for (std::size_t from = 0; from < all_states.size(); ++from)
    for (std::size_t to = 0; to < all_states.size(); ++to)
      EXPECT_EQ(may_move(all_states[from], all_states[to]),
                table[from][to] == '+')
        << to_string(all_states[from]) << " to " << to_string(all_states[to]);
}

TEST(Status, NamesEachLegalMoveOnce) {
  for (const auto from : all_states) {
    const auto moves = legal_moves(from);
    const std::set<status> distinct(moves.begin(), moves.end());
    EXPECT_EQ(distinct.size(), moves.size()) << to_string(from);
    EXPECT_FALSE(distinct.contains(from)) << to_string(from);
  }
}

TEST(Status, SpeaksEveryDialect) {
  struct row {
    status s;
    const char* canonical;
    const char* website;
    const char* rest;
    const char* executor;
  };
  const std::vector<row> rows{
    {status::pending, "pending", "open", "open", "open"},
    {status::assigned, "assigned", "open", "open", "open"},
    {status::in_progress, "in_progress", "open", "open", "in-progress"},
    {status::waiting_customer, "waiting_customer", "open", "pending", "open"},
    {status::escalated, "escalated", "open", "open", "open"},
    {status::resolved, "resolved", "resolved", "closed", "resolved"},
    {status::closed, "closed", "closed", "closed", "resolved"},
  };
  for (const auto& r : rows) {
    EXPECT_EQ(to_string(r.s), r.canonical);
    EXPECT_EQ(parse_status(r.canonical), r.s);
    EXPECT_EQ(website_status(r.s), r.website) << r.canonical;
    EXPECT_EQ(rest_state(r.s), r.rest) << r.canonical;
    EXPECT_EQ(executor_status(r.s), r.executor) << r.canonical;
  }
}

TEST(Status, ReadsOpenAsPending) {
  EXPECT_EQ(parse_status("open"), status::pending);
}

TEST(Status, RefusesOtherWords) {
  for (const auto* word : {"", "Pending", "PENDING", "pending ", "in-progress",
                           "done", "reopened", "clos", "closedd"})
    EXPECT_FALSE(parse_status(word)) << word;
}

TEST(Priority, GoesThroughItsWords) {
  for (const auto p :
       {priority::low, priority::medium, priority::high, priority::urgent})
    EXPECT_EQ(parse_priority(to_string(p)), p);
  for (const auto* word : {"", "Low", "normal", "critical", "medium "})
    EXPECT_FALSE(parse_priority(word)) << word;
}

TEST(Priority, SortsTheQueue) {
  EXPECT_LT(priority::low, priority::medium);
  EXPECT_LT(priority::medium, priority::high);
  EXPECT_LT(priority::high, priority::urgent);
}

TEST(Errc, HasAWordForEachCode) {
  std::set<std::string_view> words;
  for (auto code = static_cast<int>(errc::unknown_ticket);
       code <= static_cast<int>(errc::outcome_unknown); ++code)
    words.insert(to_string(static_cast<errc>(code)));
  EXPECT_EQ(words.size(), 11U);
  EXPECT_FALSE(words.contains("unknown_errc"));
}

} // namespace
} // namespace switchboard::domain
