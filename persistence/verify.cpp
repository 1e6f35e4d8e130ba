#include "persistence/verify.hpp"

#include "domain/ticket.hpp"
#include "persistence/error_records.hpp"
#include "persistence/event_block.hpp"
#include "persistence/keys.hpp"
#include "persistence/places.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_changes.hpp"
#include "persistence/ticket_codec.hpp"
#include "persistence/verify_deliveries.hpp"
#include "persistence/verify_marks.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

namespace switchboard::persistence {

namespace {

constexpr std::uint64_t progress_step = 100'000;
constexpr std::size_t uuid_size = 16;

/// A ticket as its events make it: its state row, which is smaller than the
/// ticket, and which of its rows have been found right.
struct replayed {
  std::string state;
  bool has_state_row = false;
  bool has_ref_row = false;
  bool has_place_row = false;
  std::uint16_t index_rows = 0;
};

/// Users, groups, keys, webhooks, sessions and problems, by the keys of their
/// rows.
struct replayed_record {
  domain::sequence last{};
  /// The state row that the last event leaves; nothing: not known from one
  /// event alone (a problem counts).
  std::optional<std::string> state;
  bool has_state_row = false;
};

/// Rows that were written before these fields were kept lack them until their
/// ticket changes again.
bool is_fold(const std::optional<domain::ticket>& row,
             std::optional<domain::ticket> fold) {
  if (row && fold && !row->waiting_since && !row->assigned_at) {
    fold->waiting_since.reset();
    fold->assigned_at.reset();
  }
  if (row && fold && !row->awaiting_since)
    fold->awaiting_since.reset();
  return row == fold;
}

class verification {
public:
  verification(const row_reader& rows, const verify_options& options)
    : rows_(rows), options_(options) {}

  verify_report run() {
    replay_events();
    check_states();
    check_messages();
    check_telegram_places();
    check_activities();
    check_index();
    check_refs();
    check_places();
    check_missing();
    check_marks();
    verify_deliveries(rows_, report_,
                      [this](std::string text) { problem(std::move(text)); });
    return std::move(report_);
  }

private:
  using ticket_map = std::unordered_map<domain::uuid, replayed>;

  void problem(std::string text) {
    ++report_.problem_count;
    if (report_.problems.size() < options_.problems_max)
      report_.problems.push_back(std::move(text));
  }

  void problem(const domain::uuid& ticket, std::string_view text) {
    problem("ticket " + domain::to_string(ticket) + ": " + std::string{text});
  }

  void replay_events();
  void replay_block(std::string_view key, std::string_view value);
  void replay_event(domain::offset at, std::string_view bytes);
  void check_projection(const changes& what);
  void check_states();
  void check_message_row(const changes& what, const row_change& row);
  void check_messages();
  void check_telegram_places();
  void check_index();
  void check_index_row(std::string_view key, std::string_view value);
  void check_activities();
  bool replay_record(std::string_view bytes);
  void check_record(std::string_view key, std::string_view value);
  void check_refs();
  void check_places();
  void check_missing();
  void check_marks();

  [[nodiscard]] std::optional<domain::ticket>
  fold_of(const ticket_map::value_type& entry) const {
    return decode_ticket(domain::ticket_id{entry.first}, entry.second.state);
  }

