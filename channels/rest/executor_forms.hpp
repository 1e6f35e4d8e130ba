#pragma once

#include "channels/json/writer.hpp"
#include "channels/rest/form.hpp"
#include "domain/prompt.hpp"
#include "domain/status.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What automations and the API say about executors' work.
namespace switchboard::channels::rest {

/// A ticket that an automation opens for an executor.
struct executor_ticket {
  std::string title;
  std::string description;
  domain::priority urgency = domain::priority::medium;
  std::optional<domain::user_id> executor;
  std::optional<std::int64_t> executor_chat; ///< Telegram's id of the person
  domain::customer from;
};

/// `{title, description?, priority?, executor_id | executor_telegram_chat_id?,
/// customer_name?, customer_phone?}`.
form<executor_ticket> decode_executor_ticket(std::string_view body);

/// The answer to it: the ticket's names, who has it, and whether they are told.
void write_executor_ticket(json::writer& out, const domain::ticket& ticket,
                           std::optional<domain::user_id> executor,
                           bool is_notified);

std::optional<domain::prompt_state>
parse_prompt_state(std::string_view word) noexcept;

/// One prompt; `number` is that of its ticket.
void write_prompt(json::writer& out, const domain::prompt& prompt,
                  std::optional<domain::ticket_number> number);

} // namespace switchboard::channels::rest
