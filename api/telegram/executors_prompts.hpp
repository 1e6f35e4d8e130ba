#pragma once

#include "api/telegram/executors_outbox.hpp"
#include "domain/prompt.hpp"
#include "domain/time.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// The life of a prompt, as commits. Its answer is first told to its ticket,
/// under a claim of the prompt, and then written into the prompt; so whoever
/// comes upon a prompt that looks open, a repeated update or the timer, finds
/// out by that claim that it was answered.
namespace switchboard::api::telegram {

inline constexpr std::string_view prompt_timer = "prompt_expiry";
inline constexpr std::string_view prompt_answer_scope = "prompt.answer";

/// Asks: the prompt, its timer, and the question on its way. Pure. Conflicts
/// with another prompt of the same user that awaits an answer.
[[nodiscard]] persistence::changes open_prompt(const domain::prompt& asked,
                                               domain::timestamp now);

/// Ends it: `answer` is that of a completed one. Pure; the caller adds what the
/// person is told.
[[nodiscard]] persistence::changes
close_prompt(const persistence::versioned<domain::prompt>& before,
             domain::prompt_state to, std::string answer,
             domain::timestamp now);

/// Goes along with the answer to the ticket; its result is the answer.
[[nodiscard]] persistence::unique_claim
answer_claim(const domain::prompt_id& id, std::string answer,
             domain::timestamp now);
/// What was answered already, whatever the prompt itself says.
[[nodiscard]] std::optional<std::string>
find_answer(const persistence::row_reader& rows, const domain::prompt_id& id,
            domain::timestamp now);

[[nodiscard]] executor_chat chat_of(const domain::prompt& asked);

/// What a due timer comes to: the prompt has expired (or was answered, and the
/// process ended before it could note that), and the person is told.
[[nodiscard]] persistence::changes
prompt_due(const persistence::row_reader& rows,
           const persistence::timer_change& timer, domain::timestamp now);

} // namespace switchboard::api::telegram
