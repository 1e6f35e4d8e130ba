#include "channels/web/website.hpp"

#include "channels/json/refine.hpp"
#include "channels/json/writer.hpp"
#include "domain/contact.hpp"
#include "domain/status.hpp"

#include <algorithm>
#include <array>

namespace switchboard::channels::web {

namespace {

using json::is_web_address;
using json::object_reader;
using json::refine;

constexpr std::size_t phone_input_max = 40;
constexpr std::size_t word_length_max = 40;

template <class T>
decoded<T> finish(object_reader& in, T&& value) {
  if (!in.problems().empty())
    return {std::nullopt, std::move(in.problems())};
  return {std::forward<T>(value), {}};
}

void read_contact(object_reader& in, domain::customer& from) {
  const auto before = in.problems().size();
  from.phone = in.text("customerPhone",
                       {.length_max = phone_input_max, .required = false});
  from.email = in.text(
    "customerEmail", {.length_max = domain::email_size_max, .required = false});
  const auto absent = from.phone.empty() && from.email.empty();
  if (absent && in.problems().size() == before) {
    in.refuse("customerPhone", "customerPhone or customerEmail is required");
    in.refuse("customerEmail", "customerPhone or customerEmail is required");
  }
  refine(in, "customerPhone", from.phone, domain::parse_phone);
  refine(in, "customerEmail", from.email, domain::parse_email);
}

} // namespace

decoded<create_request> decode_create(std::string_view body) {
  static constexpr std::array<std::string_view, 6> fields{
    "customerName", "customerPhone", "customerEmail",
    "subject",      "message",       "priority"};
  object_reader in{body, fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  create_request out;
  out.from.name = in.text(
    "customerName", {.length_max = domain::name_length_max, .one_line = true});
  read_contact(in, out.from);
  out.subject = in.text(
    "subject", {.length_max = domain::subject_length_max, .one_line = true});
  out.message = in.text("message", {.length_max = domain::body_length_max});
  const auto word
    = in.text("priority", {.length_max = word_length_max, .required = false});
  if (!word.empty()) {
    if (const auto parsed = domain::parse_priority(word))
      out.urgency = *parsed;
    else
      in.refuse("priority", "must be low, medium, high or urgent");
  }
  return finish(in, std::move(out));
}

decoded<inbound_request> decode_inbound(std::string_view body) {
  static constexpr std::array<std::string_view, 6> fields{
    "ticketRef", "message", "from", "channel", "externalId", "mediaUrl"};
  object_reader in{body, fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  inbound_request out;
  const auto ref = in.text("ticketRef", {.length_max = 64});
  out.ticket_ref = domain::normalize_ticket_ref(ref);
  if (!ref.empty() && out.ticket_ref.empty())
    in.refuse("ticketRef", "must look like T-20260131-7K3M9QXZ");
  out.media_url = in.text(
    "mediaUrl", {.length_max = domain::media_url_size_max, .required = false});
  if (!out.media_url.empty() && !is_web_address(out.media_url))
    in.refuse("mediaUrl", "must be an absolute http or https address");
  // A photo without a caption has a body too: an empty one.
  out.message = in.text("message", {.length_max = domain::body_length_max,
                                    .required = out.media_url.empty()});
  out.from = in.text("from", {.length_max = phone_input_max});
  refine(in, "from", out.from, domain::parse_phone);
  const auto word = in.text("channel", {.length_max = word_length_max});
  if (const auto parsed = domain::parse_channel(word))
    out.via = *parsed;
  else if (!word.empty())
    in.refuse("channel", "must be whatsapp, web, telegram, api or email");
  out.external_id
    = in.text("externalId", {.length_max = domain::external_id_size_max,
                             .required = false,
                             .one_line = true});
  return finish(in, std::move(out));
}

std::string encode_created(std::string_view ref, const domain::ticket_id& id,
                           std::string_view url) {
  std::string body;
  body.reserve(160 + url.size());
  json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("ticketRef").string(ref);
  out.key("ticketId").string(to_string(id.value));
  out.key("ticketUrl").string(url);
  out.end_object();
  return body;
}

std::string encode_thread(const domain::ticket& ticket,
                          std::span<const message_view> messages) {
  std::string body;
  std::size_t size = 640 + ticket.subject.size();
  for (const auto& row : messages)
    size += 240 + row.message.body.size() + row.message.media_url.size();
  body.reserve(size);
  json::writer out{body};
  out.begin_object().key("ok").boolean(true).key("ticket").begin_object();
  out.key("id").string(to_string(ticket.id.value));
  out.key("ticketRef").string(ticket.ref);
  out.key("subject").string(ticket.subject);
  out.key("status").string(domain::website_status(ticket.state));
  out.key("customerName").string(ticket.from.name);
  out.key("customerPhone").string_or_null(ticket.from.phone);
  out.key("customerEmail").string_or_null(ticket.from.email);
  out.key("priority").string(to_string(ticket.urgency));
  out.key("createdAt").string(domain::to_rfc3339(ticket.created_at));
  out.key("updatedAt").string(domain::to_rfc3339(ticket.updated_at));
  out.end_object().key("messages").begin_array();
  for (const auto& row : messages) {
    out.begin_object();
    out.key("id").string(to_string(row.message.id.value));
    out.key("sender").string(to_string(row.message.role));
    out.key("channel").string(to_string(row.message.via));
    out.key("body").string(row.message.body);
    out.key("mediaUrl").string_or_null(row.message.media_url);
    out.key("createdAt").string(domain::to_rfc3339(row.at));
    out.end_object();
  }
  out.end_array().end_object();
  return body;
}

} // namespace switchboard::channels::web
