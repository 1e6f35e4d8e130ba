#include "app/whatsapp_outcome.hpp"

#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using channels::delivery_outcome;

namespace {

constexpr std::array<std::string_view, 9> fields{
  "via",     "account", "outcome", "reason", "retry_after_s",
  "trouble", "id",      "code",    "sent"};

constexpr std::array outcomes{
  delivery_outcome::delivered, delivery_outcome::retry_later,
  delivery_outcome::slow_down, delivery_outcome::gone,
  delivery_outcome::refused};

constexpr std::array troubles{
  whatsapp::trouble::none,          whatsapp::trouble::busy,
  whatsapp::trouble::not_connected, whatsapp::trouble::logged_out,
  whatsapp::trouble::window_closed, whatsapp::trouble::bad_recipient,
  whatsapp::trouble::bad_content};

constexpr std::size_t text_max = 4096;
constexpr std::int64_t number_max = 1'000'000'000;

template <class Words>
std::optional<typename Words::value_type>
parse_word(const Words& all, std::string_view word) {
  for (const auto one : all)
    if (to_string(one) == word)
      return one;
  return std::nullopt;
}

} // namespace

whatsapp_outcome whatsapp_outcome::made(whatsapp::provider via,
                                        delivery_outcome outcome,
                                        std::string reason) {
  whatsapp_outcome out;
  out.via = via;
  out.result.what.outcome = outcome;
  out.result.what.reason = std::move(reason);
  return out;
}

channels::http_answer pack(const whatsapp_outcome& what,
                           channels::http_answer raw) {
  std::string body;
  channels::json::writer out{body};
  const auto& verdict = what.result.what;
  out.begin_object();
  out.key("via").string(to_string(what.via));
  if (!what.account.empty())
    out.key("account").string(what.account);
  out.key("outcome").string(to_string(verdict.outcome));
  if (!verdict.reason.empty())
    out.key("reason").string(verdict.reason);
  if (verdict.retry_after)
    out.key("retry_after_s").integer(verdict.retry_after->count());
  if (what.result.why != whatsapp::trouble::none)
    out.key("trouble").string(to_string(what.result.why));
  if (!what.result.id.empty())
    out.key("id").string(what.result.id);
  if (what.result.code != 0)
    out.key("code").integer(what.result.code);
  if (what.is_sent)
    out.key("sent").boolean(true);
  out.end_object();
  // What was taken shows the message once more; only troubles need words.
  if (verdict.outcome != delivery_outcome::delivered && !raw.body.empty())
    body += '\n' + raw.body;
  raw.body = std::move(body);
  return raw;
}

std::optional<whatsapp_outcome> unpack(const channels::http_answer& answer) {
  const std::string_view line{answer.body};
  channels::json::object_reader in{line.substr(0, line.find('\n')), fields};
  if (!in.is_object())
    return std::nullopt;
  channels::json::object_reader::text_rule as_it_is{text_max, false};
  as_it_is.trimmed = false;
  const auto via = whatsapp::parse_provider(in.text("via", as_it_is));
  const auto outcome = parse_word(outcomes, in.text("outcome", as_it_is));
  if (!via || !outcome)
    return std::nullopt;
  whatsapp_outcome out;
  out.via = *via;
  out.account = in.text("account", as_it_is);
  auto& verdict = out.result.what;
  verdict.outcome = *outcome;
  verdict.reason = in.text("reason", as_it_is);
  if (const auto pause = in.integer("retry_after_s", 0, number_max))
    verdict.retry_after = std::chrono::seconds{*pause};
  out.result.why = parse_word(troubles, in.text("trouble", as_it_is))
                     .value_or(whatsapp::trouble::none);
  out.result.id = in.text("id", as_it_is);
  out.result.code
    = static_cast<int>(in.integer("code", -number_max, number_max).value_or(0));
  out.is_sent = in.boolean("sent").value_or(false);
  return out;
}

channels::verdict judge_whatsapp(const channels::http_answer& answer) {
  auto what = unpack(answer);
  return what ? std::move(what->result.what) : channels::judge_http(answer);
}

} // namespace switchboard::app
