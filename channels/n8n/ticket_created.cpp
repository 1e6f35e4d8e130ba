#include "channels/n8n/ticket_created.hpp"

#include "channels/json/writer.hpp"

namespace switchboard::channels::n8n {

std::string encode_ticket_created(const domain::ticket& ticket,
                                  std::string_view first_message,
                                  std::string_view ticket_url,
                                  std::string_view agent_phone) {
  std::string body;
  body.reserve(512 + ticket.subject.size() + first_message.size());
  json::writer out{body};
  out.begin_object();
  out.key("event").string(ticket_created_kind);
  out.key("ticketId").string(to_string(ticket.id.value));
  out.key("ticketRef").string(ticket.ref);
  out.key("ticketUrl").string(ticket_url);
  out.key("customerName").string(ticket.from.name);
  out.key("customerPhone").string_or_null(ticket.from.phone);
  out.key("customerEmail").string_or_null(ticket.from.email);
  out.key("subject").string(ticket.subject);
  out.key("message").string(first_message);
  out.key("priority").string(to_string(ticket.urgency));
  out.key("createdAt").string(domain::to_rfc3339(ticket.created_at));
  out.key("agentPhone").string(agent_phone);
  out.end_object();
  return body;
}

http_request hook_request(const hook_options& options, std::string payload) {
  http_request call;
  call.url = options.url;
  call.headers = {{"Content-Type", "application/json"}};
  if (!options.shared_secret.empty())
    call.headers.emplace_back("x-api-key", options.shared_secret);
  call.body = std::move(payload);
  call.total_timeout = options.timeout;
  call.public_only = false; // The operator configured this address.
  return call;
}

verdict judge(const http_answer& answer) {
  auto out = judge_http(answer);
  if (answer.failure == http_failure::none && answer.status == 404)
    out.outcome = delivery_outcome::retry_later;
  return out;
}

} // namespace switchboard::channels::n8n
