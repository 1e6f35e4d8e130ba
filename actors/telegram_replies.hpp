#pragma once

#include "channels/http_exchange.hpp"

#include <chrono>
#include <string_view>

/// What a carrier tells a lane without having asked Telegram, in Telegram's
/// words, so that it is judged like everything else.
namespace switchboard::actors::telegram_replies {

/// Done, for a reason.
[[nodiscard]] channels::http_answer success(std::string_view reason);
/// It will never work.
[[nodiscard]] channels::http_answer refusal(std::string_view reason);
/// It did not work now; the lane spends an attempt.
[[nodiscard]] channels::http_answer failure(std::string_view reason,
                                            std::chrono::seconds retry_after);
/// Too much waits; the lane rests for so long and spends no attempt.
[[nodiscard]] channels::http_answer patience(std::string_view reason,
                                             std::chrono::seconds retry_after);

} // namespace switchboard::actors::telegram_replies
