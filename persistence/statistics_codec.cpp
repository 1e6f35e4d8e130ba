#include "persistence/codec_fields.hpp"
#include "persistence/statistics.hpp"

#include <algorithm>

namespace switchboard::persistence {

using namespace fields;

namespace {

/// Goes up when the rules of the fold change: rows of older rules are made
/// anew.
constexpr std::uint64_t fold_version = 1;

template <class Counts>
void write_counts(wire_writer& out, std::uint32_t field, const Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0)
      out.nested(field, [&](wire_writer& in) {
        in.number(1, i);
        in.number(2, counts[i]);
      });
}

void write_flow(wire_writer& out, std::int64_t index, const flow_count& flow) {
  out.number(1, static_cast<std::uint64_t>(index));
  out.number(2, flow.created);
  out.number(3, flow.resolved);
}

/// Reads a `Count` and hands it to `add(index, count)` if there is such an
/// index.
template <class Add>
void read_count(wire_reader& outer, std::size_t size, Add add) {
  std::uint64_t index = 0;
  std::uint64_t count = 0;
  read_fields(outer, outer.bytes(), [&](wire_reader& in) {
    switch (in.field()) {
      case 1: index = in.number(); break;
      case 2: count = in.number(); break;
      default: break;
    }
  });
  if (index < size)
    add(static_cast<std::size_t>(index), count);
  else
    outer.mark_damaged();
}

template <std::size_t Size>
void read_into(wire_reader& outer, std::array<std::uint64_t, Size>& counts) {
  read_count(outer, Size, [&](std::size_t index, std::uint64_t count) {
    if (index == 0)
      outer.mark_damaged(); // no enumeration has it
    counts.at(index) = count;
  });
}

void read_into(wire_reader& outer, duration_histogram& durations) {
  read_count(outer, duration_histogram::size_max,
             [&](std::size_t bucket, std::uint64_t count) {
               durations.add_to_bucket(bucket, count);
             });
}

/// The number in `field` of a message; 0: there is none.
std::uint64_t number_in(std::string_view bytes, std::uint32_t field) noexcept {
  std::uint64_t found = 0;
  wire_reader in{bytes};
  while (in.next())
    if (in.field() == field)
      found = in.number();
  return found;
}

/// Looks into a `MessageAdded`.
bool is_of_staff(std::string_view bytes) noexcept {
  bool found = false;
  wire_reader in{bytes};
  while (in.next())
    if (in.field() == 2)
      found = domain::is_staff(
        static_cast<domain::sender_role>(number_in(in.bytes(), 2)));
  return found;
}

/// Whether the entries rise by `key` and are not more than `max`.
template <class List, class Key>
bool is_proper(const List& entries, Key key, std::size_t max) {
  return entries.size() <= max
         && std::ranges::adjacent_find(entries, std::ranges::greater_equal{},
                                       key)
              == entries.end();
}

} // namespace

/// Knows the insides of the fold, so that nobody else has to.
class statistics_codec {
public:
  static void write(wire_writer& out, const statistics& what) {
    write_counts(out, 3, what.by_status_);
    write_counts(out, 4, what.by_priority_);
    write_counts(out, 5, what.by_channel_);
    for (const auto& agent : what.agents_)
      out.nested(6, [&](wire_writer& in) {
        in.number(1, code(agent.agent));
        in.number(2, agent.open);
        in.number(3, agent.total);
      });
    for (const auto& [index, flow] : what.hours_)
      out.nested(7,
                 [&, i = index](wire_writer& in) { write_flow(in, i, flow); });
    for (const auto& [index, day] : what.days_)
      out.nested(8, [&, i = index](wire_writer& in) {
        write_flow(in, i, day.flow);
        write_counts(in, 4, day.first_response.buckets());
        write_counts(in, 5, day.resolution.buckets());
      });
    for (const auto& kind : what.deliveries_)
      out.nested(9, [&](wire_writer& in) {
        in.text(1, kind.kind);
        in.number(2, kind.delivered);
        in.number(3, kind.failed_attempts);
        in.number(4, kind.dead);
      });
  }

