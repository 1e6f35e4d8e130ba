#include "persistence/export.hpp"

#include "persistence/error_records.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_codec.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>

namespace switchboard::persistence {

namespace {

namespace json = boost::json;

constexpr std::size_t events_at_once = 1000;

template <class Text>
json::string text(const Text& value) {
  return json::string{std::string_view{value}};
}

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const auto& value : values)
    out.emplace_back(text(value));
  return out;
}

json::object customer(const domain::customer& from) {
  return {{"name", text(from.name)},
          {"phone", text(from.phone)},
          {"email", text(from.email)}};
}

std::uint64_t number(domain::message_sequence value) noexcept {
  return static_cast<std::uint64_t>(value);
}

json::object message(const domain::message_draft& m) {
  json::array files;
  for (const auto& file : m.attachments)
    files.push_back({{"id", text(domain::to_string(file.id.value))},
                     {"name", text(file.name)},
                     {"mime_type", text(file.mime_type)},
                     {"size", file.size}});
  json::object out{{"id", text(domain::to_string(m.id.value))},
                   {"sender", text(domain::to_string(m.role))},
                   {"sender_name", text(m.sender_name)},
                   {"channel", text(domain::to_string(m.via))},
                   {"body", text(m.body)},
                   {"external_id", text(m.external_id)},
                   {"media_url", text(m.media_url)},
                   {"attachments", std::move(files)}};
  if (m.reply_to != domain::message_sequence{})
    out["reply_to"] = number(m.reply_to);
  return out;
}

void add(json::object& out, const domain::ticket_created& fact) {
  out["type"] = "ticket_created";
  out["number"] = static_cast<std::uint64_t>(fact.number);
  out["ref"] = text(fact.ref);
  out["customer"] = customer(fact.from);
  out["subject"] = text(fact.subject);
  out["priority"] = text(domain::to_string(fact.urgency));
  out["channel"] = text(domain::to_string(fact.via));
  if (fact.follows)
    out["follows"] = text(domain::to_string(fact.follows->value));
  out["category"] = text(fact.category);
  out["tags"] = texts(fact.tags);
  out["actor"] = text(fact.actor);
  if (fact.session)
    out["session"] = text(domain::to_string(fact.session->session.value));
}

void add(json::object& out, const domain::message_added& fact) {
  out["type"] = "message_added";
  out["number"] = number(fact.number);
  out["message"] = message(fact.message);
}

void add(json::object& out, const domain::message_edited& fact) {
  out["type"] = "message_edited";
  out["number"] = number(fact.number);
  out["message"] = message(fact.message);
}

void add(json::object& out, const domain::status_changed& fact) {
  out["type"] = "status_changed";
  out["from"] = text(domain::to_string(fact.from));
  out["to"] = text(domain::to_string(fact.to));
  out["reason"] = text(fact.reason);
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::assignee_changed& fact) {
  out["type"] = "assignee_changed";
  out["agent"] = text(fact.agent);
  out["previous"] = text(fact.previous);
  out["reason"] = text(fact.reason);
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::priority_changed& fact) {
  out["type"] = "priority_changed";
  out["from"] = text(domain::to_string(fact.from));
  out["to"] = text(domain::to_string(fact.to));
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::ticket_edited& fact) {
  const auto& edits = fact.edits;
  out["type"] = "ticket_edited";
  if (edits.subject)
    out["subject"] = text(*edits.subject);
  if (edits.description)
    out["description"] = text(*edits.description);
  if (edits.category)
    out["category"] = text(*edits.category);
  if (edits.tags)
    out["tags"] = texts(*edits.tags);
  if (edits.from)
    out["customer"] = customer(*edits.from);
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::note_added& fact) {
  out["type"] = "note_added";
  out["body"] = text(fact.body);
  out["author"] = text(fact.author);
}

void add(json::object& out, const domain::user_mentioned& fact) {
  out["type"] = "user_mentioned";
  out["user"] = text(fact.user);
  out["user_name"] = text(fact.user_name);
  out["note"] = text(fact.note);
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::ticket_passed& fact) {
  out["type"] = "ticket_passed";
  out["agent"] = text(fact.agent);
}

void add(json::object& out, const domain::claim_overdue&) {
  out["type"] = "claim_overdue";
}

void add(json::object& out, const domain::progress_reported& fact) {
  out["type"] = "progress_reported";
  out["body"] = text(fact.body);
  out["author"] = text(fact.author);
}

void add(json::object& out, const domain::message_reacted& fact) {
  out["type"] = "message_reacted";
  out["number"] = number(fact.number);
  out["by"] = text(fact.by);
  out["by_name"] = text(fact.by_name);
  out["emoji"] = text(fact.emoji);
}

