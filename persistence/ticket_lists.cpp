#include "persistence/ticket_lists.hpp"

#include "domain/text.hpp"
#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>

namespace switchboard::persistence {

namespace {

using domain::uuid;

constexpr std::size_t uuid_size = 16;
constexpr std::size_t refill_size = 64;
/// An id is drawn before its ticket is created; no longer before than this.
constexpr std::chrono::seconds creation_time_max{10};

constexpr std::array all_states{
  domain::status::pending,     domain::status::assigned,
  domain::status::in_progress, domain::status::waiting_customer,
  domain::status::escalated,   domain::status::resolved,
  domain::status::closed};
constexpr std::array all_urgencies{
  domain::priority::low, domain::priority::medium, domain::priority::high,
  domain::priority::urgent};

/// The smallest id that a ticket made at `at` may have.
uuid first_id_of(domain::timestamp at) {
  uuid id;
  const auto millis = std::max<std::int64_t>(at.time_since_epoch().count(), 0);
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(millis)
                                            >> (8U * (5 - i)));
  return id;
}

/// The ids behind one prefix of a family, the newest first, read in pieces.
class id_run {
public:
  id_run(const row_reader& rows, family where, std::string prefix,
         const uuid& from, const std::optional<uuid>& until)
    : rows_{rows},
      where_{where},
      prefix_{std::move(prefix)},
      from_{prefix_ + std::string{from.view()}},
      until_{until ? prefix_ + std::string{until->view()}
                   : keys::after_prefix(prefix_)} {
    refill();
  }

  [[nodiscard]] const uuid* front() const {
    return ids_.empty() ? nullptr : &ids_.front();
  }

  void pop() {
    ids_.pop_front();
    if (ids_.empty() && !at_end_)
      refill();
  }

private:
  void refill() {
    std::size_t count = 0;
    rows_.scan_back(where_, from_, until_,
                    [&](std::string_view key, std::string_view) {
                      key.remove_prefix(std::min(key.size(), prefix_.size()));
                      if (const auto id = domain::uuid_from_bytes(key))
                        ids_.push_back(*id);
                      return ++count < refill_size;
                    });
    at_end_ = count < refill_size;
    if (!ids_.empty())
      until_ = prefix_ + std::string{ids_.back().view()};
  }

  const row_reader& rows_;
  family where_;
  std::string prefix_;
  std::string from_;
  std::string until_; ///< exclusive
  std::deque<uuid> ids_;
  bool at_end_ = false;
};

std::vector<id_run> runs_of(const row_reader& rows, const ticket_filter& filter,
                            const std::optional<domain::ticket_id>& before) {
  uuid from;
  if (filter.created_from)
    from = first_id_of(*filter.created_from - creation_time_max);
  std::optional<uuid> until;
  if (before)
    until = before->value;
  if (filter.created_until) {
    const auto end = first_id_of(*filter.created_until);
    until = until ? std::min(*until, end) : end;
  }
  std::vector<id_run> runs;
  const auto add = [&](family where, std::string prefix) {
    runs.emplace_back(rows, where, std::move(prefix), from, until);
  };
  if (!filter.tag.empty()) {
    add(family::index, keys::labelled(keys::label::tag, filter.tag));
  } else if (!filter.category.empty()) {
    add(family::index, keys::labelled(keys::label::category, filter.category));
  } else if (filter.assignee && !filter.assignee->empty()) {
    add(family::index, keys::labelled(keys::label::agent, *filter.assignee));
  } else if (!filter.states.empty() || !filter.urgencies.empty()) {
    for (const auto state : all_states)
      for (const auto urgency : all_urgencies) {
        const auto wanted = [](const auto& list, auto value) {
          return list.empty()
                 || std::find(list.begin(), list.end(), value) != list.end();
        };
        if (!wanted(filter.states, state) || !wanted(filter.urgencies, urgency))
          continue;
        auto prefix = keys::queue(state, urgency, {});
        prefix.resize(prefix.size() - uuid_size);
        add(family::index, std::move(prefix));
      }
  } else {
    auto prefix = keys::ticket({});
    prefix.resize(prefix.size() - uuid_size);
    add(family::entities, std::move(prefix));
  }
  return runs;
}

/// Takes the newest id off the runs.
std::optional<uuid> next_id(std::vector<id_run>& runs) {
  id_run* newest = nullptr;
  for (auto& run : runs)
    if (run.front() != nullptr
        && (newest == nullptr || *newest->front() < *run.front()))
      newest = &run;
  if (newest == nullptr)
    return std::nullopt;
  const auto id = *newest->front();
  newest->pop();
  return id;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return lower(a) == lower(b); })
         != text.end();
}

bool has(const auto& list, const auto& value) {
  return list.empty()
         || std::find(list.begin(), list.end(), value) != list.end();
}

} // namespace

bool fits(const domain::ticket& t, const ticket_filter& filter) {
  if (!has(filter.states, t.state) || !has(filter.urgencies, t.urgency)
      || (filter.assignee && t.assignee != *filter.assignee)
      || (filter.via && t.via != *filter.via)
      || (!filter.category.empty() && t.category != filter.category))
    return false;
  if (!filter.tag.empty()
      && std::find(t.tags.begin(), t.tags.end(), filter.tag) == t.tags.end())
    return false;
  if ((filter.created_from && t.created_at < *filter.created_from)
      || (filter.created_until && t.created_at >= *filter.created_until))
    return false;
  const auto& part = filter.text;
  return part.empty() || contains(t.subject, part) || contains(t.ref, part)
         || contains(t.from.name, part) || contains(t.from.phone, part)
         || contains(t.from.email, part);
}

ticket_page list_tickets(const row_reader& rows, const ticket_filter& filter,
                         std::optional<domain::ticket_id> before,
                         std::size_t max) {
  ticket_page page;
  auto runs = runs_of(rows, filter, before);
  std::string value;
  std::optional<uuid> last;
  for (std::size_t looks = 0; looks < list_looks_max; ++looks) {
    const auto id = next_id(runs);
    if (!id)
      return page;
    const domain::ticket_id ticket_id{*id};
    std::optional<domain::ticket> ticket;
    if (rows.get(family::entities, keys::ticket(ticket_id), value))
      ticket = decode_ticket(ticket_id, value);
    if (ticket && fits(*ticket, filter)) {
      // One more than asked for tells that there is a next page.
      if (page.tickets.size() == max) {
        page.next = domain::ticket_id{*last};
        return page;
      }
      page.tickets.push_back(std::move(*ticket));
    }
    last = id;
  }
  page.next = domain::ticket_id{*last};
  return page;
}

} // namespace switchboard::persistence
