#include "persistence/ticket_changes.hpp"

#include "persistence/keys.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/ticket_queue.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace switchboard::persistence {

namespace {

void add_message(changes& out, const domain::ticket& ticket,
                 domain::timestamp at, const domain::message_added& fact) {
  out.rows.push_back({family::messages, keys::message(ticket.id, fact.number),
                      encode_message_row(at, fact.message)});
}

void edit_message(changes& out, const domain::ticket& ticket,
                  domain::timestamp at, const domain::message_edited& fact) {
  out.rows.push_back({family::messages, keys::message(ticket.id, fact.number),
                      encode_message_row(fact.added_at, fact.message, at)});
}

void add_created(changes& out, const domain::ticket& ticket) {
  out.rows.push_back({family::index, keys::number(ticket.number),
                      std::string{ticket.id.value.view()}});
}

void move_in_queue(changes& out, const std::optional<domain::ticket>& before,
                   const domain::ticket& after) {
  if (before && before->state == after.state
      && before->urgency == after.urgency
      && before->waiting_since == after.waiting_since)
    return;
  const auto add = [&](std::string key, std::optional<std::string> value) {
    out.rows.push_back({family::index, std::move(key), std::move(value)});
  };
  if (before) {
    add(keys::queue(before->state, before->urgency, after.id), std::nullopt);
    if (auto left = queue_row(*before))
      add(std::move(*left), std::nullopt);
  }
  add(keys::queue(after.state, after.urgency, after.id), std::string{});
  if (auto taken = queue_row(after))
    add(std::move(*taken), std::string{});
}

/// The rows of everything that the ticket is labelled with.
std::vector<std::string> label_rows(const domain::ticket& ticket) {
  std::vector<std::string> keys;
  const auto add = [&](keys::label kind, std::string_view text) {
    if (!text.empty())
      keys.push_back(keys::labelled(kind, text).append(ticket.id.value.view()));
  };
  add(keys::label::agent, ticket.assignee);
  add(keys::label::category, ticket.category);
  for (const auto& tag : ticket.tags)
    add(keys::label::tag, tag);
  std::sort(keys.begin(), keys.end());
  return keys;
}

void relabel(changes& out, const std::optional<domain::ticket>& before,
             const domain::ticket& after) {
  const auto old_rows
    = before ? label_rows(*before) : std::vector<std::string>{};
  const auto new_rows = label_rows(after);
  for (const auto& key : old_rows)
    if (!std::binary_search(new_rows.begin(), new_rows.end(), key))
      out.rows.push_back({family::index, key, std::nullopt});
  for (const auto& key : new_rows)
    if (!std::binary_search(old_rows.begin(), old_rows.end(), key))
      out.rows.push_back({family::index, key, std::string{}});
}

/// Messages and their marks have rows of their own, and the state row tells of
/// the creation.
bool is_activity(const domain::ticket_fact& fact) {
  if (const auto* report = std::get_if<domain::delivery_reported>(&fact))
    return report->to == domain::delivery_state::failed;
  return !std::holds_alternative<domain::ticket_created>(fact)
         && !std::holds_alternative<domain::message_added>(fact)
         && !std::holds_alternative<domain::message_edited>(fact)
         && !std::holds_alternative<domain::message_reacted>(fact);
}

} // namespace

std::vector<row_change> index_rows(const domain::ticket& ticket) {
  changes out;
  add_created(out, ticket);
  move_in_queue(out, std::nullopt, ticket);
  relabel(out, std::nullopt, ticket);
  return std::move(out.rows);
}

std::string place_key(const domain::session_place& place) {
  std::string key{place.session.value.view()};
  keys::append_u32(key, place.number);
  return key;
}

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
      if (created->session)
        out.push_back({std::string{session_ticket_scope},
                       place_key(*created->session),
                       std::string{id.value.view()}, std::nullopt});
    } else if (const auto* added
               = std::get_if<domain::message_added>(&event.fact);
               added != nullptr && !added->message.external_id.empty()) {
      auto place = std::string{id.value.view()};
      place += added->message.id.value.view();
      out.push_back({message_scope(added->message.via),
                     added->message.external_id, std::move(place),
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
  relabel(out, before, after);
  for (const auto& event : events) {
    out.events.push_back({encode_event(after.id, event)});
    if (is_activity(event.fact))
      out.rows.push_back({family::activities,
                          keys::activity(after.id, event.number),
                          out.events.back().bytes});
    if (const auto* added = std::get_if<domain::message_added>(&event.fact))
      add_message(out, after, event.at, *added);
    else if (const auto* edited
             = std::get_if<domain::message_edited>(&event.fact))
      edit_message(out, after, event.at, *edited);
  }
  auto marks = mark_rows(after.id, events);
  std::move(marks.begin(), marks.end(), std::back_inserter(out.rows));
  return out;
}

} // namespace switchboard::persistence