void add(json::object& out, const domain::message_deleted& fact) {
  out["type"] = "message_deleted";
  out["number"] = number(fact.number);
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::delivery_reported& fact) {
  out["type"] = "delivery_reported";
  out["number"] = number(fact.number);
  out["part"] = fact.part;
  out["to"] = text(domain::to_string(fact.to));
  out["via"] = text(fact.via);
  out["external_id"] = text(fact.external_id);
  out["reason"] = text(fact.reason);
}

void add(json::object& out, const domain::customer_reminded&) {
  out["type"] = "customer_reminded";
}

json::object head(std::string_view entity, const domain::uuid& id,
                  domain::sequence number, domain::timestamp at) {
  return {{entity, text(domain::to_string(id))},
          {"sequence", static_cast<std::uint64_t>(number)},
          {"at", text(domain::to_rfc3339(at))}};
}

json::object describe(const entity_event& stored) {
  const auto& event = stored.event;
  auto out = head("ticket", stored.entity, event.number, event.at);
  std::visit([&](const auto& fact) { add(out, fact); }, event.fact);
  return out;
}

/// Secrets are in a record only sealed or hashed; they stay out all the same.
json::object describe(const record_event& stored) {
  auto out = head(domain::to_string(stored.kind), stored.entity, stored.number,
                  stored.at);
  out["type"] = stored.removed ? "removed" : "saved";
  if (domain::user user; stored.kind == domain::entity_kind::user
                         && decode_record(stored.record, user)) {
    out["name"] = text(user.name);
    out["username"] = text(user.username);
    out["role"] = text(domain::to_string(user.role));
    out["phone"] = text(user.phone);
    out["email"] = text(user.email);
    out["skills"] = texts(user.skills);
  } else if (domain::group group; stored.kind == domain::entity_kind::group
                                  && decode_record(stored.record, group)) {
    out["title"] = text(group.title);
  } else if (domain::api_key key; stored.kind == domain::entity_kind::api_key
                                  && decode_record(stored.record, key)) {
    out["name"] = text(key.name);
  } else if (domain::webhook hook; stored.kind == domain::entity_kind::webhook
                                   && decode_record(stored.record, hook)) {
    out["url"] = text(hook.url);
    out["events"] = texts(hook.events);
    out["enabled"] = hook.enabled;
  } else if (domain::session session;
             stored.kind == domain::entity_kind::session
             && decode_record(stored.record, session)) {
    out["channel"] = text(domain::to_string(session.via));
    out["mode"] = text(domain::to_string(session.mode));
    out["locale"] = text(session.locale);
    out["contact"] = customer(session.contact);
    out["identities"] = texts(session.identities);
    out["is_group"] = session.is_group;
  } else if (domain::attachment file;
             stored.kind == domain::entity_kind::attachment
             && decode_record(stored.record, file)) {
    out["state"] = text(domain::to_string(file.state));
    out["name"] = text(file.name);
    out["mime_type"] = text(file.mime_type);
    out["size"] = file.size;
  } else if (domain::prompt prompt; stored.kind == domain::entity_kind::prompt
                                    && decode_record(stored.record, prompt)) {
    out["user"] = text(domain::to_string(prompt.user));
    out["ticket"] = text(domain::to_string(prompt.ticket.value));
    out["state"] = text(domain::to_string(prompt.state));
    out["answer"] = text(prompt.answer);
  }
  return out;
}

json::object describe(const error_event& stored) {
  auto out = head("problem", stored.id, stored.number, stored.at);
  out["type"] = "error_occurred";
  out["where"] = text(stored.where);
  out["code"] = text(stored.code);
  out["message"] = text(stored.message);
  out["count"] = stored.count;
  return out;
}

/// Empty when the event cannot be read.
std::string line_of(const stored_event& stored) {
  json::object out;
  if (const auto event = decode_event(stored.bytes))
    out = describe(*event);
  else if (const auto record = decode_record_event(stored.bytes))
    out = describe(*record);
  else if (const auto error = decode_error_event(stored.bytes))
    out = describe(*error);
  else
    return {};
  out["offset"] = static_cast<std::uint64_t>(stored.at);
  std::string line = json::serialize(out);
  line.push_back('\n');
  return line;
}

} // namespace

domain::result<std::uint64_t>
export_events(const journal& from, domain::offset after,
              const std::function<bool(std::string_view)>& write) {
  std::uint64_t count = 0;
  for (;;) {
    const auto events = from.read_events(after, events_at_once);
    if (events.empty())
      return count;
    for (const auto& stored : events) {
      const auto line = line_of(stored);
      const std::string place
        = std::to_string(static_cast<std::uint64_t>(stored.at));
      if (line.empty())
        return domain::fail(domain::errc::storage_unavailable,
                            "the event at offset " + place
                              + " cannot be read; run switchboard verify");
      if (!write(line))
        return domain::fail(domain::errc::storage_unavailable,
                            "writing stopped at offset " + place);
      ++count;
    }
    after = events.back().at;
  }
}

} // namespace switchboard::persistence
