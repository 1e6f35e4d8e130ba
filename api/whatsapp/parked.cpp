#include "api/whatsapp/parked.hpp"

#include "domain/match.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace switchboard::api::whatsapp {

namespace {

namespace json = boost::json;

constexpr std::string_view sent_word = "sent";
constexpr std::string_view status_word = "status";
constexpr std::string_view call_word = "call";
constexpr std::string_view message_word = "message";

json::string_view as_json(std::string_view text) {
  return {text.data(), text.size()};
}

void put(json::object& out, std::string_view name, std::string_view value) {
  if (!value.empty())
    out[as_json(name)] = as_json(value);
}

void put(json::object& out, std::string_view name, bool value) {
  if (value)
    out[as_json(name)] = true;
}

void put_number(json::object& out, std::string_view name, std::uint64_t value) {
  if (value != 0)
    out[as_json(name)] = value;
}

/// Reads the fields of an object; what is missing or of another type is empty.
class fields {
public:
  explicit fields(const json::object& from) : from_{from} {}

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto* const value = from_.if_contains(as_json(name));
    if (value == nullptr || !value->is_string())
      return {};
    const auto& found = value->get_string();
    return {found.data(), found.size()};
  }

  [[nodiscard]] bool flag(std::string_view name) const {
    const auto* const value = from_.if_contains(as_json(name));
    return value != nullptr && value->is_bool() && value->get_bool();
  }

  [[nodiscard]] std::int64_t integer(std::string_view name) const {
    const auto* const value = from_.if_contains(as_json(name));
    if (value == nullptr)
      return 0;
    if (value->is_int64())
      return value->get_int64();
    return value->is_uint64() ? static_cast<std::int64_t>(value->get_uint64())
                              : 0;
  }

  [[nodiscard]] const json::array* list(std::string_view name) const {
    const auto* const value = from_.if_contains(as_json(name));
    return value != nullptr ? value->if_array() : nullptr;
  }

private:
  const json::object& from_;
};

std::string_view word_of(const wire::content& what) noexcept {
  return domain::match(
    what, [](const wire::said&) { return message_word; },
    [](const wire::reacted&) { return std::string_view{"reaction"}; },
    [](const wire::edited&) { return std::string_view{"edit"}; },
    [](const wire::revoked&) { return std::string_view{"revoke"}; });
}

json::object begin(std::string_view what, wire::provider via) {
  json::object out;
  put(out, "what", what);
  put(out, "via", to_string(via));
  return out;
}

json::array files_of(const std::vector<wire::media>& files) {
  json::array out;
  for (const auto& file : files) {
    json::object one;
    put(one, "mime_type", file.mime_type);
    put(one, "name", file.name);
    put_number(one, "size", file.size);
    put(one, "reference", file.reference);
    out.emplace_back(std::move(one));
  }
  return out;
}

void put_content(json::object& out, const wire::content& what) {
  domain::match(
    what,
    [&](const wire::said& said) {
      put(out, "text", said.text);
      if (!said.files.empty())
        out["files"] = files_of(said.files);
    },
    [&](const wire::reacted& reacted) {
      put(out, "target", reacted.target);
      put(out, "emoji", reacted.emoji);
    },
    [&](const wire::edited& edited) {
      put(out, "target", edited.target);
      put(out, "text", edited.text);
    },
    [&](const wire::revoked& revoked) { put(out, "target", revoked.target); });
}

wire::said read_said(const fields& in) {
  wire::said out;
  out.text = in.text("text");
  if (const auto* const files = in.list("files"))
    for (const auto& value : *files)
      if (const auto* const object = value.if_object()) {
        const fields one{*object};
        wire::media file;
        file.mime_type = one.text("mime_type");
        file.name = one.text("name");
        file.size = static_cast<std::uint64_t>(one.integer("size"));
        file.reference = one.text("reference");
        out.files.push_back(std::move(file));
      }
  return out;
}

std::optional<wire::content> read_content(const fields& in,
                                          std::string_view what) {
  if (what == message_word)
    return wire::content{read_said(in)};
  if (what == "reaction")
    return wire::content{wire::reacted{in.text("target"), in.text("emoji")}};
  if (what == "edit")
    return wire::content{wire::edited{in.text("target"), in.text("text")}};
  if (what == "revoke")
    return wire::content{wire::revoked{in.text("target")}};
  return std::nullopt;
}

std::optional<parked> read_message(const fields& in, std::string_view what,
                                   wire::provider via) {
  auto content = read_content(in, what);
  if (!content)
    return std::nullopt;
  wire::inbound_message out;
  out.via = via;
  out.account = in.text("account");
  out.id = in.text("id");
  out.address = in.text("address");
  out.is_group = in.flag("is_group");
  out.group = in.text("group");
  out.author.name = in.text("name");
  out.author.phone = in.text("phone");
  if (const auto* const aliases = in.list("aliases"))
    for (const auto& value : *aliases)
      if (const auto* const alias = value.if_string())
        out.author.aliases.emplace_back(alias->data(), alias->size());
  out.sent_at = domain::timestamp{std::chrono::milliseconds{in.integer("at")}};
  out.is_addressed = in.flag("is_addressed");
  out.reply_to = in.text("reply_to");
  out.is_forwarded = in.flag("is_forwarded");
  out.what = std::move(*content);
  if (out.id.empty())
    return std::nullopt;
  return out;
}

