#include "channels/telegram/errand.hpp"

#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"

#include <array>
#include <limits>

namespace switchboard::channels::telegram {

namespace {

constexpr std::array kinds{
  errand_kind::card,          errand_kind::reminder,
  errand_kind::all_passed,    errand_kind::connected,
  errand_kind::message,       errand_kind::message_edit,
  errand_kind::notice,        errand_kind::executor_card,
  errand_kind::executor_done, errand_kind::prompt,
  errand_kind::reaction,      errand_kind::open_tickets};

constexpr std::array<std::string_view, 7> fields{
  "what", "ticket", "message", "part", "prompt", "about", "text"};

/// What is stored is ours, so it is no longer than what Telegram takes.
constexpr std::size_t text_max = 32'768;

std::optional<errand_kind> parse_kind(std::string_view word) {
  for (const auto kind : kinds)
    if (to_string(kind) == word)
      return kind;
  return std::nullopt;
}

/// A uuid's field; false when there is one that is none.
template <class Id>
bool take_id(json::object_reader& in, std::string_view name,
             std::optional<Id>& out) {
  const auto text = in.text(name, {64, false});
  if (text.empty())
    return true;
  const auto id = domain::parse_uuid(text);
  if (id)
    out = Id{*id};
  return id.has_value();
}

} // namespace

std::string_view to_string(errand_kind kind) noexcept {
  switch (kind) {
    case errand_kind::card: return "card";
    case errand_kind::reminder: return "reminder";
    case errand_kind::all_passed: return "all_passed";
    case errand_kind::connected: return "connected";
    case errand_kind::message: return "message";
    case errand_kind::message_edit: return "message_edit";
    case errand_kind::notice: return "notice";
    case errand_kind::executor_card: return "executor_card";
    case errand_kind::executor_done: return "executor_done";
    case errand_kind::prompt: return "prompt";
    case errand_kind::reaction: return "reaction";
    case errand_kind::open_tickets: return "open_tickets";
  }
  return "unknown_errand";
}

std::string encode(const errand& what) {
  std::string body;
  json::writer out{body};
  out.begin_object();
  out.key("what").string(to_string(what.what));
  if (what.ticket)
    out.key("ticket").string(to_string(what.ticket->value));
  if (what.message != domain::message_sequence{})
    out.key("message").number(static_cast<std::uint32_t>(what.message));
  if (what.part != 0)
    out.key("part").number(what.part);
  if (what.prompt)
    out.key("prompt").string(to_string(what.prompt->value));
  if (what.about)
    out.key("about").integer(static_cast<std::int32_t>(*what.about));
  if (!what.text.empty())
    out.key("text").string(what.text);
  out.end_object();
  return body;
}

std::optional<errand> decode_errand(std::string_view payload) {
  constexpr std::int64_t u32_max = std::numeric_limits<std::uint32_t>::max();
  json::object_reader in{payload, fields};
  if (!in.is_object())
    return std::nullopt;
  const auto kind = parse_kind(in.text("what", {32, true}));
  if (!kind)
    return std::nullopt;
  errand out;
  out.what = *kind;
  const bool has_ids
    = take_id(in, "ticket", out.ticket) && take_id(in, "prompt", out.prompt);
  out.message = domain::message_sequence{
    static_cast<std::uint32_t>(in.integer("message", 0, u32_max).value_or(0))};
  out.part
    = static_cast<std::uint32_t>(in.integer("part", 0, u32_max).value_or(0));
  if (const auto about
      = in.integer("about", 1, std::numeric_limits<std::int32_t>::max()))
    out.about = message_id{static_cast<std::int32_t>(*about)};
  json::object_reader::text_rule as_it_is{text_max, false};
  as_it_is.trimmed = false;
  out.text = in.text("text", as_it_is);
  if (!has_ids || !in.problems().empty())
    return std::nullopt;
  return out;
}

} // namespace switchboard::channels::telegram
