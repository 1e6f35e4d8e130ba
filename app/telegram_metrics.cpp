#include "app/telegram_metrics.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::app {

namespace telegram = channels::telegram;

namespace {

template <class Word>
std::vector<std::string> words_up_to(Word last) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i)
    out.emplace_back(to_string(Word{static_cast<std::uint8_t>(i)}));
  return out;
}

metrics::telegram_probe::words
words_of(std::span<const telegram::bot_number> bots) {
  metrics::telegram_probe::words out;
  for (const auto bot : bots)
    out.bots.push_back(telegram::to_string(bot));
  out.urgencies = words_up_to(telegram::urgency::cosmetic);
  out.families = words_up_to(telegram::call_family::light);
  out.meanings = words_up_to(telegram::answer_class::retry_later);
  // Those that a carrier makes.
  out.methods = {"sendMessage",
                 "sendPhoto",
                 "sendDocument",
                 "sendVideo",
                 "sendAudio",
                 "sendVoice",
                 "sendMediaGroup",
                 "copyMessage",
                 "editMessageText",
                 "editMessageCaption",
                 "editMessageReplyMarkup",
                 "deleteMessage",
                 "answerCallbackQuery",
                 "createForumTopic",
                 "editForumTopic",
                 "closeForumTopic",
                 "reopenForumTopic",
                 "deleteForumTopic",
                 "setMessageReaction",
                 "sendChatAction"};
  return out;
}

template <class Counts>
std::vector<std::uint64_t> as_vector(const Counts& counts) {
  return {counts.begin(), counts.end()};
}

} // namespace

telegram_metrics::telegram_metrics(metrics::registry& all,
                                   std::span<const telegram::bot_number> bots)
  : probe_{all, words_of(bots)} {}

void telegram_metrics::answered(telegram::bot_number bot,
                                std::string_view method,
                                telegram::answer_class meaning,
                                std::chrono::nanoseconds took) {
  probe_.answered(telegram::to_string(bot), method, to_string(meaning), took);
}

void telegram_metrics::figures(telegram::bot_number bot,
                               const telegram::rate_figures& now) {
  metrics::telegram_probe::figures out;
  out.waiting = as_vector(now.waiting);
  out.on_their_way = now.on_their_way;
  out.spent = as_vector(now.spent);
  out.slowed_bot = now.slowed_bot;
  out.slowed_private = as_vector(now.slowed_private);
  out.slowed_group = as_vector(now.slowed_group);
  out.merged = now.merged;
  out.folded = now.folded;
  out.amended = now.amended;
  out.refused = now.refused;
  probe_.told(telegram::to_string(bot), out);
}

} // namespace switchboard::app
