#include "channels/rest/ticket_forms.hpp"

#include "channels/json/refine.hpp"
#include "domain/contact.hpp"

#include <array>
#include <limits>

namespace switchboard::channels::rest {

namespace {

using json::is_web_address;
using json::object_reader;
using json::refine;

constexpr std::size_t phone_input_max = 40;
constexpr std::size_t word_length_max = 40;

std::optional<domain::user_id> user(object_reader& in, std::string_view field) {
  const auto id
    = in.integer(field, 1, std::numeric_limits<std::int64_t>::max());
  if (!id)
    return std::nullopt;
  return domain::user_id{static_cast<std::uint64_t>(*id)};
}

/// A word out of a fixed list; nothing when it is absent or wrong.
template <class Parse>
auto word(object_reader& in, std::string_view field, Parse parse,
          std::string_view choices) -> decltype(parse(std::string_view{})) {
  const auto text
    = in.text(field, {.length_max = word_length_max, .required = false});
  if (text.empty())
    return std::nullopt;
  auto parsed = parse(text);
  if (!parsed)
    in.refuse(field, "must be " + std::string{choices});
  return parsed;
}

constexpr std::string_view priorities = "low, medium, high or urgent";
constexpr std::string_view channels = "web, whatsapp, telegram, api or email";
constexpr std::string_view statuses
  = "pending, assigned, in_progress, waiting_customer, escalated, resolved or "
    "closed";

std::optional<domain::status> parse_state(std::string_view text) {
  if (text == "open")
    return domain::status::pending;
  if (text == "pending")
    return domain::status::waiting_customer;
  if (text == "closed")
    return domain::status::closed;
  return std::nullopt;
}

std::vector<std::string> tags(object_reader& in) {
  return in
    .texts("tags", {.length_max = domain::tag_length_max, .one_line = true},
           domain::tags_max)
    .value_or(std::vector<std::string>{});
}

std::optional<customer_change> customer(object_reader& outer) {
  static constexpr std::array<std::string_view, 3> fields{"name", "phone",
                                                          "email"};
  auto in = outer.object("customer", fields);
  if (!in)
    return std::nullopt;
  customer_change out;
  if (in->has("name"))
    out.name = in->text("name", {.length_max = domain::name_length_max,
                                 .required = false,
                                 .one_line = true});
  if (in->has("phone")) {
    out.phone
      = in->text("phone", {.length_max = phone_input_max, .required = false});
    refine(*in, "phone", *out.phone, domain::parse_phone);
  }
  if (in->has("email")) {
    out.email = in->text(
      "email", {.length_max = domain::email_size_max, .required = false});
    refine(*in, "email", *out.email, domain::parse_email);
  }
  outer.adopt("customer", *in);
  return out;
}

} // namespace

form<new_ticket> decode_new_ticket(std::string_view body) {
  static constexpr std::array<std::string_view, 8> fields{
    "title", "description", "priority", "category",
    "tags",  "customer",    "channel",  "assignee"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  new_ticket out;
  out.title = in.text(
    "title", {.length_max = domain::subject_length_max, .one_line = true});
  out.description = in.text(
    "description", {.length_max = domain::body_length_max, .required = false});
  out.urgency = word(in, "priority", domain::parse_priority, priorities)
                  .value_or(out.urgency);
  out.via
    = word(in, "channel", domain::parse_channel, channels).value_or(out.via);
  out.category = in.text("category", {.length_max = domain::category_length_max,
                                      .required = false,
                                      .one_line = true});
  out.tags = tags(in);
  if (auto from = customer(in)) {
    out.from.name = from->name.value_or("");
    out.from.phone = from->phone.value_or("");
    out.from.email = from->email.value_or("");
  }
  out.assignee = user(in, "assignee");
  return finish_form(in, std::move(out));
}

form<ticket_change> decode_ticket_change(std::string_view body) {
  static constexpr std::array<std::string_view, 10> fields{
    "title", "description", "status",   "state",    "priority",
    "tags",  "category",    "customer", "assignee", "reason"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  ticket_change out;
  if (in.has("title"))
    out.edits.subject = in.text(
      "title", {.length_max = domain::subject_length_max, .one_line = true});
  if (in.has("description"))
    out.edits.description
      = in.text("description",
                {.length_max = domain::body_length_max, .required = false});
  if (in.has("category"))
    out.edits.category
      = in.text("category", {.length_max = domain::category_length_max,
                             .required = false,
                             .one_line = true});
  if (in.has("tags"))
    out.edits.tags = tags(in);
  out.from = customer(in);
  out.urgency = word(in, "priority", domain::parse_priority, priorities);
  out.state = word(in, "status", domain::parse_status, statuses);
  if (in.has("status") && in.has("state"))
    in.refuse("state", "cannot be given together with status");
  else if (const auto state
           = word(in, "state", parse_state, "open, pending or closed")) {
    out.state = state;
    out.is_coarse = true;
  }
  out.takes_away = in.is_null("assignee");
  out.assignee = user(in, "assignee");
  out.reason
    = in.text("reason", {.length_max = reason_length_max, .required = false});
  return finish_form(in, std::move(out));
}

form<new_message> decode_new_message(std::string_view body) {
  static constexpr std::array<std::string_view, 6> fields{
    "body", "sender", "sender_name", "channel", "external_id", "media_url"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  new_message out;
  auto& draft = out.draft;
  draft.media_url = in.text(
    "media_url", {.length_max = domain::media_url_size_max, .required = false});
  if (!draft.media_url.empty() && !is_web_address(draft.media_url))
    in.refuse("media_url", "must be an absolute http or https address");
  draft.body = in.text("body", {.length_max = domain::body_length_max,
                                .required = draft.media_url.empty()});
  const auto role
    = [](std::string_view text) -> std::optional<domain::sender_role> {
    using enum domain::sender_role;
    for (const auto r : {customer, agent, manager, bot})
      if (to_string(r) == text)
        return r;
    return std::nullopt;
  };
  draft.role = word(in, "sender", role, "customer, agent, manager or bot")
                 .value_or(domain::sender_role::agent);
  out.has_sender_name = in.has("sender_name");
  draft.sender_name
    = in.text("sender_name", {.length_max = domain::name_length_max,
                              .required = false,
                              .one_line = true});
  draft.via = word(in, "channel", domain::parse_channel, channels)
                .value_or(domain::channel::api);
  draft.external_id
    = in.text("external_id", {.length_max = domain::external_id_size_max,
                              .required = false,
                              .one_line = true});
  return finish_form(in, std::move(out));
}

form<std::string> decode_reason(std::string_view body) {
  static constexpr std::array<std::string_view, 1> fields{"reason"};
  auto in = read_optional_form(body, fields);
  auto reason
    = in.text("reason", {.length_max = reason_length_max, .required = false});
  return finish_form(in, std::move(reason));
}

form<assignment> decode_claim(std::string_view body) {
  static constexpr std::array<std::string_view, 1> fields{"agent_id"};
  auto in = read_optional_form(body, fields);
  assignment out;
  out.agent = user(in, "agent_id");
  return finish_form(in, std::move(out));
}

form<assignment> decode_assignment(std::string_view body) {
  static constexpr std::array<std::string_view, 2> fields{"agent_id", "reason"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  assignment out;
  const auto before = in.problems().size();
  out.agent = user(in, "agent_id");
  if (!out.agent && in.problems().size() == before)
    in.refuse("agent_id", "is required");
  out.reason
    = in.text("reason", {.length_max = reason_length_max, .required = false});
  return finish_form(in, std::move(out));
}

form<mention> decode_mention(std::string_view body) {
  static constexpr std::array<std::string_view, 3> fields{"user_id", "username",
                                                          "note"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  mention out;
  out.user = user(in, "user_id");
  out.username = in.text("username", {.length_max = domain::name_length_max,
                                      .required = false,
                                      .one_line = true});
  if (out.username.starts_with('@'))
    out.username.erase(0, 1);
  out.note
    = in.text("note", {.length_max = reason_length_max, .required = false});
  if (in.problems().empty() && out.user.has_value() == !out.username.empty())
    in.refuse("user_id", "either user_id or username is required");
  return finish_form(in, std::move(out));
}

form<status_change> decode_status_change(std::string_view body) {
  static constexpr std::array<std::string_view, 2> fields{"status", "reason"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  status_change out;
  const auto before = in.problems().size();
  const auto to = word(in, "status", domain::parse_status, statuses);
  if (!to && in.problems().size() == before)
    in.refuse("status", "is required");
  out.to = to.value_or(out.to);
  out.reason
    = in.text("reason", {.length_max = reason_length_max, .required = false});
  return finish_form(in, std::move(out));
}

form<queue_message> decode_queue_message(std::string_view body) {
  static constexpr std::array<std::string_view, 4> fields{
    "body", "media_url", "client_id", "reply_to"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  queue_message out;
  out.media_url = in.text(
    "media_url", {.length_max = domain::media_url_size_max, .required = false});
  if (!out.media_url.empty() && !is_web_address(out.media_url))
    in.refuse("media_url", "must be an absolute http or https address");
  out.body = in.text("body", {.length_max = domain::body_length_max,
                              .required = out.media_url.empty()});
  out.client_id = in.text(
    "client_id",
    {.length_max = client_id_size_max, .required = false, .one_line = true});
  if (out.client_id.size() > client_id_size_max)
    in.refuse("client_id", "is too long");
  const auto reply_to
    = in.integer("reply_to", 1, std::numeric_limits<std::uint32_t>::max());
  out.reply_to = domain::message_sequence{
    static_cast<std::uint32_t>(reply_to.value_or(0))};
  return finish_form(in, std::move(out));
}

form<std::string> decode_note(std::string_view body) {
  static constexpr std::array<std::string_view, 1> fields{"body"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  auto text = in.text("body", {.length_max = domain::body_length_max});
  return finish_form(in, std::move(text));
}

} // namespace switchboard::channels::rest
