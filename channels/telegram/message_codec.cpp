#include "channels/telegram/message_codec.hpp"

#include "channels/telegram/utf16.hpp"
#include "domain/text.hpp"

#include <array>
#include <limits>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t name_length_max = 256;
constexpr std::size_t album_size_max = 64;
constexpr std::size_t excerpt_length_max = 200;

struct named_chat_kind {
  std::string_view name;
  chat_kind kind;
};
constexpr std::array<named_chat_kind, 4> chat_kinds{{
  {"private", chat_kind::private_chat},
  {"group", chat_kind::group},
  {"supergroup", chat_kind::supergroup},
  {"channel", chat_kind::channel},
}};

std::string joined_name(const std::string& first, const std::string& last) {
  if (first.empty() || last.empty())
    return first + last;
  return first + ' ' + last;
}

void note(const json_fields& in, std::string_view problem) {
  if (in.problem().empty())
    in.problem() = problem;
}

bool is_message_number(std::int64_t value) {
  return value >= 0 && value <= std::numeric_limits<std::int32_t>::max();
}

std::optional<user> decode_author(const json_fields& in) {
  if (const auto from = in.find_object("from"))
    return decode_user(*from);
  return std::nullopt;
}

std::string excerpt_of(const json_fields& in) {
  const auto field = in.has("text") ? "text" : "caption";
  return in.words(field, excerpt_length_max);
}

/// A message in a topic that answers nothing carries the topic's root as if it
/// answered that.
bool is_implicit(const message& in, message_id replied) {
  return in.topic
         && static_cast<std::int32_t>(*in.topic)
              == static_cast<std::int32_t>(replied);
}

std::optional<replied_message> decode_reply(const json_fields& in,
                                            const message& of) {
  if (const auto inner = in.find_object("reply_to_message")) {
    const auto replied = decode_message_id(*inner);
    if (!is_implicit(of, replied))
      return replied_message{replied, of.chat.id, decode_author(*inner), false,
                             excerpt_of(*inner)};
  }
  if (const auto external = in.find_object("external_reply")) {
    replied_message out;
    out.is_external = true;
    if (const auto from = external->find_object("chat"))
      out.chat = decode_chat(*from).id;
    if (external->has("message_id"))
      out.id = decode_message_id(*external);
    return out;
  }
  return std::nullopt;
}

std::optional<forward_origin> decode_origin(const json_fields& in) {
  const auto origin = in.find_object("forward_origin");
  if (!origin)
    return std::nullopt;
  forward_origin out;
  out.at = origin->integer("date");
  const auto type = origin->words("type", 32);
  if (type == "user") {
    const auto who = decode_user(origin->object("sender_user"));
    out.name = display_name(who);
    out.user = who.id;
  } else if (type == "hidden_user") {
    out.from = forward_origin::source::hidden_person;
    out.name = origin->words("sender_user_name", name_length_max);
  } else if (type == "chat" || type == "channel") {
    const bool is_channel = type == "channel";
    out.from = is_channel ? forward_origin::source::channel
                          : forward_origin::source::chat;
    const auto where
      = decode_chat(origin->object(is_channel ? "chat" : "sender_chat"));
    out.name = where.title;
    out.chat = where.id;
    if (is_channel)
      out.message = decode_message_id(*origin);
  } else {
    out.from = forward_origin::source::hidden_person;
  }
  return out;
}

std::optional<quote> decode_quote(const json_fields& in) {
  const auto found = in.find_object("quote");
  if (!found)
    return std::nullopt;
  return quote{decode_styled_text(*found, "text", "entities"),
               found->flag("is_manual")};
}

} // namespace

user decode_user(const json_fields& in) {
  user out;
  out.id = user_id{in.integer("id")};
  out.is_bot = in.flag("is_bot");
  out.first_name = in.words("first_name", name_length_max);
  out.last_name = in.words("last_name", name_length_max);
  out.username = in.words("username", 64);
  out.language_code = in.words("language_code", 32);
  return out;
}

chat decode_chat(const json_fields& in) {
  chat out;
  out.id = chat_id{in.integer("id")};
  const auto type = in.words("type", 32);
  for (const auto& known : chat_kinds)
    if (known.name == type)
      out.kind = known.kind;
  out.is_forum = in.flag("is_forum");
  out.title = in.words("title", name_length_max);
  if (out.title.empty())
    out.title = joined_name(in.words("first_name", name_length_max),
                            in.words("last_name", name_length_max));
  out.username = in.words("username", 64);
  return out;
}

message_id decode_message_id(const json_fields& in, std::string_view name) {
  const auto value = in.integer(name);
  if (is_message_number(value))
    return message_id{static_cast<std::int32_t>(value)};
  note(in, "message_id is out of range");
  return message_id{};
}

std::optional<topic_id> decode_topic(const json_fields& in) {
  const auto thread = in.find_integer("message_thread_id");
  if (!thread || !in.flag("is_topic_message"))
    return std::nullopt;
  if (!is_message_number(*thread)) {
    note(in, "message_thread_id is out of range");
    return std::nullopt;
  }
  return topic_id{static_cast<std::int32_t>(*thread)};
}

message decode_message(const json_fields& in) {
  message out;
  out.id = decode_message_id(in);
  out.chat = decode_chat(in.object("chat"));
  out.at = in.integer("date");
  out.edited_at = in.find_integer("edit_date").value_or(0);
  out.topic = decode_topic(in);
  out.from = decode_author(in);
  if (const auto sender = in.find_object("sender_chat"))
    out.sender_chat = decode_chat(*sender);
  out.happened = decode_service(in);
  if (out.is_service())
    return out;
  out.text = in.has("text")
               ? decode_styled_text(in, "text", "entities")
               : decode_styled_text(in, "caption", "caption_entities");
  out.shows = decode_content(in);
  if (in.has("media_group_id"))
    out.album = in.identifier("media_group_id", album_size_max);
  out.reply_to = decode_reply(in, out);
  out.quote = decode_quote(in);
  out.forwarded = decode_origin(in);
  return out;
}

membership decode_membership(const json_fields& in) {
  constexpr std::array statuses{
    member_status::creator, member_status::administrator,
    member_status::member,  member_status::restricted,
    member_status::left,    member_status::kicked};
  membership out;
  out.who = decode_user(in.object("user"));
  const auto name = in.words("status", 32);
  for (const auto status : statuses)
    if (to_string(status) == name)
      out.status = status;
  const bool is_owner = out.status == member_status::creator;
  out.is_member = is_owner || out.status == member_status::administrator
                  || out.status == member_status::member
                  || in.flag("is_member");
  out.may_manage_topics = is_owner || in.flag("can_manage_topics");
  out.may_delete_messages = is_owner || in.flag("can_delete_messages");
  return out;
}

} // namespace switchboard::channels::telegram
