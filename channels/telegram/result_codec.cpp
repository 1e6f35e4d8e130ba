#include "channels/telegram/answer.hpp"
#include "channels/telegram/message_codec.hpp"

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t path_length_max = 1024;

/// Calls `read` with the fields of an object and returns what it made, unless
/// there was a problem.
template <class Read>
auto read_object(std::string_view result, Read read)
  -> std::optional<decltype(read(std::declval<const json_fields&>()))> {
  simdjson::dom::element root;
  simdjson::dom::object object;
  if (parse_json(result, root) != simdjson::SUCCESS
      || root.get(object) != simdjson::SUCCESS)
    return std::nullopt;
  std::string problem;
  auto out = read(json_fields{object, problem});
  if (!problem.empty())
    return std::nullopt;
  return out;
}

sent_message decode_sent(const json_fields& in) {
  sent_message out;
  out.id = decode_message_id(in);
  out.topic = decode_topic(in);
  if (!in.has("chat"))
    return out; // a copy tells its id only
  out.chat = decode_chat(in.object("chat")).id;
  const auto shows = decode_content(in);
  if (const auto* shown = std::get_if<file>(&shows))
    out.file_id = shown->file_id;
  return out;
}

} // namespace

std::optional<sent_message> read_sent(std::string_view result) {
  return read_object(result, decode_sent);
}

std::vector<sent_message> read_sent_group(std::string_view result) {
  std::vector<sent_message> out;
  simdjson::dom::element root;
  simdjson::dom::array array;
  if (parse_json(result, root) != simdjson::SUCCESS
      || root.get(array) != simdjson::SUCCESS)
    return out;
  for (const auto element : array) {
    simdjson::dom::object object;
    std::string problem;
    if (element.get(object) != simdjson::SUCCESS)
      return {};
    out.push_back(decode_sent(json_fields{object, problem}));
    if (!problem.empty())
      return {};
  }
  return out;
}

std::optional<topic_id> read_topic(std::string_view result) {
  return read_object(result, [](const json_fields& in) {
    const auto id = decode_message_id(in, "message_thread_id");
    return topic_id{static_cast<std::int32_t>(id)};
  });
}

std::optional<membership> read_member(std::string_view result) {
  return read_object(result, decode_membership);
}

std::optional<bot_identity> read_me(std::string_view result) {
  return read_object(result, [](const json_fields& in) {
    return bot_identity{decode_user(in),
                        in.flag("can_read_all_group_messages")};
  });
}

std::optional<file_place> read_file(std::string_view result) {
  return read_object(result, [](const json_fields& in) {
    file_place out;
    out.path = in.words("file_path", path_length_max);
    const auto size = in.find_integer("file_size").value_or(0);
    out.size = size < 0 ? 0 : static_cast<std::uint64_t>(size);
    return out;
  });
}

std::optional<webhook_info> read_webhook_info(std::string_view result) {
  return read_object(result, [](const json_fields& in) {
    webhook_info out;
    out.url = in.words("url", path_length_max);
    out.waiting = in.find_count("pending_update_count");
    out.last_error = in.words("last_error_message", 300);
    out.last_error_at = in.find_integer("last_error_date").value_or(0);
    return out;
  });
}

} // namespace switchboard::channels::telegram
