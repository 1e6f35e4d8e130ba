#include "persistence/ticket_views.hpp"

#include "persistence/keys.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/ticket_changes.hpp"

#include <algorithm>
#include <charconv>

namespace switchboard::persistence {

namespace {

constexpr std::string_view key_head = "TICK-";
constexpr std::size_t key_tail_size = 8; // hexadecimal digits of 32 bits
constexpr std::size_t id_tail_size = 4;  // the same in bytes
constexpr std::uint64_t millis_max = (std::uint64_t{1} << 48U) - 1;
// Up to here single reads beat an iterator.
constexpr std::uint32_t point_reads_max = 8;

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text, int base) {
  Integer value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

bool starts_with_key_head(std::string_view text) {
  return text.size() > key_head.size()
         && std::equal(key_head.begin(), key_head.end(), text.begin(),
                       [](char upper, char c) {
                         return c == upper
                                || c == static_cast<char>(upper | 0x20);
                       });
}

/// The prefix of the entity keys of all tickets made in one millisecond.
std::string millisecond_prefix(std::uint64_t millis) {
  std::string prefix(1, static_cast<char>(domain::entity_kind::ticket));
  prefix += std::string_view{keys::u64(millis)}.substr(2);
  return prefix;
}

} // namespace

std::optional<domain::ticket> ticket_views::load(domain::ticket_id id) const {
  thread_local std::string value;
  if (!rows_.get(family::entities, keys::ticket(id), value))
    return std::nullopt;
  return decode_ticket(id, value);
}

std::optional<domain::ticket_id>
ticket_views::find_ref(std::string_view ref) const {
  const std::string known = domain::normalize_ticket_ref(ref);
  thread_local std::string value;
  if (known.empty()
      || !rows_.get(family::unique, keys::unique(ref_scope, known), value))
    return std::nullopt;
  const auto id = domain::uuid_from_bytes(keys::after_expiry(value));
  return id ? std::optional{domain::ticket_id{*id}} : std::nullopt;
}

std::optional<domain::ticket_id>
ticket_views::find_number(domain::ticket_number number) const {
  thread_local std::string value;
  if (!rows_.get(family::index, keys::number(number), value))
    return std::nullopt;
  const auto id = domain::uuid_from_bytes(value);
  return id ? std::optional{domain::ticket_id{*id}} : std::nullopt;
}

std::optional<domain::ticket_id>
ticket_views::find_key(std::string_view key) const {
  if (!starts_with_key_head(key))
    return std::nullopt;
  key.remove_prefix(key_head.size());
  const std::size_t dash = key.find('-');
  if (dash == std::string_view::npos || key.size() != dash + 1 + key_tail_size)
    return std::nullopt;
  const auto millis = parse_integer<std::uint64_t>(key.substr(0, dash), 36);
  const auto tail = parse_integer<std::uint32_t>(key.substr(dash + 1), 16);
  if (!millis || *millis > millis_max || !tail)
    return std::nullopt;
  const std::string from = millisecond_prefix(*millis);
  std::optional<domain::ticket_id> found;
  rows_.scan(
    family::entities, from, keys::after_prefix(from),
    [&](std::string_view row, std::string_view) {
      if (keys::read_u32(row.substr(row.size() - id_tail_size)) == *tail)
        if (const auto id = domain::uuid_from_bytes(row.substr(1)))
          found = domain::ticket_id{*id};
      return !found;
    });
  return found;
}

std::optional<domain::ticket_id>
ticket_views::find_any_name(std::string_view name) const {
  if (const auto id = domain::parse_uuid(name)) {
    const domain::ticket_id ticket{*id};
    return exists(ticket) ? std::optional{ticket} : std::nullopt;
  }
  const std::string_view digits = name.starts_with('#') ? name.substr(1) : name;
  if (const auto number = parse_integer<std::uint64_t>(digits, 10))
    return find_number(domain::ticket_number{*number});
  if (starts_with_key_head(name))
    return find_key(name);
  return find_ref(name);
}

std::vector<message_row> ticket_views::messages(domain::ticket_id id,
                                                domain::message_sequence after,
                                                std::size_t max) const {
  auto found = read_messages(id, after, max);
  thread_local std::string state;
  if (!found.empty() && rows_.get(family::entities, keys::ticket(id), state)
      && is_marked_state(state))
    add_marks(id, found);
  return found;
}

std::vector<message_row> ticket_views::read_messages(
  domain::ticket_id id, domain::message_sequence after, std::size_t max) const {
  std::vector<message_row> found;
  if (max == 0 || static_cast<std::uint32_t>(after) + 1 == 0)
    return found;
  const domain::message_sequence first{static_cast<std::uint32_t>(after) + 1};
  rows_.scan(family::messages, keys::message(id, first),
             keys::after_prefix(id.value.view()),
             [&](std::string_view key, std::string_view value) {
               const domain::message_sequence number{
                 keys::read_u32(key.substr(key.size() - id_tail_size))};
               if (auto row = decode_message_row(number, value))
                 found.push_back(std::move(*row));
               return found.size() < max;
             });
  return found;
}

std::vector<message_row> ticket_views::messages(const domain::ticket& ticket,
                                                domain::message_sequence after,
                                                std::size_t max) const {
  const auto from = static_cast<std::uint32_t>(after);
  const auto last = static_cast<std::uint32_t>(ticket.last_message);
  if (from >= last || max == 0)
    return {};
  const auto count
    = static_cast<std::uint32_t>(std::min<std::size_t>(last - from, max));
  auto found = count > point_reads_max ? read_messages(ticket.id, after, count)
                                       : read_few(ticket.id, after, count);
  if (ticket.is_marked)
    add_marks(ticket.id, found);
  return found;
}

std::vector<message_row> ticket_views::read_few(const domain::ticket_id& id,
                                                domain::message_sequence after,
                                                std::uint32_t count) const {
  const auto from = static_cast<std::uint32_t>(after);
  std::vector<message_row> found;
  found.reserve(count);
  thread_local std::string value;
  for (std::uint32_t i = from + 1; i <= from + count; ++i) {
    const domain::message_sequence number{i};
    if (rows_.get(family::messages, keys::message(id, number), value))
      if (auto row = decode_message_row(number, value))
        found.push_back(std::move(*row));
  }
  return found;
}

void ticket_views::add_marks(const domain::ticket_id& id,
                             std::vector<message_row>& to) const {
  if (to.empty())
    return;
  auto marks
    = mark_views{rows_}.of_range(id, to.front().number, to.back().number);
  auto row = to.begin();
  for (auto& [number, mark] : marks) {
    while (row != to.end() && row->number < number)
      ++row;
    if (row == to.end())
      break;
    if (row->number != number)
      continue;
    row->marks = std::move(mark);
    if (row->marks.deleted_at) {
      row->message.body.clear();
      row->message.media_url.clear();
      row->message.attachments.clear();
    }
  }
}

std::vector<domain::ticket_event>
ticket_views::activities(domain::ticket_id id, domain::sequence after,
                         std::size_t max) const {
  std::vector<domain::ticket_event> found;
  const domain::sequence first{static_cast<std::uint64_t>(after) + 1};
  if (max == 0 || first == domain::sequence{})
    return found;
  rows_.scan(family::activities, keys::activity(id, first),
             keys::after_prefix(id.value.view()),
             [&](std::string_view, std::string_view value) {
               if (auto stored = decode_event(value))
                 found.push_back(std::move(stored->event));
               return found.size() < max;
             });
  return found;
}

domain::ticket_number ticket_views::last_number() const {
  const std::string prefix = keys::number(domain::ticket_number{}).substr(0, 1);
  std::uint64_t last = 0;
  rows_.scan_back(family::index, prefix, keys::after_prefix(prefix),
                  [&](std::string_view key, std::string_view) {
                    last = keys::read_u64(key.substr(prefix.size()));
                    return false;
                  });
  return domain::ticket_number{last};
}

bool ticket_views::exists(const domain::ticket_id& id) const {
  std::string value;
  return rows_.get(family::entities, keys::ticket(id), value);
}

} // namespace switchboard::persistence
