#include "bench/desk_burst.hpp"

#include <algorithm>
#include <optional>
#include <thread>

namespace switchboard::bench {

namespace {

using clock = std::chrono::steady_clock;
using sessions = std::vector<desk_session>;

/// The newest card that nobody has claimed.
std::optional<std::uint32_t> find_claimable(const sessions& all) {
  std::optional<std::uint32_t> out;
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (all[i].card > 0 && all[i].agent == 0
        && (!out || all[i].card > all[*out].card))
      out = i;
  return out;
}

bool is_done(const desk_session& one) {
  const bool is_claimed = one.agent != 0;
  return one.card > 0
         && (!is_claimed
             || (one.taps_answered > 0 && one.copy > 0 && one.edits > 0));
}

bool cards_wait(const sessions& all) {
  return std::ranges::any_of(all, [](const auto& s) { return s.card == 0; });
}

std::string find_problem(const sessions& all) {
  const auto count
    = [&](auto wrong) { return std::ranges::count_if(all, wrong); };
  const auto unfinished = count([](const auto& s) { return !is_done(s); });
  const auto cards = count([](const auto& s) { return s.cards != 1; });
  const auto copies
    = count([](const auto& s) { return s.copies != (s.agent == 0 ? 0U : 1U); });
  const auto taps = count(
    [](const auto& s) { return s.taps_answered != (s.agent == 0 ? 0U : 1U); });
  if (unfinished + cards + copies + taps == 0)
    return {};
  return std::to_string(unfinished) + " tickets did not get what they should, "
         + std::to_string(cards) + " had not one card, "
         + std::to_string(copies) + " not one copy at their agent's, "
         + std::to_string(taps) + " taps were not answered once";
}

/// Claims until enough are claimed or no card waits any longer.
void claim_slowly(desk_world& desk, burst_figures& to, std::uint32_t claims,
                  clock::duration pause) {
  auto due = clock::now() + pause;
  while (to.claims < claims) {
    std::this_thread::sleep_until(due);
    due += pause;
    const auto which = desk.look(find_claimable);
    if (!which) {
      if (!desk.wait_until(
            [](const auto& all) { return find_claimable(all).has_value(); }))
        return;
      continue;
    }
    desk.tap_claim(*which);
    ++to.claims;
    if (desk.look(cards_wait))
      ++to.claims_while_waiting;
  }
}

} // namespace

burst_figures measure_burst(const desk_options& options, std::uint32_t claims,
                            double group_per_minute) {
  burst_figures out;
  trip_book trips{1};
  desk_world desk{options, trips};
  desk.wait_for_server();
  desk.begin_sessions();
  const auto begin = clock::now();
  out.writing = desk.write_first_messages();
  const std::chrono::duration<double> drain{60.0 * options.sessions
                                            / group_per_minute};
  const auto pause = std::chrono::duration_cast<clock::duration>(
    drain / static_cast<double>(claims + 1));
  claim_slowly(desk, out, claims, pause);
  desk.wait_until(
    [](const auto& all) { return std::ranges::all_of(all, is_done); });
  desk.look([&](const sessions& all) {
    auto last = begin;
    for (const auto& one : all) {
      if (one.card > 0)
        out.card.record(one.card_came - one.written);
      last = std::max(last, one.card_came);
      if (one.taps_answered > 0)
        out.tap_answer.record(one.tap_answered - one.tapped);
      if (one.copy > 0)
        out.agent_told.record(one.copy_came - one.tapped);
    }
    out.drain = last - begin;
    out.problem = find_problem(all);
  });
  return out;
}

} // namespace switchboard::bench
