#include "channels/telegram/answer.hpp"

#include "channels/telegram/json_fields.hpp"

#include <algorithm>
#include <array>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t description_length_max = 300;
constexpr std::chrono::seconds retry_after_max = std::chrono::hours{24};

struct reason_row {
  std::string_view part; ///< lower case
  answer_class meaning;
};

/// The first row whose part stands in the description counts.
constexpr std::array<reason_row, 42> forbidden_and_bad{{
  {"bot was blocked by the user", answer_class::blocked},
  {"user is deactivated", answer_class::blocked},
  {"can't initiate conversation", answer_class::blocked},
  {"private chat not found", answer_class::blocked},
  {"bot was kicked", answer_class::chat_gone},
  {"bot is not a member", answer_class::chat_gone},
  {"group chat was deleted", answer_class::chat_gone},
  {"chat not found", answer_class::chat_gone},
  {"chat_id is empty", answer_class::chat_gone},
  {"upgraded to a supergroup", answer_class::migrated},
  {"message thread not found", answer_class::topic_gone},
  {"topic_id_invalid", answer_class::topic_gone},
  {"topic_deleted", answer_class::topic_gone},
  {"topic_closed", answer_class::topic_closed},
  {"topic_not_modified", answer_class::not_modified},
  {"message is not modified", answer_class::not_modified},
  {"message to delete not found", answer_class::not_modified},
  {"query is too old", answer_class::query_expired},
  {"query id is invalid", answer_class::query_expired},
  {"message to edit not found", answer_class::message_gone},
  {"message can't be edited", answer_class::message_gone},
  {"message can't be deleted", answer_class::message_gone},
  {"message to copy not found", answer_class::message_gone},
  {"message to forward not found", answer_class::message_gone},
  {"message to be replied not found", answer_class::message_gone},
  {"message to react not found", answer_class::message_gone},
  {"message_id_invalid", answer_class::message_gone},
  {"message can't be copied", answer_class::message_gone},
  {"file is too big", answer_class::file_refused},
  {"wrong file identifier", answer_class::file_refused},
  {"failed to get http url content", answer_class::file_refused},
  {"wrong type of the web page content", answer_class::file_refused},
  {"wrong file_id", answer_class::file_refused},
  {"wrong remote file identifier", answer_class::file_refused},
  {"chat is not a forum", answer_class::no_rights},
  {"not enough rights", answer_class::no_rights},
  {"have no rights", answer_class::no_rights},
  {"chat_admin_required", answer_class::no_rights},
  {"chat_write_forbidden", answer_class::no_rights},
  {"need administrator rights", answer_class::no_rights},
  {"invalid token specified", answer_class::unauthorized},
  {"user not found", answer_class::bad_request},
}};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

answer_class by_description(const std::string& description,
                            answer_class otherwise) {
  const auto told = lower_case(description);
  const auto at = std::ranges::find_if(forbidden_and_bad, [&](const auto& row) {
    return told.find(row.part) != std::string::npos;
  });
  return at == forbidden_and_bad.end() ? otherwise : at->meaning;
}

answer_class classify(const api_answer& answer) {
  switch (answer.code) {
    case 401: return answer_class::unauthorized;
    case 404:
      return lower_case(answer.description).find("method not found")
                 != std::string::npos
               ? answer_class::bad_request
               : answer_class::unauthorized;
    case 408: return answer_class::retry_later;
    case 409: return answer_class::conflict;
    case 421: return answer_class::retry_later;
    case 429: return answer_class::slow_down;
    case 403:
      return by_description(answer.description, answer_class::no_rights);
    default: break;
  }
  if (answer.code >= 500 || answer.code < 400)
    return answer_class::retry_later;
  if (answer.migrated_to)
    return answer_class::migrated;
  return by_description(answer.description, answer_class::bad_request);
}

std::optional<std::chrono::seconds>
bounded(std::optional<std::chrono::seconds> asked) {
  if (!asked)
    return std::nullopt;
  return std::clamp(*asked, std::chrono::seconds{0}, retry_after_max);
}

void read_error(const json_fields& in, api_answer& out) {
  const auto code = in.find_integer("error_code").value_or(out.code);
  out.code = code >= 100 && code <= 999 ? static_cast<int>(code) : out.code;
  out.description = in.words("description", description_length_max);
  if (const auto more = in.find_object("parameters")) {
    if (const auto after = more->find_integer("retry_after"))
      out.retry_after = std::chrono::seconds{
        std::clamp<std::int64_t>(*after, 0, retry_after_max.count())};
    if (const auto chat = more->find_integer("migrate_to_chat_id"))
      out.migrated_to = chat_id{*chat};
  }
  out.meaning = classify(out);
}

