#include "metrics/telegram_probe.hpp"

#include <algorithm>

namespace switchboard::metrics {

namespace {

const family_info waiting_family{
  "switchboard_telegram_waiting",
  "Calls that wait for the bot's or their chat's budget, by urgency.",
  {"bot", "urgency"}};
const family_info on_their_way_family{
  "switchboard_telegram_on_their_way",
  "Calls that have left and are not answered yet.",
  {"bot"}};
const family_info spent_family{
  "switchboard_telegram_spent_total",
  "What calls cost of the budgets; an album counts by its items.",
  {"bot", "family"}};
const family_info slowed_family{
  "switchboard_telegram_slowed_total",
  "Answers 429, by the budget that rested because of them.",
  {"bot", "budget", "family"}};
const family_info merged_family{"switchboard_telegram_merged_total",
                                "Texts that shared a message with another.",
                                {"bot"}};
const family_info folded_family{
  "switchboard_telegram_folded_total",
  "Calls that a later one made needless before they left.",
  {"bot"}};
const family_info amended_family{"switchboard_telegram_amended_total",
                                 "Messages that were changed before they left.",
                                 {"bot"}};
const family_info refused_family{
  "switchboard_telegram_refused_total",
  "Calls that were sent back to their lane because too many wait.",
  {"bot"}};
const family_info answers_family{"switchboard_telegram_answers_total",
                                 "Answers, by what they mean.",
                                 {"bot", "meaning"}};
const family_info call_family{"switchboard_telegram_call_seconds",
                              "One call, without its wait for a budget.",
                              {"method"}};

/// The value of `family` where calls of all families count.
constexpr const char* all_families = "all";

} // namespace

void telegram_probe::follower::follow(std::uint64_t count) {
  // A carrier that was restarted counts from nothing.
  const auto more = count >= last ? count - last : count;
  last = count;
  if (more != 0)
    total->Increment(static_cast<double>(more));
}

telegram_probe::series telegram_probe::make_series(registry& all,
                                                   const std::string& bot,
                                                   const words& known) {
  const label_values labels{{"bot", bot}};
  const auto slowed = [&](const char* budget, const std::string& family) {
    return follower{&all.counter(
      slowed_family, {{"bot", bot}, {"budget", budget}, {"family", family}})};
  };
  const auto counter = [&](const family_info& info) {
    return follower{&all.counter(info, labels)};
  };
  series out{{},
             &all.gauge(on_their_way_family, labels),
             {},
             slowed("bot", all_families),
             {},
             {},
             counter(merged_family),
             counter(folded_family),
             counter(amended_family),
             counter(refused_family),
             {known.meanings, "other", [&](const std::string& meaning) {
                return &all.counter(answers_family,
                                    {{"bot", bot}, {"meaning", meaning}});
              }}};
  for (const auto& urgency : known.urgencies)
    out.waiting.push_back(
      &all.gauge(waiting_family, {{"bot", bot}, {"urgency", urgency}}));
  for (const auto& family : known.families) {
    out.spent.push_back(
      follower{&all.counter(spent_family, {{"bot", bot}, {"family", family}})});
    out.slowed_private.push_back(slowed("private", family));
    out.slowed_group.push_back(slowed("group", family));
  }
  return out;
}

telegram_probe::telegram_probe(registry& all, const words& known)
  : bots_{known.bots, "other",
          [&](const std::string& bot) { return make_series(all, bot, known); }},
    calls_{known.methods, "other", [&](const std::string& method) {
             return &all.histogram(call_family, duration_bounds(),
                                   {{"method", method}});
           }} {}

void telegram_probe::answered(std::string_view bot, std::string_view method,
                              std::string_view meaning,
                              std::chrono::nanoseconds took) {
  bots_[bot].answers[meaning]->Increment();
  calls_[method]->observe(took);
}

void telegram_probe::told(std::string_view bot, const figures& now) {
  const std::lock_guard lock{mutex_};
  auto& of = bots_[bot];
  const auto follow
    = [](std::vector<follower>& all, const std::vector<std::uint64_t>& counts) {
        for (std::size_t i = 0; i < std::min(all.size(), counts.size()); ++i)
          all[i].follow(counts[i]);
      };
  for (std::size_t i = 0; i < std::min(of.waiting.size(), now.waiting.size());
       ++i)
    of.waiting[i]->Set(static_cast<double>(now.waiting[i]));
  of.on_their_way->Set(static_cast<double>(now.on_their_way));
  follow(of.spent, now.spent);
  of.slowed_bot.follow(now.slowed_bot);
  follow(of.slowed_private, now.slowed_private);
  follow(of.slowed_group, now.slowed_group);
  of.merged.follow(now.merged);
  of.folded.follow(now.folded);
  of.amended.follow(now.amended);
  of.refused.follow(now.refused);
}

} // namespace switchboard::metrics
