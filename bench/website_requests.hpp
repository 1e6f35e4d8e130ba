#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// What a website sends when a customer files a ticket.
struct ticket_form {
  std::string customer_name;
  std::string customer_phone;
  std::string customer_email;
  std::string subject;
  std::string message;
  std::string priority;
};

/// A form with plausible content; the JSON of one takes 300 to 500 bytes. The
/// same `seed` and `number` give the same form.
ticket_form make_ticket_form(std::uint64_t seed, std::uint64_t number);

/// The JSON body of `POST /api/ticket`.
std::string to_json(const ticket_form& form);

/// A reply as it comes in from WhatsApp.
struct inbound_reply {
  std::string_view ticket_ref;
  std::string_view message;
  std::string_view from;
  std::string_view external_id;
};

/// The JSON body of `POST /api/ticket/inbound`.
std::string to_json(const inbound_reply& reply);

/// A whole HTTP request. `headers` are complete lines that end in CRLF; `type`
/// is that of the body, if there is one.
std::string make_request(std::string_view method, std::string_view target,
                         std::string_view host, std::string_view headers,
                         std::string_view body,
                         std::string_view type = "application/json");

} // namespace switchboard::bench
