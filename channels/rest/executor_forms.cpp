#include "channels/rest/executor_forms.hpp"

#include "channels/json/refine.hpp"
#include "channels/rest/objects.hpp"
#include "domain/contact.hpp"

#include <array>
#include <limits>

namespace switchboard::channels::rest {

namespace {

constexpr std::size_t phone_input_max = 40;
constexpr std::size_t word_length_max = 40;
constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();

constexpr std::array prompt_states{
  domain::prompt_state::awaiting_input, domain::prompt_state::completed,
  domain::prompt_state::cancelled, domain::prompt_state::expired};

void read_priority(json::object_reader& in, domain::priority& out) {
  const auto word
    = in.text("priority", {.length_max = word_length_max, .required = false});
  if (word.empty())
    return;
  if (const auto known = domain::parse_priority(word))
    out = *known;
  else
    in.refuse("priority", "must be low, medium, high or urgent");
}

} // namespace

form<executor_ticket> decode_executor_ticket(std::string_view body) {
  static constexpr std::array<std::string_view, 7> fields{
    "title",
    "description",
    "priority",
    "executor_id",
    "executor_telegram_chat_id",
    "customer_name",
    "customer_phone"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  executor_ticket out;
  out.title = in.text(
    "title", {.length_max = domain::subject_length_max, .one_line = true});
  out.description = in.text(
    "description", {.length_max = domain::body_length_max, .required = false});
  read_priority(in, out.urgency);
  if (const auto id = in.integer("executor_id", 1, integer_max))
    out.executor = domain::user_id{static_cast<std::uint64_t>(*id)};
  out.executor_chat = in.integer("executor_telegram_chat_id", 1, integer_max);
  out.from.name
    = in.text("customer_name", {.length_max = domain::name_length_max,
                                .required = false,
                                .one_line = true});
  out.from.phone = in.text("customer_phone",
                           {.length_max = phone_input_max, .required = false});
  json::refine(in, "customer_phone", out.from.phone, domain::parse_phone);
  return finish_form(in, std::move(out));
}

void write_executor_ticket(json::writer& out, const domain::ticket& ticket,
                           std::optional<domain::user_id> executor,
                           bool is_notified) {
  out.begin_object();
  out.key("ok").boolean(true);
  out.key("ticket_id").string(to_string(ticket.id.value));
  out.key("number").number(static_cast<std::uint64_t>(ticket.number));
  out.key("ref").string(ticket.ref);
  out.key("key").string(domain::ticket_key(ticket.id));
  out.key("status").string(to_string(ticket.state));
  out.key("executor_id");
  if (executor)
    out.number(static_cast<std::uint64_t>(*executor));
  else
    out.null();
  out.key("notified").boolean(is_notified);
  out.end_object();
}

std::optional<domain::prompt_state>
parse_prompt_state(std::string_view word) noexcept {
  for (const auto state : prompt_states)
    if (to_string(state) == word)
      return state;
  return std::nullopt;
}

void write_prompt(json::writer& out, const domain::prompt& prompt,
                  std::optional<domain::ticket_number> number) {
  out.begin_object();
  out.key("id").string(to_string(prompt.id.value));
  out.key("state").string(to_string(prompt.state));
  out.key("user_id").number(static_cast<std::uint64_t>(prompt.user));
  out.key("ticket_id").string(to_string(prompt.ticket.value));
  out.key("ticket_number");
  if (number)
    out.number(static_cast<std::uint64_t>(*number));
  else
    out.null();
  out.key("answer").string_or_null(prompt.answer);
  write_time(out.key("created_at"), prompt.created_at);
  write_time(out.key("expires_at"), prompt.expires_at);
  write_time(out.key("updated_at"), prompt.updated_at);
  out.end_object();
}

} // namespace switchboard::channels::rest