  /// Reads the current field into `out`, if it is one of the fold's.
  static void read(wire_reader& in, statistics& out) {
    switch (in.field()) {
      case 3: read_into(in, out.by_status_); break;
      case 4: read_into(in, out.by_priority_); break;
      case 5: read_into(in, out.by_channel_); break;
      case 6: read_agent(in, out.agents_.emplace_back()); break;
      case 7: read_hour(in, out); break;
      case 8: read_day(in, out); break;
      case 9: read_deliveries(in, out.deliveries_.emplace_back()); break;
      default: break;
    }
  }

  static bool is_proper(const statistics& what) {
    using persistence::is_proper;
    return is_proper(what.agents_, &agent_count::agent, counted_agents_max)
           && is_proper(what.deliveries_, &delivery_count::kind,
                        counted_kinds_max)
           && what.hours_.size() <= 2 * counted_hours
           && what.days_.size() <= 2 * counted_days;
  }

private:
  static void read_agent(wire_reader& outer, agent_count& out) {
    read_fields(outer, outer.bytes(), [&](wire_reader& in) {
      switch (in.field()) {
        case 1: out.agent = domain::user_id{in.number()}; break;
        case 2: out.open = in.number(); break;
        case 3: out.total = in.number(); break;
        default: break;
      }
    });
  }

  static void read_flow(wire_reader& in, std::int64_t& index, flow_count& out) {
    switch (in.field()) {
      case 1: index = static_cast<std::int64_t>(in.number()); break;
      case 2: out.created = in.number(); break;
      case 3: out.resolved = in.number(); break;
      default: break;
    }
  }

  static void read_hour(wire_reader& outer, statistics& out) {
    std::int64_t index = 0;
    flow_count flow;
    read_fields(outer, outer.bytes(),
                [&](wire_reader& in) { read_flow(in, index, flow); });
    out.hours_.insert_or_assign(index, flow);
  }

  static void read_day(wire_reader& outer, statistics& out) {
    std::int64_t index = 0;
    statistics::day_figures day;
    read_fields(outer, outer.bytes(), [&](wire_reader& in) {
      switch (in.field()) {
        case 4: read_into(in, day.first_response); break;
        case 5: read_into(in, day.resolution); break;
        default: read_flow(in, index, day.flow); break;
      }
    });
    out.days_.insert_or_assign(index, std::move(day));
  }

  static void read_deliveries(wire_reader& outer, delivery_count& out) {
    read_fields(outer, outer.bytes(), [&](wire_reader& in) {
      switch (in.field()) {
        case 1: fields::read(in, out.kind); break;
        case 2: out.delivered = in.number(); break;
        case 3: out.failed_attempts = in.number(); break;
        case 4: out.dead = in.number(); break;
        default: break;
      }
    });
  }
};

std::string encode_statistics(const statistics_row& row) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, fold_version);
  out.number(2, code(row.last));
  statistics_codec::write(out, row.figures);
  return bytes;
}

std::optional<statistics_row> decode_statistics(std::string_view bytes) {
  statistics_row row;
  std::uint64_t version = 0;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case 1: version = in.number(); break;
      case 2: row.last = domain::offset{in.number()}; break;
      default: statistics_codec::read(in, row.figures); break;
    }
  if (in.damaged() || version != fold_version
      || !statistics_codec::is_proper(row.figures))
    return std::nullopt;
  return row;
}

bool may_count(std::string_view event) noexcept {
  wire_reader in{event};
  while (in.next())
    switch (in.field()) {
      case 10: // ticket_created
      case 12: // status_changed
      case 13: // assignee_changed
      case 14: // priority_changed
        return true;
      case 11: // message_added
        return is_of_staff(in.bytes());
      default: break;
    }
  return false;
}

} // namespace switchboard::persistence
