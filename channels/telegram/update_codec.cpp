#include "channels/telegram/update_codec.hpp"

#include "channels/telegram/message_codec.hpp"
#include "channels/telegram/utf16.hpp"

#include <array>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t query_size_max = 128;
/// Telegram's own limit is 64; a bot of that name may have had other rules.
constexpr std::size_t button_data_size_max = 256;
constexpr std::size_t reactions_max = 64;
constexpr std::size_t updates_max = 100;

constexpr std::array<std::string_view, 5> wanted{
  "message", "edited_message", "callback_query", "my_chat_member",
  "message_reaction"};

button_press decode_button_press(const json_fields& in) {
  button_press out;
  out.query = in.identifier("id", query_size_max);
  out.from = decode_user(in.object("from"));
  if (in.has("data"))
    out.data = in.identifier("data", button_data_size_max);
  if (const auto at = in.find_object("message")) {
    out.chat = decode_chat(at->object("chat"));
    out.message = decode_message_id(*at);
    out.topic = decode_topic(*at);
    out.is_accessible = at->find_integer("date").value_or(0) != 0;
  }
  return out;
}

membership_changed decode_membership_change(const json_fields& in) {
  membership_changed out;
  out.chat = decode_chat(in.object("chat"));
  out.by = decode_user(in.object("from"));
  out.at = in.integer("date");
  out.before = decode_membership(in.object("old_chat_member"));
  out.after = decode_membership(in.object("new_chat_member"));
  return out;
}

std::vector<reaction> decode_reactions(const json_fields& in,
                                       std::string_view name) {
  std::vector<reaction> out;
  const auto found = in.find_array(name);
  if (!found)
    return out;
  for (const auto element : *found) {
    if (out.size() == reactions_max)
      break;
    const auto one = in.item(element, name);
    const auto type = one.words("type", 32);
    if (type == "emoji")
      out.push_back({reaction::kind::emoji, one.words("emoji", 32)});
    else if (type == "custom_emoji")
      out.push_back(
        {reaction::kind::custom_emoji, one.words("custom_emoji_id", 64)});
    else if (type == "paid")
      out.push_back({reaction::kind::paid, {}});
  }
  return out;
}

reaction_changed decode_reaction_change(const json_fields& in) {
  reaction_changed out;
  out.chat = decode_chat(in.object("chat"));
  out.message = decode_message_id(in);
  if (const auto by = in.find_object("user"))
    out.by = decode_user(*by);
  if (const auto actor = in.find_object("actor_chat"))
    out.actor_chat = decode_chat(*actor);
  out.at = in.integer("date");
  out.before = decode_reactions(in, "old_reaction");
  out.after = decode_reactions(in, "new_reaction");
  return out;
}

decltype(update::what) decode_kind(const json_fields& in) {
  if (const auto found = in.find_object("message"))
    return new_message{decode_message(*found)};
  if (const auto found = in.find_object("edited_message"))
    return edited_message{decode_message(*found)};
  if (const auto found = in.find_object("callback_query"))
    return decode_button_press(*found);
  if (const auto found = in.find_object("my_chat_member"))
    return decode_membership_change(*found);
  if (const auto found = in.find_object("message_reaction"))
    return decode_reaction_change(*found);
  for (const auto field : in.raw())
    if (field.key != "update_id")
      return unknown_update{
        repair_text(field.key.substr(0, fit_units(field.key, 64)))};
  return unknown_update{};
}

update decode_element(simdjson::dom::element root) {
  update out;
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    out.what = poison_update{"not an object"};
    return out;
  }
  std::string problem;
  const json_fields in{object, problem};
  const auto id = in.integer("update_id");
  if (problem.empty()) {
    out.id = update_id{id};
    out.what = decode_kind(in);
  }
  if (!problem.empty())
    out.what = poison_update{std::move(problem)};
  return out;
}

} // namespace

std::span<const std::string_view> wanted_updates() noexcept {
  return wanted;
}

update decode_update(std::string_view body) {
  if (body.size() > update_size_max)
    return {update_id{}, poison_update{"too large"}};
  simdjson::dom::element root;
  if (const auto code = parse_json(body, root); code != simdjson::SUCCESS)
    return {update_id{}, poison_update{std::string{explain_json(code)}}};
  return decode_element(root);
}

std::vector<polled_update> decode_update_batch(std::string_view body) {
  std::vector<polled_update> out;
  simdjson::dom::element root;
  simdjson::dom::array updates;
  bool is_ok = false;
  if (body.size() > update_batch_size_max
      || parse_json(body, root) != simdjson::SUCCESS
      || root["ok"].get(is_ok) != simdjson::SUCCESS || !is_ok
      || root["result"].get(updates) != simdjson::SUCCESS)
    return out;
  for (const auto element : updates) {
    if (out.size() == updates_max)
      break;
    out.push_back({decode_element(element), simdjson::minify(element)});
  }
  return out;
}

} // namespace switchboard::channels::telegram
