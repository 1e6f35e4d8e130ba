#include "channels/whatsapp/outgoing_forms.hpp"
#include "channels/whatsapp/send_answers_codes.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

/// Outcomes follow from the trouble: a line that is too fast, lost or logged
/// out waits without an attempt being spent (`slow_down`); what WhatsApp will
/// never take is refused; anything else is tried again, since nobody knows
/// whether it was sent.
namespace switchboard::channels::whatsapp {

namespace {

using std::chrono::seconds;

constexpr seconds busy_pause{1};
constexpr seconds connection_pause{5};
constexpr seconds login_pause{15};
constexpr seconds progress_pause{2};
// What waits spends no attempt, so that it must not go round without a rest.
constexpr seconds pause_min{1};
constexpr seconds pause_max{3600};
constexpr std::size_t id_size_max = 512;

constexpr std::string_view lost_words
  = "The connection to WhatsApp is lost at the moment";
constexpr std::string_view access_words
  = "Our access to WhatsApp is refused: its credentials must be renewed";
constexpr std::string_view refused_words
  = "WhatsApp does not take this message";

delivery_outcome outcome_of(trouble why) noexcept {
  switch (why) {
    case trouble::none: return delivery_outcome::retry_later;
    case trouble::busy:
    case trouble::not_connected:
    case trouble::logged_out: return delivery_outcome::slow_down;
    case trouble::window_closed:
    case trouble::bad_recipient:
    case trouble::bad_content: return delivery_outcome::refused;
  }
  return delivery_outcome::retry_later;
}

std::optional<seconds> pause_of(trouble why) noexcept {
  switch (why) {
    case trouble::busy: return busy_pause;
    case trouble::not_connected: return connection_pause;
    case trouble::logged_out: return login_pause;
    case trouble::none:
    case trouble::window_closed:
    case trouble::bad_recipient:
    case trouble::bad_content: return std::nullopt;
  }
  return std::nullopt;
}

send_result result_of(trouble why, std::string_view words,
                      const http_answer& answer) {
  send_result out;
  out.why = why;
  out.what.outcome = outcome_of(why);
  out.what.reason = words;
  if (answer.status != 0)
    out.what.reason += " (HTTP " + std::to_string(answer.status) + ')';
  out.what.retry_after = pause_of(why);
  if (answer.retry_after)
    out.what.retry_after
      = std::clamp(*answer.retry_after, pause_min, pause_max);
  return out;
}

/// Nobody answered. What was surely not sent waits for the provider to come
/// back; of the rest it is not known.
send_result without_answer(const http_answer& answer) {
  using enum http_failure;
  auto trouble_is = trouble::none;
  if (answer.failure == resolve_failed || answer.failure == connect_failed
      || answer.failure == connect_timeout || answer.failure == tls_failed)
    trouble_is = trouble::not_connected;
  auto out = result_of(trouble_is, {}, {});
  auto general = judge_http(answer);
  out.what.reason = std::move(general.reason);
  if (general.outcome == delivery_outcome::refused)
    out.what.outcome = delivery_outcome::refused;
  if (answer.failure == shutting_down) {
    out.what.outcome = delivery_outcome::slow_down;
    out.what.retry_after = busy_pause;
  }
  return out;
}

bool is_ours_to_run(provider p) noexcept {
  return p == provider::baileys || p == provider::n8n;
}

/// By the status alone, when no code says more.
send_result by_status(provider p, const http_answer& answer) {
  switch (answer.status) {
    case 401:
    case 403: return result_of(trouble::logged_out, access_words, answer);
    case 404:
      // Of a sidecar: it has lost WhatsApp. Of a workflow: it is switched off.
      return is_ours_to_run(p)
               ? result_of(trouble::not_connected, lost_words, answer)
               : result_of(trouble::logged_out,
                           "Our account is unknown at the provider's address",
                           answer);
    case 408:
    case 425: break;
    case 409: {
      auto out = result_of(trouble::none, "It is being sent already", answer);
      if (!out.what.retry_after)
        out.what.retry_after = progress_pause;
      return out;
    }
    case 413:
      return result_of(trouble::bad_content,
                       "The message or its file is too large", answer);
    case 421: return result_of(trouble::not_connected, lost_words, answer);
    case 429:
      return result_of(trouble::busy, "Too many messages at once", answer);
    case 502:
    case 503:
      if (is_ours_to_run(p))
        return result_of(trouble::not_connected, lost_words, answer);
      break;
    default:
      if (answer.status >= 400 && answer.status < 500)
        return result_of(trouble::bad_content, refused_words, answer);
      break;
  }
  return result_of(trouble::none, "The provider has trouble at the moment",
                   answer);
}

std::optional<int> code_at(simdjson::dom::element root,
                           std::string_view pointer) {
  std::int64_t number = 0;
  if (root.at_pointer(pointer).get(number) != simdjson::SUCCESS || number < 0
      || number > std::numeric_limits<int>::max())
    return std::nullopt;
  return static_cast<int>(number);
}

/// The first of these that is there.
template <class Read, std::size_t Count>
auto first_of(simdjson::dom::element root,
              const std::array<std::string_view, Count>& pointers, Read read) {
  decltype(read(root, {})) out{};
  for (const auto pointer : pointers)
    if (out = read(root, pointer); out != decltype(out){})
      break;
  return out;
}

std::optional<int> code_of(provider p, simdjson::dom::element root) {
  switch (p) {
    case provider::twilio:
      return first_of(
        root, std::array<std::string_view, 2>{"/code", "/error_code"}, code_at);
    case provider::cloud: {
      // A parameter is wrong; with this detail it is our own number's id.
      constexpr int bad_parameter = 100;
      constexpr int no_such_object = 33;
      const auto code = code_at(root, "/error/code");
      return code == bad_parameter
                 && code_at(root, "/error/error_subcode") == no_such_object
               ? no_such_object
               : code;
    }
    case provider::baileys:
      return first_of(
        root, std::array<std::string_view, 2>{"/error/code", "/code"}, code_at);
    case provider::n8n: return std::nullopt;
  }
  return std::nullopt;
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

/// What sidecars say in words instead of a status of its own; looked for only
/// where errors are named, since the rest may repeat what people wrote.
trouble trouble_in_words(simdjson::dom::element root) {
  constexpr std::array<std::string_view, 7> places{
    "/error",   "/error/code",       "/error/message",     "/code",
    "/message", "/response/message", "/response/message/0"};
  constexpr std::array<std::pair<std::string_view, trouble>, 8> phrases{{
    {"logged out", trouble::logged_out},
    {"logged_out", trouble::logged_out},
    {"loggedout", trouble::logged_out},
    {"not connected", trouble::not_connected},
    {"not_connected", trouble::not_connected},
    {"notconnected", trouble::not_connected},
    {"connection closed", trouble::not_connected},
    {"not on whatsapp", trouble::bad_recipient},
  }};
  bool exists = true;
  if (root.at_pointer("/response/message/0/exists").get(exists)
        == simdjson::SUCCESS
      && !exists)
    return trouble::bad_recipient;
  for (const auto place : places) {
    const auto said = lower_case(text_at(root, place));
    for (const auto& [phrase, why] : phrases)
      if (said.find(phrase) != std::string::npos)
        return why;
  }
  return trouble::none;
}

std::string_view words_for(trouble why) noexcept {
  switch (why) {
    case trouble::logged_out:
      return "Our number is logged out of WhatsApp and must be paired again";
    case trouble::bad_recipient:
      return "This number cannot be reached on WhatsApp";
    default: return lost_words;
  }
}

send_result by_code(provider p, const code_row& row, int code,
                    const http_answer& answer) {
  auto out = result_of(row.why, {}, answer);
  out.code = code;
  out.what.reason = row.words;
  out.what.reason += " (" + std::string{to_string(p)} + " error "
                     + std::to_string(code) + ')';
  if (!answer.retry_after && row.pause > seconds{0})
    out.what.retry_after = row.pause;
  return out;
}

send_result refusal_of(provider p, const http_answer& answer) {
  simdjson::dom::element root;
  if (!parse_answer(answer.body, root))
    return by_status(p, answer);
  const auto code = code_of(p, root);
  if (code)
    if (const auto* row = find_code(p, *code))
      return by_code(p, *row, *code, answer);
  if (is_ours_to_run(p))
    if (const auto why = trouble_in_words(root); why != trouble::none)
      return result_of(why, words_for(why), answer);
  auto out = by_status(p, answer);
  if (code) {
    out.code = *code;
    out.what.reason
      += ", " + std::string{to_string(p)} + " error " + std::to_string(*code);
  }
  return out;
}

std::string_view sent_id(provider p, simdjson::dom::element root) {
  switch (p) {
    case provider::twilio: return text_at(root, "/sid");
    case provider::cloud: return text_at(root, "/messages/0/id");
    case provider::baileys:
    case provider::n8n: break;
  }
  return first_of(
    root,
    std::array<std::string_view, 14>{
      "/data/key/id", "/key/id", "/data/id", "/id", "/data/messageId",
      "/messageId", "/message/key/id", "/0/data/key/id", "/0/key/id",
      "/0/data/id", "/0/id", "/0/messageId", "/sid", "/messages/0/id"},
    text_at);
}

/// A 2xx says that the message was taken. Without a name of it nobody can be
/// told how it fares, but sending it once more would be worse.
send_result taken(provider p, const http_answer& answer) {
  send_result out;
  out.what.outcome = delivery_outcome::delivered;
  out.what.reason = "HTTP " + std::to_string(answer.status);
  simdjson::dom::element root;
  if (!parse_answer(answer.body, root))
    return out;
  if (p == provider::twilio)
    if (const auto code = code_at(root, "/error_code"))
      if (const auto* row = find_code(p, *code))
        return by_code(p, *row, *code, answer);
  if (const auto id = sent_id(p, root); id.size() <= id_size_max)
    out.id = id;
  return out;
}

} // namespace

send_result judge(provider p, const http_answer& answer) {
  if (answer.failure != http_failure::none)
    return without_answer(answer);
  if (answer.status >= 200 && answer.status < 300)
    return taken(p, answer);
  return refusal_of(p, answer);
}

} // namespace switchboard::channels::whatsapp