  const row_reader& rows_;
  const verify_options& options_;
  verify_report report_;
  ticket_map tickets_;
  std::unordered_map<std::string, replayed_record> records_;
  std::uint64_t activities_ = 0;
  /// Message rows that are not as they were written first; an edit explains
  /// them.
  std::unordered_map<std::string, domain::uuid> odd_messages_;
  std::uint64_t next_offset_ = 1;
  marks_verification marks_{rows_};
};

// -- events -------------------------------------------------------------------

void verification::replay_events() {
  rows_.scan(family::events, {}, {},
             [this](std::string_view key, std::string_view value) {
               replay_block(key, value);
               return true;
             });
  report_.tickets = tickets_.size();
}

void verification::replay_block(std::string_view key, std::string_view value) {
  const std::uint64_t first = keys::read_u64(key);
  const auto block = parse_event_block(value);
  if (!block || static_cast<std::uint64_t>(block->first) != first) {
    problem("the events from offset " + std::to_string(first)
            + " cannot be read");
    return;
  }
  if (first != next_offset_)
    problem("the events from offset " + std::to_string(next_offset_) + " to "
            + std::to_string(first) + " are missing or doubled");
  next_offset_ = first;
  for (const auto event : block->events)
    replay_event(domain::offset{next_offset_++}, event);
}

void verification::replay_event(domain::offset at, std::string_view bytes) {
  if (++report_.events % progress_step == 0 && options_.progress)
    options_.progress(report_.events);
  const auto stored = decode_event(bytes);
  if (!stored && replay_record(bytes))
    return;
  if (!stored) {
    problem("the event at offset "
            + std::to_string(static_cast<std::uint64_t>(at))
            + " cannot be read");
    return;
  }
  const auto& event = stored->event;
  const bool creates
    = std::holds_alternative<domain::ticket_created>(event.fact);
  const auto known = tickets_.find(stored->entity);
  std::optional<domain::ticket> before;
  if (known != tickets_.end())
    before = fold_of(*known);
  const std::uint64_t last
    = before ? static_cast<std::uint64_t>(before->last_event) : 0;
  if (creates == before.has_value()
      || static_cast<std::uint64_t>(event.number) != last + 1) {
    problem(stored->entity,
            "event " + std::to_string(static_cast<std::uint64_t>(event.number))
              + " does not follow event " + std::to_string(last));
    return;
  }
  std::optional<domain::ticket> after = before;
  domain::apply(after, event);
  const changes made = ticket_changes(before, *after, std::span{&event, 1});
  check_projection(made);
  tickets_[stored->entity].state = made.entity->state;
}

/// An event of a record or a problem: it replaces what was before.
bool verification::replay_record(std::string_view bytes) {
  std::optional<record_event> saved = decode_record_event(bytes);
  domain::entity_kind kind{};
  domain::uuid entity;
  domain::sequence number{};
  if (saved) {
    kind = saved->kind;
    entity = saved->entity;
    number = saved->number;
  } else if (const auto error = decode_error_event(bytes)) {
    kind = domain::entity_kind::problem;
    entity = error->id;
    number = error->number;
  } else {
    return false;
  }
  auto& known = records_[keys::entity(kind, entity)];
  if (static_cast<std::uint64_t>(number)
      != static_cast<std::uint64_t>(known.last) + 1)
    problem("an event of a record does not follow the one before");
  known.last = number;
  if (saved)
    known.state = record_state(*saved);
  return true;
}

void verification::check_record(std::string_view key, std::string_view value) {
  const auto found = records_.find(std::string{key});
  if (found == records_.end()) {
    problem("a state row has no events");
    return;
  }
  found->second.has_state_row = true;
  const auto& state = found->second.state;
  if (last_event_of(value) != found->second.last || (state && *state != value))
    problem("the state row of a record is not what its events make");
}

/// Rows of activities never change once they are written, and those of messages
/// and marks only by later events of the same ticket, so they are held at once
/// against the event that made them.
void verification::check_projection(const changes& what) {
  std::string value;
  for (const auto& row : what.rows) {
    if (row.where == family::activities) {
      ++activities_;
      if (!rows_.get(row.where, row.key, value) || value != *row.value)
        problem(what.entity->id, "the row of an activity is missing or wrong");
    }
    if (row.where == family::messages)
      check_message_row(what, row);
    if (row.where == family::marks)
      marks_.replay(what.entity->id, row);
  }
}

void verification::check_message_row(const changes& what,
                                     const row_change& row) {
  const std::uint32_t number
    = keys::read_u32(std::string_view{row.key}.substr(uuid_size));
  const domain::message_sequence sequence{number};
  const auto made = decode_message_row(sequence, *row.value);
  report_.messages += made && !made->edited_at ? 1U : 0U;
  std::string value;
  if (!rows_.get(row.where, row.key, value))
    problem(what.entity->id,
            "the row of message " + std::to_string(number) + " is missing");
  else if (decode_message_row(sequence, value) == made)
    odd_messages_.erase(row.key);
  else
    odd_messages_.insert_or_assign(row.key, what.entity->id);
}

// -- rows that every ticket has -----------------------------------------------

void verification::check_states() {
  rows_.scan(
    family::entities, {}, {},
    [this](std::string_view key, std::string_view value) {
      if (key.front() != static_cast<char>(domain::entity_kind::ticket)) {
        check_record(key, value);
        return true;
      }
      const auto id = domain::uuid_from_bytes(key.substr(1));
      const auto entry = id ? tickets_.find(*id) : tickets_.end();
      if (entry == tickets_.end()) {
        problem("a state row has no events"
                + (id ? ": ticket " + domain::to_string(*id) : std::string{}));
        return true;
      }
      if (!is_fold(decode_ticket(domain::ticket_id{*id}, value),
                   fold_of(*entry)))
        problem(*id, "its state row is not what its events make");
      entry->second.has_state_row = true;
      return true;
    });
}

void verification::check_telegram_places() {
  rows_.scan(
    family::places, {}, {},
    [this](std::string_view key, std::string_view value) {
      const auto shown = decode_place_row(value);
      if (!shown || !is_place_key(key))
        problem("a place at Telegram cannot be read");
      else if (!tickets_.contains(shown->ticket.value))
        problem("a place at Telegram shows a ticket that is not there");
      return true;
    });
}

void verification::check_messages() {
  for (const auto& [key, id] : odd_messages_)
    problem(id, "the row of message "
                  + std::to_string(
                    keys::read_u32(std::string_view{key}.substr(uuid_size)))
                  + " is wrong");
  domain::uuid current;
  std::uint32_t last = 0;
  rows_.scan(
    family::messages, {}, {}, [&](std::string_view key, std::string_view) {
      const auto id = domain::uuid_from_bytes(key.substr(0, uuid_size));
      if (!id || key.size() != uuid_size + sizeof(std::uint32_t)) {
        problem("a message row has a key that is none");
        return true;
      }
      if (*id != current) {
        current = *id;
        const auto entry = tickets_.find(current);
        const auto ticket
          = entry == tickets_.end() ? std::nullopt : fold_of(*entry);
        last = ticket ? static_cast<std::uint32_t>(ticket->last_message) : 0;
      }
      const std::uint32_t number = keys::read_u32(key.substr(uuid_size));
      if (number == 0 || number > last)
        problem(current, "the row of message " + std::to_string(number)
                           + " has no event");
      return true;
    });
}

/// Each row that is there has been compared; what is too many shows in the
/// number of rows.
void verification::check_activities() {
  std::uint64_t count = 0;
  rows_.scan(family::activities, {}, {},
             [&](std::string_view, std::string_view) {
               ++count;
               return true;
             });
  if (count > activities_)
    problem(std::to_string(count - activities_)
            + " rows of activities have no event");
}

void verification::check_index() {
  rows_.scan(family::index, {}, {},
             [&](std::string_view key, std::string_view value) {
               check_index_row(key, value);
               return true;
             });
}

void verification::check_index_row(std::string_view key,
                                   std::string_view value) {
  // The row of a number names its ticket in the value, all others in the key.
  const auto id = domain::uuid_from_bytes(
    value.empty() ? key.substr(key.size() - std::min(key.size(), uuid_size))
                  : value);
  const auto entry = id ? tickets_.find(*id) : tickets_.end();
  const auto ticket = entry == tickets_.end() ? std::nullopt : fold_of(*entry);
  if (ticket)
    for (const auto& row : index_rows(*ticket))
      if (row.key == key && row.value == value) {
        ++entry->second.index_rows;
        return;
      }
  problem("an index row stands where no ticket is"
          + (id ? ": ticket " + domain::to_string(*id) : std::string{}));
}

void verification::check_refs() {
  const std::string prefix = keys::unique(ref_scope, {});
  rows_.scan(
    family::unique, prefix, keys::after_prefix(prefix),
    [&](std::string_view key, std::string_view value) {
      const auto id = domain::uuid_from_bytes(keys::after_expiry(value));
      const auto entry = id ? tickets_.find(*id) : tickets_.end();
      const auto ticket
        = entry == tickets_.end() ? std::nullopt : fold_of(*entry);
      if (!ticket || ticket->ref != key.substr(prefix.size()))
        problem("a ref names a ticket that does not have it"
                + (id ? ": ticket " + domain::to_string(*id) : std::string{}));
      else
        entry->second.has_ref_row = true;
      return true;
    });
}

void verification::check_marks() {
  marks_.finish(
    [this](const domain::uuid& id) { return tickets_.contains(id); },
    [this](const domain::uuid& id, std::string_view text) {
      if (id == domain::uuid{})
        problem(std::string{text});
      else
        problem(id, text);
    });
}

/// The lists of the sessions' tickets.
void verification::check_places() {
  const std::string prefix = keys::unique(session_ticket_scope, {});
  rows_.scan(
    family::unique, prefix, keys::after_prefix(prefix),
    [&](std::string_view key, std::string_view value) {
      const auto id = domain::uuid_from_bytes(keys::after_expiry(value));
      const auto entry = id ? tickets_.find(*id) : tickets_.end();
      const auto ticket
        = entry == tickets_.end() ? std::nullopt : fold_of(*entry);
      if (!ticket || !ticket->session
          || place_key(*ticket->session) != key.substr(prefix.size()))
        problem("a session lists a ticket that is not its own"
                + (id ? ": ticket " + domain::to_string(*id) : std::string{}));
      else
        entry->second.has_place_row = true;
      return true;
    });
}

void verification::check_missing() {
  for (const auto& entry : tickets_) {
    const auto& [id, seen] = entry;
    if (!seen.has_state_row)
      problem(id, "its state row is missing");
    const auto ticket = fold_of(entry);
    if (ticket && seen.index_rows < index_rows(*ticket).size())
      problem(id, "an index row of it is missing");
    if (!seen.has_ref_row)
      problem(id, "the claim of its ref is missing");
    if (ticket && ticket->session && !seen.has_place_row)
      problem(id, "its session does not list it");
  }
  for (const auto& [key, record] : records_)
    if (!record.has_state_row)
      problem("the state row of a record is missing");
}

} // namespace

verify_report verify(const row_reader& rows, const verify_options& options) {
  return verification{rows, options}.run();
}

} // namespace switchboard::persistence
