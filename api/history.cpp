#include "api/history.hpp"

#include "persistence/wire.hpp"

namespace switchboard::api {

namespace {

constexpr std::uint32_t at_field = 4; // of EventRecord

} // namespace

std::optional<domain::timestamp>
time_of(const persistence::stored_event& event) {
  persistence::wire_reader in{event.bytes};
  while (in.next())
    if (in.field() == at_field) {
      const auto millis = static_cast<std::int64_t>(in.number());
      if (in.damaged())
        return std::nullopt;
      return domain::timestamp{std::chrono::milliseconds{millis}};
    }
  return std::nullopt;
}

domain::offset offset_before(const persistence::journal& journal,
                             domain::timestamp at) {
  std::uint64_t low = 0; // the events up to here are older
  auto high = static_cast<std::uint64_t>(journal.last_offset());
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto found = journal.read_events(domain::offset{middle}, 1);
    const auto when = found.empty() ? std::nullopt : time_of(found.front());
    if (when && *when < at)
      low = middle + 1;
    else
      high = middle;
  }
  return domain::offset{low};
}

} // namespace switchboard::api
