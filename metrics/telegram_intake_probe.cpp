#include "metrics/telegram_intake_probe.hpp"

namespace switchboard::metrics {

namespace {

const family_info up_family{
  "switchboard_telegram_up",
  "Whether the bot's last call for its own affairs succeeded, by bot.",
  {"bot"}};
const family_info updates_family{
  "switchboard_telegram_updates_total",
  "Updates from Telegram, by bot and by what came of them.",
  {"bot", "result"}};

} // namespace

telegram_intake_probe::telegram_intake_probe(
  registry& all, const std::vector<std::string>& bots,
  const std::vector<std::string>& results) {
  for (const auto& bot : bots)
    bots_.try_emplace(
      bot, series{&all.gauge(up_family, {{"bot", bot}}),
                  word_table<prometheus::Counter*>{
                    results, "other", [&](const std::string& result) {
                      return &all.counter(updates_family,
                                          {{"bot", bot}, {"result", result}});
                    }}});
}

void telegram_intake_probe::up(std::string_view bot, bool is_up) {
  if (const auto found = bots_.find(bot); found != bots_.end())
    found->second.up->Set(is_up ? 1 : 0);
}

void telegram_intake_probe::taken(std::string_view bot,
                                  std::string_view result) {
  if (const auto found = bots_.find(bot); found != bots_.end())
    found->second.updates[result]->Increment();
}

} // namespace switchboard::metrics
