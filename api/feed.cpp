#include "api/feed.hpp"

#include "channels/rest/events.hpp"
#include "persistence/error_records.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>

namespace switchboard::api {

namespace rest = channels::rest;

namespace {

constexpr std::size_t looks_max = 2'000;
constexpr std::size_t events_at_once = 256;

bool wanted(const std::vector<std::string>& types, std::string_view type) {
  if (type.empty())
    return false; // the outside does not hear of it
  return types.empty()
         || std::find(types.begin(), types.end(), type) != types.end();
}

} // namespace

std::optional<feed::entry>
feed::describe(const persistence::stored_event& stored,
               const std::vector<std::string>& types) const {
  entry out;
  out.at = stored.at;
  channels::json::writer json{out.json};
  if (const auto event = persistence::decode_event(stored.bytes)) {
    out.type = rest::public_type(event->event.fact);
    if (!wanted(types, out.type))
      return std::nullopt;
    const auto ticket = tickets_.load(domain::ticket_id{event->entity});
    if (!ticket)
      return std::nullopt;
    rest::write_event(json, stored.at, *ticket, event->event);
    return out;
  }
  const auto error = persistence::decode_error_event(stored.bytes);
  if (!error || !wanted(types, rest::error_type))
    return std::nullopt; // of users, keys and the like: nobody's business
  out.type = rest::error_type;
  rest::error_entry shown;
  shown.at = stored.at;
  shown.number = error->number;
  shown.when = error->at;
  shown.where = error->where;
  shown.code = error->code;
  shown.message = error->message;
  shown.count = error->count;
  shown.ticket = error->ticket;
  rest::write_event(json, shown);
  return out;
}

feed::slice feed::read(domain::offset after, std::size_t max,
                       const std::vector<std::string>& types) const {
  slice out;
  out.last = after;
  for (std::size_t looks = 0; looks < looks_max;) {
    const auto events = journal_.read_events(out.last, events_at_once);
    for (const auto& stored : events) {
      if (out.entries.size() == max)
        return out;
      out.last = stored.at;
      if (auto one = describe(stored, types))
        out.entries.push_back(std::move(*one));
    }
    looks += events.size();
    if (events.size() < events_at_once) {
      out.at_end = true;
      return out;
    }
  }
  return out;
}

} // namespace switchboard::api
