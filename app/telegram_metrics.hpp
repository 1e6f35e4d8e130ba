#pragma once

#include "actors/telegram_carrier.hpp"
#include "channels/telegram/lanes.hpp"
#include "metrics/telegram_probe.hpp"

#include <span>

namespace switchboard::app {

/// Turns what the carriers tell into metrics.
class telegram_metrics final : public actors::telegram_observer {
public:
  telegram_metrics(metrics::registry& all,
                   std::span<const channels::telegram::bot_number> bots);

  void answered(channels::telegram::bot_number bot, std::string_view method,
                channels::telegram::answer_class meaning,
                std::chrono::nanoseconds took) override;
  void figures(channels::telegram::bot_number bot,
               const channels::telegram::rate_figures& now) override;

private:
  metrics::telegram_probe probe_;
};

} // namespace switchboard::app
