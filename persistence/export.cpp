#include "persistence/export.hpp"

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

json::object customer(const domain::customer& from) {
  return {{"name", text(from.name)},
          {"phone", text(from.phone)},
          {"email", text(from.email)}};
}

json::object message(const domain::message_draft& m) {
  return {{"id", text(domain::to_string(m.id.value))},
          {"sender", text(domain::to_string(m.role))},
          {"sender_name", text(m.sender_name)},
          {"channel", text(domain::to_string(m.via))},
          {"body", text(m.body)},
          {"external_id", text(m.external_id)},
          {"media_url", text(m.media_url)}};
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
}

void add(json::object& out, const domain::message_added& fact) {
  out["type"] = "message_added";
  out["number"] = static_cast<std::uint32_t>(fact.number);
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
  out["reason"] = text(fact.reason);
  out["actor"] = text(fact.actor);
}

void add(json::object& out, const domain::priority_changed& fact) {
  out["type"] = "priority_changed";
  out["from"] = text(domain::to_string(fact.from));
  out["to"] = text(domain::to_string(fact.to));
  out["actor"] = text(fact.actor);
}

std::string line_of(domain::offset at, const entity_event& stored) {
  json::object out;
  out["offset"] = static_cast<std::uint64_t>(at);
  out["ticket"] = text(domain::to_string(stored.entity));
  out["sequence"] = static_cast<std::uint64_t>(stored.event.number);
  out["at"] = text(domain::to_rfc3339(stored.event.at));
  std::visit([&](const auto& fact) { add(out, fact); }, stored.event.fact);
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
      const auto event = decode_event(stored.bytes);
      const std::string place
        = std::to_string(static_cast<std::uint64_t>(stored.at));
      if (!event)
        return domain::fail(domain::errc::storage_unavailable,
                            "the event at offset " + place
                              + " cannot be read; run switchboard verify");
      if (!write(line_of(stored.at, *event)))
        return domain::fail(domain::errc::storage_unavailable,
                            "writing stopped at offset " + place);
      ++count;
    }
    after = events.back().at;
  }
}

} // namespace switchboard::persistence
