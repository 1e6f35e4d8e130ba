#include "channels/rest/webhook_forms.hpp"

#include "channels/webhooks/endpoint_rules.hpp"
#include "channels/webhooks/payload_template.hpp"
#include "domain/webhook.hpp"

#include <array>
#include <charconv>

namespace switchboard::channels::rest {

namespace {

using json::object_reader;

constexpr std::array<std::string_view, 6> webhook_fields{
  "url", "events", "template", "headers", "description", "enabled"};
constexpr std::size_t word_size_max = 64;
constexpr std::size_t event_count_max = 20;
constexpr std::size_t header_value_size_max = 2'000;

webhook_change read_change(object_reader& in, bool is_new) {
  webhook_change out;
  if (is_new || in.has("url"))
    out.url = in.text("url", {.length_max = webhooks::endpoint_url_size_max});
  if (is_new && !in.has("events"))
    in.refuse("events", "is required");
  out.events
    = in.texts("events", {.length_max = word_size_max}, event_count_max);
  if (in.has("template"))
    out.payload_template
      = in.text("template", {.length_max = webhooks::payload_template::size_max,
                             .required = false,
                             .trimmed = false});
  out.headers = in.text_map(
    "headers", {.length_max = header_value_size_max, .required = false},
    webhooks::endpoint_headers_max);
  if (in.has("description"))
    out.description
      = in.text("description", {.length_max = domain::description_length_max,
                                .required = false,
                                .one_line = true});
  out.enabled = in.boolean("enabled");
  return out;
}

form<webhook_change> decode(std::string_view body, bool is_new) {
  auto in = read_form(body, webhook_fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  auto out = read_change(in, is_new);
  return finish_form(in, std::move(out));
}

} // namespace

form<webhook_change> decode_new_webhook(std::string_view body) {
  return decode(body, true);
}

form<webhook_change> decode_webhook_change(std::string_view body) {
  return decode(body, false);
}

form<std::string> decode_webhook_test(std::string_view body) {
  static constexpr std::array<std::string_view, 1> fields{"event"};
  auto in = read_optional_form(body, fields);
  auto type
    = in.text("event", {.length_max = word_size_max, .required = false});
  return finish_form(in, std::move(type));
}

form<replay_request> decode_replay(std::string_view body) {
  static constexpr std::array<std::string_view, 4> fields{
    "delivery_id", "dead_letters", "from", "to"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  replay_request out;
  const auto id
    = in.text("delivery_id", {.length_max = word_size_max, .required = false});
  if (!id.empty()) {
    std::uint64_t number = 0;
    const auto* const end = id.data() + id.size();
    const auto [stop, error] = std::from_chars(id.data(), end, number);
    if (error != std::errc{} || stop != end)
      in.refuse("delivery_id", "must be a delivery's id");
    out.delivery = number;
  }
  if (const auto all = in.boolean("dead_letters")) {
    out.dead_letters = *all;
    if (!*all)
      in.refuse("dead_letters", "can only be true");
  }
  const bool has_range = in.has("from") || in.has("to");
  if (has_range) {
    auto from = in.text("from", {.length_max = word_size_max});
    auto to = in.text("to", {.length_max = word_size_max});
    out.range = {std::move(from), std::move(to)};
  }
  const int ways
    = (out.delivery ? 1 : 0) + (out.dead_letters ? 1 : 0) + (has_range ? 1 : 0);
  if (in.problems().empty() && ways != 1)
    in.refuse("",
              "must hold exactly one of delivery_id, dead_letters, or "
              "from and to");
  return finish_form(in, std::move(out));
}

} // namespace switchboard::channels::rest
