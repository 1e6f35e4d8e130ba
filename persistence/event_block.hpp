#pragma once

#include "domain/ids.hpp"
#include "persistence/journal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::persistence {

/// Gathers the events of one group commit into the bytes of an `EventBlock`
/// (schema/journal.proto). The encoded events are taken over as they are: no
/// parsing on the writer's thread. Reusable; not thread-safe.
class event_block_builder {
public:
  void begin(domain::offset first);
  void add(std::string_view encoded_event);

  [[nodiscard]] std::uint64_t count() const noexcept {
    return count_;
  }

  [[nodiscard]] std::string_view bytes() const noexcept {
    return bytes_;
  }

private:
  std::string bytes_;
  std::uint64_t count_ = 0;
};

/// A stored block without copies: the views point into the block's bytes.
struct event_block {
  domain::offset first{};
  std::vector<std::string_view> events;

  /// The offset of the last event.
  [[nodiscard]] domain::offset last() const noexcept {
    return domain::offset{static_cast<std::uint64_t>(first) + events.size()
                          - 1};
  }
};

/// Nothing when `bytes` are no block, or one without events.
[[nodiscard]] std::optional<event_block>
parse_event_block(std::string_view bytes);

/// The feed over the `events` family: up to `max` events after `after`.
[[nodiscard]] std::vector<stored_event>
read_events(const row_reader& rows, domain::offset after, std::size_t max);

} // namespace switchboard::persistence
