#include "persistence/ticket_changes.hpp"

#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"

#include <cassert>

namespace switchboard::persistence {

namespace {

void add_message(changes& out, const domain::ticket& ticket,
                 domain::timestamp at, const domain::message_added& fact) {
  out.rows.push_back({family::messages, keys::message(ticket.id, fact.number),
                      encode_message_row(at, fact.message)});
}

void add_created(changes& out, const domain::ticket& ticket) {
  out.rows.push_back({family::index, keys::number(ticket.number),
                      std::string{ticket.id.value.view()}});
}

void move_in_queue(changes& out, const std::optional<domain::ticket>& before,
                   const domain::ticket& after) {
  if (before) {
    if (before->state == after.state && before->urgency == after.urgency)
      return;
    out.rows.push_back({family::index,
                        keys::queue(before->state, before->urgency, after.id),
                        std::nullopt});
  }
  out.rows.push_back({family::index,
                      keys::queue(after.state, after.urgency, after.id),
                      std::string{}});
}

} // namespace

std::string message_scope(domain::channel via) {
  std::string scope{"message:"};
  scope += domain::to_string(via);
  return scope;
}

std::vector<unique_claim>
claims_of(const domain::ticket_id& id,
          std::span<const domain::ticket_event> events) {
  std::vector<unique_claim> out;
  for (const auto& event : events) {
    if (const auto* created
        = std::get_if<domain::ticket_created>(&event.fact)) {
      out.push_back({std::string{ref_scope}, created->ref,
                     std::string{id.value.view()}, std::nullopt});
    } else if (const auto* added
               = std::get_if<domain::message_added>(&event.fact);
               added != nullptr && !added->message.external_id.empty()) {
      out.push_back({message_scope(added->message.via),
                     added->message.external_id,
                     std::string{added->message.id.value.view()},
                     event.at + message_claim_life});
    }
  }
  return out;
}

changes ticket_changes(const std::optional<domain::ticket>& before,
                       const domain::ticket& after,
                       std::span<const domain::ticket_event> events) {
  assert(!events.empty() && events.back().number == after.last_event);
  changes out;
  out.entity
    = changes::subject{domain::entity_kind::ticket, after.id.value,
                       before ? before->last_event : domain::sequence{},
                       after.last_event, encode_ticket(after)};
  out.events.reserve(events.size());
  out.rows.reserve(3 + events.size());
  out.claims = claims_of(after.id, events);
  if (!before)
    add_created(out, after);
  move_in_queue(out, before, after);
  for (const auto& event : events) {
    out.events.push_back({encode_event(after.id, event)});
    if (const auto* added = std::get_if<domain::message_added>(&event.fact))
      add_message(out, after, event.at, *added);
  }
  return out;
}

} // namespace switchboard::persistence
