#include "persistence/ticket_queue.hpp"

#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>

namespace switchboard::persistence {

namespace {

constexpr std::size_t refill_size = 64;

constexpr std::array urgencies{domain::priority::urgent, domain::priority::high,
                               domain::priority::medium, domain::priority::low};

/// The places of one queue behind one of them, read in pieces.
class place_run {
public:
  place_run(const row_reader& rows, domain::status waits,
            std::vector<domain::priority> wanted,
            const std::optional<queue_place>& after)
    : rows_{rows}, waits_{waits}, wanted_{std::move(wanted)} {
    if (after) {
      // The queue is read from the most urgent on.
      std::erase_if(wanted_,
                    [&](auto urgency) { return urgency > after->urgency; });
      if (!wanted_.empty() && wanted_.front() == after->urgency)
        from_ = keys::waiting(waits_, after->urgency, after->since, after->id)
                  .append(1, '\0');
    }
  }

  std::optional<queue_place> next() {
    while (at_ == places_.size())
      if (!refill())
        return std::nullopt;
    return places_[at_++];
  }

private:
  bool refill() {
    if (wanted_.empty())
      return false;
    const auto urgency = wanted_.front();
    const auto prefix = keys::waiting_of(waits_, urgency);
    if (from_.empty())
      from_ = prefix;
    places_.clear();
    at_ = 0;
    std::string last;
    std::size_t seen = 0;
    rows_.scan(family::index, from_, keys::after_prefix(prefix),
               [&](std::string_view key, std::string_view) {
                 if (const auto found = keys::parse_waiting(key))
                   places_.push_back({urgency, found->since, found->id});
                 last = key;
                 return ++seen < refill_size;
               });
    if (seen < refill_size) {
      wanted_.erase(wanted_.begin());
      from_.clear();
    } else {
      from_ = last.append(1, '\0');
    }
    return true;
  }

  const row_reader& rows_;
  domain::status waits_;
  std::vector<domain::priority> wanted_; ///< not read to their ends yet
  std::string from_;                     ///< empty: from the front of its first
  std::vector<queue_place> places_;
  std::size_t at_ = 0;
};

std::vector<domain::priority> wanted_urgencies(const ticket_filter& filter) {
  std::vector<domain::priority> out;
  for (const auto urgency : urgencies)
    if (filter.urgencies.empty()
        || std::find(filter.urgencies.begin(), filter.urgencies.end(), urgency)
             != filter.urgencies.end())
      out.push_back(urgency);
  return out;
}

/// When the ticket came to its status, as its activities tell.
domain::timestamp last_move(const row_reader& rows,
                            const domain::ticket& ticket) {
  auto out = ticket.created_at;
  const std::string prefix{ticket.id.value.view()};
  rows.scan_back(
    family::activities, prefix, keys::after_prefix(prefix),
    [&](std::string_view, std::string_view value) {
      const auto event = decode_event(value);
      if (!event
          || !std::holds_alternative<domain::status_changed>(event->event.fact))
        return true;
      out = event->event.at;
      return false;
    });
  return out;
}

} // namespace

std::optional<queue_place> place_in_queue(const domain::ticket& ticket) {
  if (ticket.state == domain::status::pending)
    return queue_place{ticket.urgency,
                       ticket.waiting_since.value_or(ticket.created_at),
                       ticket.id};
  if (ticket.state == domain::status::escalated)
    return queue_place{ticket.urgency, ticket.created_at, ticket.id};
  return std::nullopt;
}

std::optional<std::string> queue_row(const domain::ticket& ticket) {
  const auto place = place_in_queue(ticket);
  if (!place)
    return std::nullopt;
  return keys::waiting(ticket.state, place->urgency, place->since, place->id);
}

std::string to_string(const queue_place& place) {
  auto out = std::to_string(static_cast<unsigned>(place.urgency));
  out += '-' + std::to_string(place.since.time_since_epoch().count());
  out += '-' + domain::to_string(place.id.value);
  return out;
}

std::optional<queue_place> parse_queue_place(std::string_view text) {
  const auto first = text.find('-');
  const auto second = text.find('-', std::min(first, text.size() - 1) + 1);
  if (text.empty() || first == std::string_view::npos
      || second == std::string_view::npos)
    return std::nullopt;
  const auto read = [](std::string_view word) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, value);
    if (word.empty() || error != std::errc{} || stop != end || value < 0)
      return std::nullopt;
    return value;
  };
  const auto urgency = read(text.substr(0, first));
  const auto since = read(text.substr(first + 1, second - first - 1));
  const auto id = domain::parse_uuid(text.substr(second + 1));
  if (!urgency || !since || !id)
    return std::nullopt;
  for (const auto known : urgencies)
    if (static_cast<std::int64_t>(known) == *urgency)
      return queue_place{known,
                         domain::timestamp{std::chrono::milliseconds{*since}},
                         domain::ticket_id{*id}};
  return std::nullopt;
}

queue_page list_queue(const row_reader& rows, domain::status waits,
                      const ticket_filter& filter,
                      const std::optional<queue_place>& after,
                      std::size_t max) {
  queue_page page;
  place_run run{rows, waits, wanted_urgencies(filter), after};
  std::string value;
  std::optional<queue_place> last = after;
  for (std::size_t looks = 0; looks < list_looks_max; ++looks) {
    const auto place = run.next();
    if (!place)
      return page;
    std::optional<domain::ticket> ticket;
    if (rows.get(family::entities, keys::ticket(place->id), value))
      ticket = decode_ticket(place->id, value);
    // It may have left this place since the row was read.
    if (ticket && ticket->state == waits && place_in_queue(*ticket) == place
        && fits(*ticket, filter)) {
      // One more than asked for tells that there is a next page.
      if (page.tickets.size() == max) {
        page.next = last;
        return page;
      }
      page.tickets.push_back(std::move(*ticket));
    }
    last = place;
  }
  page.next = last;
  return page;
}

void complete_queue(const row_reader& rows,
                    const std::function<void(row_change&&)>& put) {
  auto prefix = keys::ticket({});
  prefix.resize(1);
  rows.scan(
    family::entities, prefix, keys::after_prefix(prefix),
    [&](std::string_view key, std::string_view value) {
      const auto id = domain::uuid_from_bytes(key.substr(1));
      auto ticket = id ? decode_ticket(domain::ticket_id{*id}, value)
                       : std::optional<domain::ticket>{};
      if (!ticket)
        return true;
      using domain::status;
      const bool waits
        = ticket->state == status::pending && !ticket->waiting_since;
      const bool awaits
        = ticket->state == status::waiting_customer && !ticket->awaiting_since;
      if (waits)
        ticket->waiting_since = last_move(rows, *ticket);
      if (awaits)
        ticket->awaiting_since = last_move(rows, *ticket);
      if (waits || awaits)
        put({family::entities, std::string{key}, encode_ticket(*ticket)});
      if (auto row = queue_row(*ticket))
        put({family::index, std::move(*row), std::string{}});
      return true;
    });
}

} // namespace switchboard::persistence