std::optional<parked> read_status(const fields& in, wire::provider via) {
  const auto state = domain::parse_delivery_state(in.text("state"));
  wire::status_report out;
  out.via = via;
  out.account = in.text("account");
  out.id = in.text("id");
  out.code = static_cast<int>(in.integer("code"));
  out.reason = in.text("reason");
  out.window_closed = in.flag("window_closed");
  if (!state || out.id.empty())
    return std::nullopt;
  out.state = *state;
  return out;
}

std::optional<parked> read_sent(const fields& in, wire::provider via) {
  const auto state = domain::parse_delivery_state(in.text("state"));
  const auto ticket = domain::parse_uuid(in.text("ticket"));
  if (!state || !ticket)
    return std::nullopt;
  sent_report out;
  out.ticket = domain::ticket_id{*ticket};
  out.message = domain::message_sequence{
    static_cast<std::uint32_t>(in.integer("message"))};
  out.part = static_cast<std::uint32_t>(in.integer("part"));
  out.state = *state;
  out.via = via;
  out.external_id = in.text("id");
  out.reason = in.text("reason");
  out.window_closed = in.flag("window_closed");
  out.to_staff = in.flag("to_staff");
  return out;
}

} // namespace

std::string encode(const wire::status_report& what) {
  auto out = begin(status_word, what.via);
  put(out, "account", what.account);
  put(out, "id", what.id);
  put(out, "state", to_string(what.state));
  if (what.code != 0)
    out["code"] = what.code;
  put(out, "reason", what.reason);
  put(out, "window_closed", what.window_closed);
  return json::serialize(out);
}

std::string encode(const wire::inbound_message& what) {
  auto out = begin(word_of(what.what), what.via);
  put(out, "account", what.account);
  put(out, "id", what.id);
  put(out, "address", what.address);
  put(out, "is_group", what.is_group);
  put(out, "group", what.group);
  put(out, "name", what.author.name);
  put(out, "phone", what.author.phone);
  if (!what.author.aliases.empty()) {
    json::array aliases;
    for (const auto& alias : what.author.aliases)
      aliases.emplace_back(as_json(alias));
    out["aliases"] = std::move(aliases);
  }
  if (what.sent_at != domain::timestamp{})
    out["at"] = what.sent_at.time_since_epoch() / std::chrono::milliseconds{1};
  put(out, "is_addressed", what.is_addressed);
  put(out, "reply_to", what.reply_to);
  put(out, "is_forwarded", what.is_forwarded);
  put_content(out, what.what);
  return json::serialize(out);
}

std::string encode(const sent_report& what) {
  auto out = begin(sent_word, what.via);
  put(out, "ticket", to_string(what.ticket.value));
  put_number(out, "message", static_cast<std::uint32_t>(what.message));
  put_number(out, "part", what.part);
  put(out, "state", to_string(what.state));
  put(out, "id", what.external_id);
  put(out, "reason", what.reason);
  put(out, "window_closed", what.window_closed);
  put(out, "to_staff", what.to_staff);
  return json::serialize(out);
}

std::string encode(const unread_call& what) {
  auto out = begin(call_word, what.via);
  put(out, "raw", what.raw);
  put(out, "reason", what.reason);
  return json::serialize(out);
}

std::optional<parked> decode_parked(std::string_view payload) {
  boost::system::error_code problem;
  const auto root = json::parse(as_json(payload), problem);
  const auto* const object = problem ? nullptr : root.if_object();
  if (object == nullptr)
    return std::nullopt;
  const fields in{*object};
  const auto via = wire::parse_provider(in.text("via"));
  if (!via)
    return std::nullopt;
  const auto what = in.text("what");
  if (what == sent_word)
    return read_sent(in, *via);
  if (what == status_word)
    return read_status(in, *via);
  if (what == call_word)
    return unread_call{*via, in.text("raw"), in.text("reason")};
  return read_message(in, what, *via);
}

std::string_view word_of(const parked& what) noexcept {
  return domain::match(
    what, [](const wire::status_report&) { return status_word; },
    [](const wire::inbound_message& in) { return word_of(in.what); },
    [](const sent_report&) { return sent_word; },
    [](const unread_call&) { return call_word; });
}

persistence::new_delivery delivery_of(const parked& what,
                                      domain::timestamp now) {
  const auto word = word_of(what);
  persistence::new_delivery out;
  out.kind = "whatsapp.";
  out.kind += word;
  out.group = word;
  out.group += ':';
  out.created_at = now;
  domain::match(
    what,
    [&](const wire::status_report& in) {
      out.lane = wire::intake_lane(in.via);
      out.group += in.id;
      out.group += ':';
      out.group += to_string(in.state);
      out.message_id = in.id;
    },
    [&](const wire::inbound_message& in) {
      out.lane = wire::intake_lane(in.via);
      out.group += in.id;
      out.message_id = in.id;
    },
    [&](const sent_report& in) {
      out.lane = wire::intake_lane(in.via);
      out.group += to_string(in.ticket.value) + ':'
                   + std::to_string(static_cast<std::uint32_t>(in.message))
                   + ':' + std::to_string(in.part);
      out.message_id = in.external_id;
    },
    [&](const unread_call& in) {
      out.lane = wire::intake_lane(in.via);
      out.group += std::to_string(now.time_since_epoch().count());
    });
  out.payload = domain::match(what, [](const auto& in) { return encode(in); });
  return out;
}

} // namespace switchboard::api::whatsapp
