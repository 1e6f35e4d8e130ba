#include "channels/whatsapp/errand.hpp"

#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"

#include <array>
#include <limits>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::array kinds{errand_kind::message, errand_kind::edit,
                           errand_kind::revoke,  errand_kind::ticket,
                           errand_kind::relay,   errand_kind::notice};

constexpr std::array<std::string_view, 8> fields{
  "what", "ticket", "message", "part", "account", "quotes", "template", "text"};

/// What is stored is ours, so these bound what we write; code points.
constexpr std::size_t name_max = 1'000;
constexpr std::size_t text_max = 32'768;

std::optional<errand_kind> parse_kind(std::string_view word) {
  for (const auto kind : kinds)
    if (to_string(kind) == word)
      return kind;
  return std::nullopt;
}

std::string as_it_is(json::object_reader& in, std::string_view name,
                     std::size_t length_max) {
  json::object_reader::text_rule rule{length_max, false};
  rule.trimmed = false;
  return in.text(name, rule);
}

} // namespace

std::string_view to_string(errand_kind kind) noexcept {
  switch (kind) {
    case errand_kind::message: return "message";
    case errand_kind::edit: return "edit";
    case errand_kind::revoke: return "revoke";
    case errand_kind::ticket: return "ticket";
    case errand_kind::relay: return "relay";
    case errand_kind::notice: return "notice";
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
  if (!what.account.empty())
    out.key("account").string(what.account);
  if (!what.quotes.empty())
    out.key("quotes").string(what.quotes);
  if (what.as_template)
    out.key("template").boolean(true);
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
  if (const auto text = in.text("ticket", {64, false}); !text.empty()) {
    const auto id = domain::parse_uuid(text);
    if (!id)
      return std::nullopt;
    out.ticket = domain::ticket_id{*id};
  }
  out.message = domain::message_sequence{
    static_cast<std::uint32_t>(in.integer("message", 0, u32_max).value_or(0))};
  out.part
    = static_cast<std::uint32_t>(in.integer("part", 0, u32_max).value_or(0));
  out.account = as_it_is(in, "account", name_max);
  out.quotes = as_it_is(in, "quotes", name_max);
  out.as_template = in.boolean("template").value_or(false);
  out.text = as_it_is(in, "text", text_max);
  if (!in.problems().empty())
    return std::nullopt;
  return out;
}

} // namespace switchboard::channels::whatsapp
