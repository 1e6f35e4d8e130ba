#include "channels/web/visitor.hpp"

#include "channels/json/refine.hpp"
#include "domain/contact.hpp"

#include <array>
#include <utility>

namespace switchboard::channels::web {

namespace {

using json::object_reader;
using json::refine;

constexpr std::size_t phone_input_max = 40;
constexpr std::size_t id_length_max = 64;
constexpr std::size_t frame_type_length_max = 20;

template <class T>
decoded<T> finish(object_reader& in, T&& value) {
  if (!in.problems().empty())
    return {std::nullopt, std::move(in.problems())};
  return {std::forward<T>(value), {}};
}

std::string_view or_empty_object(std::string_view body) {
  return body.empty() ? std::string_view{"{}"} : body;
}

std::string optional_line(object_reader& in, std::string_view field,
                          std::size_t length_max) {
  return in.text(
    field, {.length_max = length_max, .required = false, .one_line = true});
}

std::string read_name(object_reader& in) {
  return optional_line(in, "name", domain::name_length_max);
}

std::string read_phone(object_reader& in) {
  auto phone = optional_line(in, "phone", phone_input_max);
  refine(in, "phone", phone, domain::parse_phone);
  return phone;
}

std::string read_email(object_reader& in) {
  auto email = optional_line(in, "email", domain::email_size_max);
  refine(in, "email", email, domain::parse_email);
  return email;
}

std::vector<domain::attachment_id> read_attachments(object_reader& in) {
  std::vector<domain::attachment_id> out;
  const auto texts = in.texts("attachment_ids", {.length_max = id_length_max},
                              domain::attachments_max);
  if (!texts)
    return out;
  for (const auto& text : *texts) {
    const auto id = domain::parse_uuid(text);
    if (!id) {
      in.refuse("attachment_ids", unknown_attachment);
      break;
    }
    out.push_back({*id});
  }
  return out;
}

void write_closed_at(json::writer& out, const domain::ticket& ticket) {
  const auto at = ticket.closed_at ? ticket.closed_at : ticket.resolved_at;
  if (at)
    out.string(domain::to_rfc3339(*at));
  else
    out.null();
}

} // namespace

decoded<new_session> decode_new_session(std::string_view body) {
  static constexpr std::array<std::string_view, 6> fields{
    "locale", "user_agent", "referer", "email", "phone", "name"};
  object_reader in{or_empty_object(body), fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  new_session out;
  out.locale = optional_line(in, "locale", domain::locale_length_max);
  out.user_agent
    = optional_line(in, "user_agent", domain::user_agent_length_max);
  out.referer = optional_line(in, "referer", domain::referer_length_max);
  out.contact = {read_name(in), read_phone(in), read_email(in)};
  return finish(in, std::move(out));
}

decoded<domain::contact_change> decode_contact_change(std::string_view body) {
  static constexpr std::array<std::string_view, 3> fields{"email", "phone",
                                                          "name"};
  object_reader in{body, fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  domain::contact_change out;
  if (in.has("name"))
    out.name = read_name(in);
  if (in.has("phone"))
    out.phone = read_phone(in);
  if (in.has("email"))
    out.email = read_email(in);
  return finish(in, std::move(out));
}

decoded<visitor_message> decode_visitor_message(std::string_view body) {
  static constexpr std::array<std::string_view, 4> fields{
    "body", "category", "client_id", "attachment_ids"};
  object_reader in{body, fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  visitor_message out;
  out.attachments = read_attachments(in);
  out.body = in.text("body", {.length_max = domain::body_length_max,
                              .required = out.attachments.empty()});
  out.category = optional_line(in, "category", domain::category_length_max);
  out.client_id = optional_line(in, "client_id", domain::client_id_size_max);
  if (out.client_id.size() > domain::client_id_size_max)
    in.refuse("client_id", "is too long: at most "
                             + std::to_string(domain::client_id_size_max)
                             + " bytes");
  return finish(in, std::move(out));
}

decoded<std::string> decode_message_edit(std::string_view body) {
  static constexpr std::array<std::string_view, 1> fields{"body"};
  object_reader in{body, fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  auto words = in.text("body", {.length_max = domain::body_length_max});
  return finish(in, std::move(words));
}

decoded<domain::message_id> decode_read_mark(std::string_view body) {
  static constexpr std::array<std::string_view, 1> fields{"message_id"};
  object_reader in{body, fields};
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  const auto text = in.text("message_id", {.length_max = id_length_max});
  const auto id = domain::parse_uuid(text);
  if (!id && in.problems().empty())
    in.refuse("message_id", "must be a message's id");
  return finish(in, domain::message_id{id.value_or(domain::uuid{})});
}

std::optional<domain::message_id> says_read(std::string_view frame) {
  static constexpr std::array<std::string_view, 2> fields{"type", "message_id"};
  object_reader in{frame, fields};
  if (!in.is_object()
      || in.text("type", {.length_max = frame_type_length_max}) != "read")
    return std::nullopt;
  const auto id
    = domain::parse_uuid(in.text("message_id", {.length_max = id_length_max}));
  return id ? std::optional{domain::message_id{*id}} : std::nullopt;
}

bool says_typing(std::string_view frame) {
  static constexpr std::array<std::string_view, 1> fields{"type"};
  object_reader in{frame, fields};
  return in.is_object()
         && in.text("type", {.length_max = frame_type_length_max}) == "typing";
}

std::string encode_new_session(const domain::session_id& id,
                               std::string_view token) {
  std::string body;
  json::writer out{body};
  out.begin_object().key("session_id").string(to_string(id.value));
  out.key("access_token").string(token).end_object();
  return body;
}

std::string encode_sent(domain::ticket_number ticket,
                        const domain::message_id& message) {
  std::string body;
  json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("ticket_id").number(static_cast<std::uint64_t>(ticket));
  out.key("message_id").string(to_string(message.value)).end_object();
  return body;
}

void write_session(json::writer& out, const domain::session& session) {
  out.begin_object().key("id").string(to_string(session.id.value));
  out.key("mode").string(to_string(session.mode));
  out.key("locale").string_or_null(session.locale);
  out.key("name").string_or_null(session.contact.name);
  out.key("email").string_or_null(session.contact.email);
  out.key("phone").string_or_null(session.contact.phone);
  out.key("created_at").string(domain::to_rfc3339(session.created_at));
  out.end_object();
}

void write_visitor_ticket(json::writer& out,
                          const std::optional<domain::ticket>& ticket) {
  if (!ticket) {
    out.null();
    return;
  }
  out.begin_object();
  out.key("ticket_id").number(static_cast<std::uint64_t>(ticket->number));
  out.key("status").string(domain::visitor_status(*ticket));
  out.key("category").string_or_null(ticket->category);
  out.key("created_at").string(domain::to_rfc3339(ticket->created_at));
  write_closed_at(out.key("closed_at"), *ticket);
  out.end_object();
}

void write_visitor_agent(json::writer& out,
                         const std::optional<domain::user>& agent) {
  if (!agent) {
    out.null();
    return;
  }
  out.begin_object().key("id").number(static_cast<std::uint64_t>(agent->id));
  out.key("name").string(agent->name);
  out.key("online").boolean(agent->online).end_object();
}

void write_visitor_message(json::writer& out, const domain::session_id& session,
                           const visitor_message_place& place,
                           const domain::message_draft& message,
                           const attachment_links* links) {
  out.begin_object().key("id").string(to_string(message.id.value));
  out.key("ticket_id").number(static_cast<std::uint64_t>(place.ticket));
  out.key("sender").string(domain::visitor_sender(message.role));
  out.key("sender_name").string_or_null(message.sender_name);
  out.key("body").string(message.body);
  out.key("media_url").string_or_null(message.media_url);
  write_attachments(out.key("attachments"), message.attachments, links);
  out.key("client_id").string_or_null(domain::client_id_of(session, message));
  out.key("created_at").string(domain::to_rfc3339(place.at));
  out.key("edited_at")
    .string_or_null(place.edited_at ? domain::to_rfc3339(*place.edited_at)
                                    : std::string{});
  out.key("reply_to")
    .string_or_null(place.reply_to ? to_string(place.reply_to->value)
                                   : std::string{});
  out.key("deleted").boolean(place.is_deleted);
  out.end_object();
}

void write_typing(json::writer& out, domain::sender_role who,
                  std::string_view name) {
  out.begin_object().key("sender").string(domain::visitor_sender(who));
  out.key("sender_name").string_or_null(name).end_object();
}

} // namespace switchboard::channels::web
