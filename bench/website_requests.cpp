#include "bench/website_requests.hpp"

#include <array>
#include <random>
#include <span>

namespace switchboard::bench {

namespace {

constexpr std::array<std::string_view, 16> first_names{
  "Amira", "Bruno", "Chiara", "Dmitri", "Elif",   "Farid", "Grace", "Hannah",
  "Ivana", "Jonas", "Katja",  "Luís",   "Mónica", "Nadia", "Omar",  "Petra"};

constexpr std::array<std::string_view, 16> last_names{
  "Abbas",  "Baker",  "Costa", "Dubois", "Eriksen",  "Fischer",
  "García", "Haddad", "Ito",   "Jansen", "Kowalski", "Lindqvist",
  "Müller", "Novák",  "Okoye", "Petrova"};

constexpr std::array<std::string_view, 12> subjects{
  "Order has not arrived",       "Cannot log in since yesterday",
  "Refund for a returned item",  "Invoice shows the wrong address",
  "Change the delivery date",    "The app closes when I pay",
  "Question about the warranty", "Damaged parcel",
  "Please delete my account",    "Voucher is not accepted",
  "Wrong size was sent",         "Subscription was charged twice"};

constexpr std::array<std::string_view, 14> sentences{
  "I ordered two weeks ago and the tracking page has not moved since Monday.",
  "The confirmation mail never came, not even in the spam folder.",
  "I tried another browser and my phone, with the same result each time.",
  "Could somebody please look into it before the weekend?",
  "The driver left a note, but nobody at the depot knows about the parcel.",
  "My neighbour took it in and the box was already open on one side.",
  "The amount was taken from my card on the 3rd and again on the 5th.",
  "I have attached nothing so far; tell me what you need and I will send it.",
  "It worked until the update; now the page stays blank after the login.",
  "I would rather have a replacement than my money back.",
  "Your colleague on the phone said that it would take three days.",
  "The order was a present, so the date matters more than the price.",
  "Danke für die schnelle Hilfe beim letzten Mal!",
  "I am at work until five; a message is better than a call."};

constexpr std::array<std::string_view, 4> priorities{"low", "medium", "high",
                                                     "urgent"};

template <class Random>
std::string_view pick(Random& random, std::span<const std::string_view> from) {
  return from[random() % from.size()];
}

void append_member(std::string& out, std::string_view name,
                   std::string_view value) {
  // The texts of this file need no escaping.
  out += out.empty() ? "{\"" : ",\"";
  out += name;
  out += "\":\"";
  out += value;
  out += '"';
}

} // namespace

ticket_form make_ticket_form(std::uint64_t seed, std::uint64_t number) {
  std::seed_seq mixed{seed, number};
  std::mt19937 random{mixed};
  ticket_form form;
  form.customer_name = pick(random, first_names);
  form.customer_name += ' ';
  form.customer_name += pick(random, last_names);
  form.customer_phone
    = "+491" + std::to_string(500'000'000 + random() % 1'000'000'000 / 2);
  form.customer_email
    = "customer" + std::to_string(random() % 1'000'000) + "@example.com";
  form.subject = pick(random, subjects);
  while (form.message.size() < 100 + random() % 80) {
    if (!form.message.empty())
      form.message += ' ';
    form.message += pick(random, sentences);
  }
  form.priority = pick(random, priorities);
  return form;
}

std::string to_json(const ticket_form& form) {
  std::string out;
  append_member(out, "customerName", form.customer_name);
  append_member(out, "customerPhone", form.customer_phone);
  append_member(out, "customerEmail", form.customer_email);
  append_member(out, "subject", form.subject);
  append_member(out, "message", form.message);
  append_member(out, "priority", form.priority);
  return out + '}';
}

std::string to_json(const inbound_reply& reply) {
  std::string out;
  append_member(out, "ticketRef", reply.ticket_ref);
  append_member(out, "message", reply.message);
  append_member(out, "from", reply.from);
  append_member(out, "channel", "whatsapp");
  append_member(out, "externalId", reply.external_id);
  return out + '}';
}

std::string make_request(std::string_view method, std::string_view target,
                         std::string_view host, std::string_view headers,
                         std::string_view body, std::string_view type) {
  std::string out;
  out.reserve(160 + headers.size() + body.size());
  out += method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\nHost: ";
  out += host;
  out += "\r\n";
  out += headers;
  if (!body.empty()) {
    out += "Content-Type: ";
    out += type;
    out += "\r\nContent-Length: ";
    out += std::to_string(body.size());
    out += "\r\n";
  }
  out += "\r\n";
  out += body;
  return out;
}

} // namespace switchboard::bench