/// What a proxy or a gateway says instead of Telegram: nothing is known of the
/// call, so it is tried again, unless its size is the reason.
api_answer without_json(const http_answer& answer) {
  api_answer out;
  out.code = answer.status;
  out.description = "HTTP " + std::to_string(answer.status) + " without JSON";
  out.retry_after = bounded(answer.retry_after);
  out.is_ambiguous = answer.status < 400 || answer.status >= 500;
  if (answer.status == 413)
    out.meaning = answer_class::bad_request;
  else if (answer.status == 429)
    out.meaning = answer_class::slow_down;
  return out;
}

api_answer without_answer(const http_answer& answer) {
  api_answer out;
  out.description = to_string(answer.failure);
  if (!answer.detail.empty())
    out.description += ": " + answer.detail;
  out.is_ambiguous = answer.failure == http_failure::write_failed
                     || answer.failure == http_failure::no_answer
                     || answer.failure == http_failure::answer_timeout
                     || answer.failure == http_failure::bad_answer;
  if (answer.failure == http_failure::bad_url
      || answer.failure == http_failure::address_refused)
    out.meaning = answer_class::bad_request;
  return out;
}

delivery_outcome outcome_of(answer_class meaning) {
  switch (meaning) {
    case answer_class::done:
    case answer_class::not_modified:
    case answer_class::query_expired: return delivery_outcome::delivered;
    case answer_class::blocked:
    case answer_class::chat_gone:
    case answer_class::topic_gone:
    case answer_class::topic_closed:
    case answer_class::migrated: return delivery_outcome::gone;
    case answer_class::message_gone:
    case answer_class::file_refused:
    case answer_class::no_rights:
    case answer_class::bad_request: return delivery_outcome::refused;
    case answer_class::slow_down: return delivery_outcome::slow_down;
    case answer_class::unauthorized:
    case answer_class::conflict:
    case answer_class::retry_later: return delivery_outcome::retry_later;
  }
  return delivery_outcome::retry_later;
}

} // namespace

std::string_view to_string(answer_class c) noexcept {
  switch (c) {
    case answer_class::done: return "done";
    case answer_class::not_modified: return "not_modified";
    case answer_class::query_expired: return "query_expired";
    case answer_class::blocked: return "blocked";
    case answer_class::chat_gone: return "chat_gone";
    case answer_class::topic_gone: return "topic_gone";
    case answer_class::topic_closed: return "topic_closed";
    case answer_class::migrated: return "migrated";
    case answer_class::message_gone: return "message_gone";
    case answer_class::file_refused: return "file_refused";
    case answer_class::no_rights: return "no_rights";
    case answer_class::bad_request: return "bad_request";
    case answer_class::slow_down: return "slow_down";
    case answer_class::unauthorized: return "unauthorized";
    case answer_class::conflict: return "conflict";
    case answer_class::retry_later: return "retry_later";
  }
  return "unknown";
}

api_answer decode_answer(const http_answer& answer) {
  if (answer.failure != http_failure::none)
    return without_answer(answer);
  simdjson::dom::element root;
  simdjson::dom::object object;
  bool is_ok = false;
  if (parse_json(answer.body, root) != simdjson::SUCCESS
      || root.get(object) != simdjson::SUCCESS
      || object["ok"].get(is_ok) != simdjson::SUCCESS)
    return without_json(answer);
  api_answer out;
  out.code = answer.status;
  out.retry_after = bounded(answer.retry_after);
  if (is_ok) {
    out.meaning = answer_class::done;
    simdjson::dom::element result;
    if (object["result"].get(result) == simdjson::SUCCESS)
      out.result = simdjson::minify(result);
    return out;
  }
  std::string problem;
  read_error(json_fields{object, problem}, out);
  return out;
}

verdict judge(const api_answer& answer) {
  verdict out;
  out.outcome = outcome_of(answer.meaning);
  out.reason = to_string(answer.meaning);
  if (!answer.description.empty())
    out.reason += ": " + answer.description;
  if (!answer.is_success())
    out.retry_after = answer.retry_after;
  return out;
}

} // namespace switchboard::channels::telegram
