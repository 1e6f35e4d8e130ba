#pragma once

#include "channels/http_exchange.hpp"
#include "channels/outcome.hpp"
#include "domain/ticket.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// The hook that tells an n8n Webhook node of each new ticket.
namespace switchboard::channels::n8n {

/// The name of the hook's lane; also in metrics and dead letters.
inline constexpr std::string_view ticket_created_lane = "n8n:ticket-created";
inline constexpr std::string_view ticket_created_kind = "ticket.created";

struct hook_options {
  std::string url;           ///< empty: the hook is off
  std::string shared_secret; ///< empty: no key is sent
  std::string agent_phone;
  std::chrono::milliseconds timeout{15'000};
};

/// The body of the call: `{"event":"ticket.created","ticketId":…}`.
std::string encode_ticket_created(const domain::ticket& ticket,
                                  std::string_view first_message,
                                  std::string_view ticket_url,
                                  std::string_view agent_phone);

/// The call itself, with the shared secret in `x-api-key`.
http_request hook_request(const hook_options& options, std::string payload);

/// As `judge_http`, except that n8n answers 404 while a workflow is inactive,
/// which passes: retry later.
verdict judge(const http_answer& answer);

} // namespace switchboard::channels::n8n
