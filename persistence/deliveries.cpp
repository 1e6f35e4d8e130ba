#include "persistence/deliveries.hpp"

#include "persistence/keys.hpp"

namespace switchboard::persistence {

namespace {

void add_attempt(changes& out, const delivery& what, const attempt& tried,
                 attempt_listing listing) {
  std::string value;
  keys::append_expiry(value, tried.at + attempt_life);
  std::string listed = value;
  value += encode_attempt_row(tried);
  out.rows.push_back(
    {family::attempts, keys::attempt(what.id, tried.number), std::move(value)});
  if (listing == attempt_listing::by_delivery)
    return;
  listed += encode_lane_attempt_row(what);
  out.rows.push_back(
    {family::attempts,
     keys::lane_attempt(what.lane, tried.at, what.id, tried.number),
     std::move(listed)});
}

row_change outbox_change(const delivery& what, std::optional<std::string> row) {
  return {family::outbox, keys::outbox(what.lane, what.id), std::move(row)};
}

/// The range of a lane's keys after `after`.
struct lane_range {
  std::string from;
  std::string to;
};

lane_range range_of(std::string_view lane, delivery_id after) {
  std::string prefix{lane};
  prefix.push_back('\0');
  return {
    keys::outbox(lane, delivery_id{static_cast<std::uint64_t>(after) + 1}),
    keys::after_prefix(prefix)};
}

} // namespace

std::uint32_t next_attempt(const delivery& what) noexcept {
  return what.attempts_before + what.attempts + 1;
}

changes settle_delivered(const delivery& what, const attempt& tried,
                         attempt_listing listing) {
  changes out;
  out.rows.push_back(outbox_change(what, std::nullopt));
  add_attempt(out, what, tried, listing);
  return out;
}

namespace {

changes put_off(delivery again, const attempt& tried, domain::timestamp next_at,
                attempt_listing listing) {
  again.next_at = next_at;
  changes out;
  out.rows.push_back(outbox_change(again, encode_outbox_row(again)));
  add_attempt(out, again, tried, listing);
  return out;
}

} // namespace

changes settle_retry(const delivery& what, const attempt& tried,
                     domain::timestamp next_at, attempt_listing listing) {
  auto again = what;
  ++again.attempts;
  return put_off(std::move(again), tried, next_at, listing);
}

changes settle_slowed(const delivery& what, const attempt& tried,
                      domain::timestamp next_at, attempt_listing listing) {
  auto again = what;
  ++again.attempts_before;
  return put_off(std::move(again), tried, next_at, listing);
}

changes settle_dead(const delivery& what, const attempt& tried,
                    std::string reason, domain::timestamp now,
                    attempt_listing listing) {
  delivery last = what;
  last.attempts = what.attempts + 1;
  const dead_letter letter{std::move(last), std::move(reason), now};
  changes out;
  out.rows.push_back(outbox_change(what, std::nullopt));
  out.rows.push_back({family::dead_letters, keys::dead_letter(what.id),
                      encode_dead_letter_row(letter)});
  add_attempt(out, what, tried, listing);
  return out;
}

changes replay(const dead_letter& letter, domain::timestamp now) {
  delivery again = letter.what;
  again.attempts_before += again.attempts;
  again.attempts = 0;
  again.next_at = now;
  changes out;
  out.rows.push_back(
    {family::dead_letters, keys::dead_letter(again.id), std::nullopt});
  out.rows.push_back(outbox_change(again, encode_outbox_row(again)));
  return out;
}

changes purge_lane(const row_reader& rows, std::string_view lane,
                   std::size_t max) {
  changes out;
  if (max == 0)
    return out;
  const auto range = range_of(lane, delivery_id{});
  rows.scan(
    family::outbox, range.from, range.to,
    [&](std::string_view key, std::string_view) {
      out.rows.push_back({family::outbox, std::string{key}, std::nullopt});
      return out.rows.size() < max;
    });
  return out;
}

std::vector<std::string> delivery_views::lanes() const {
  std::vector<std::string> found;
  std::string from;
  for (bool more = true; more;) {
    more = false;
    rows_.scan(family::outbox, from, {},
               [&](std::string_view key, std::string_view) {
                 const auto parsed = keys::parse_outbox(key);
                 // A key that is none of ours: step over it.
                 from.assign(key).push_back('\0');
                 if (parsed) {
                   found.emplace_back(parsed->lane);
                   from = range_of(parsed->lane, delivery_id{}).to;
                 }
                 more = true;
                 return false;
               });
  }
  return found;
}

std::vector<delivery> delivery_views::read(std::string_view lane,
                                           delivery_id after,
                                           std::size_t max) const {
  std::vector<delivery> found;
  if (max == 0)
    return found;
  const auto range = range_of(lane, after);
  rows_.scan(family::outbox, range.from, range.to,
             [&](std::string_view key, std::string_view value) {
               if (const auto parsed = keys::parse_outbox(key))
                 if (auto row = decode_outbox_row(lane, parsed->id, value))
                   found.push_back(std::move(*row));
               return found.size() < max;
             });
  return found;
}

std::optional<delivery> delivery_views::find(std::string_view lane,
                                             delivery_id id) const {
  std::string value;
  if (!rows_.get(family::outbox, keys::outbox(lane, id), value))
    return std::nullopt;
  return decode_outbox_row(lane, id, value);
}

lane_backlog delivery_views::backlog(std::string_view lane,
                                     std::size_t max) const {
  lane_backlog out;
  const auto range = range_of(lane, delivery_id{});
  rows_.scan(family::outbox, range.from, range.to,
             [&](std::string_view, std::string_view value) {
               if (out.depth++ == 0)
                 if (const auto row = decode_outbox_row(lane, {}, value))
                   out.oldest = row->created_at;
               return out.depth < max;
             });
  return out;
}

std::vector<dead_letter> delivery_views::dead_letters(delivery_id after,
                                                      std::size_t max) const {
  std::vector<dead_letter> found;
  if (max == 0)
    return found;
  rows_.scan(
    family::dead_letters, keys::u64(static_cast<std::uint64_t>(after) + 1), {},
    [&](std::string_view key, std::string_view value) {
      if (auto letter
          = decode_dead_letter_row(delivery_id{keys::read_u64(key)}, value))
        found.push_back(std::move(*letter));
      return found.size() < max;
    });
  return found;
}

std::vector<dead_letter>
delivery_views::dead_letters_of(std::string_view lane, delivery_id after,
                                std::size_t max) const {
  std::vector<dead_letter> found;
  if (max == 0)
    return found;
  rows_.scan(
    family::dead_letters, keys::u64(static_cast<std::uint64_t>(after) + 1), {},
    [&](std::string_view key, std::string_view value) {
      if (lane_of_dead_letter(value) == lane)
        if (auto letter
            = decode_dead_letter_row(delivery_id{keys::read_u64(key)}, value))
          found.push_back(std::move(*letter));
      return found.size() < max;
    });
  return found;
}

std::optional<dead_letter>
delivery_views::find_dead_letter(delivery_id id) const {
  std::string value;
  if (!rows_.get(family::dead_letters, keys::dead_letter(id), value))
    return std::nullopt;
  return decode_dead_letter_row(id, value);
}

std::vector<attempt> delivery_views::attempts(delivery_id id,
                                              std::size_t max) const {
  std::vector<attempt> found;
  if (max == 0)
    return found;
  const std::string prefix = keys::u64(static_cast<std::uint64_t>(id));
  rows_.scan(family::attempts, prefix, keys::after_prefix(prefix),
             [&](std::string_view key, std::string_view value) {
               if (auto tried = decode_attempt_row(
                     keys::read_u32(key.substr(prefix.size())),
                     keys::after_expiry(value)))
                 found.push_back(std::move(*tried));
               return found.size() < max;
             });
  return found;
}

std::optional<attempt>
delivery_views::find_attempt(delivery_id id, std::uint32_t number) const {
  std::string value;
  if (!rows_.get(family::attempts, keys::attempt(id, number), value))
    return std::nullopt;
  return decode_attempt_row(number, keys::after_expiry(value));
}

std::vector<lane_attempt>
delivery_views::lane_attempts(std::string_view lane,
                              std::optional<attempt_position> before,
                              std::size_t max) const {
  std::vector<lane_attempt> found;
  if (max == 0)
    return found;
  const std::string prefix = keys::lane_attempts_of(lane);
  const std::string to = before ? keys::lane_attempt(
                           lane, before->at, before->delivery, before->number)
                                : prefix + std::string(1, '\xff');
  rows_.scan_back(family::attempts, prefix, to,
                  [&](std::string_view key, std::string_view value) {
                    const auto parsed = keys::parse_lane_attempt(key);
                    if (!parsed)
                      return true;
                    auto row = decode_lane_attempt_row(
                      parsed->id, keys::after_expiry(value));
                    // Both rows expire at one moment, but may be swept at
                    // different ones.
                    auto tried = find_attempt(parsed->id, parsed->number);
                    if (row && tried) {
                      row->tried = std::move(*tried);
                      found.push_back(std::move(*row));
                    }
                    return found.size() < max;
                  });
  return found;
}

std::optional<lane_attempt>
delivery_views::find_lane_attempt(std::string_view lane, delivery_id id) const {
  const std::string prefix = keys::u64(static_cast<std::uint64_t>(id));
  std::optional<lane_attempt> found;
  rows_.scan_back(
    family::attempts, prefix, keys::after_prefix(prefix),
    [&](std::string_view key, std::string_view value) {
      auto tried = decode_attempt_row(keys::read_u32(key.substr(prefix.size())),
                                      keys::after_expiry(value));
      std::string listed;
      if (!tried
          || !rows_.get(family::attempts,
                        keys::lane_attempt(lane, tried->at, id, tried->number),
                        listed))
        return true;
      found = decode_lane_attempt_row(id, keys::after_expiry(listed));
      if (found)
        found->tried = std::move(*tried);
      return !found.has_value();
    });
  return found;
}

} // namespace switchboard::persistence
