#include "persistence/event_block.hpp"

#include "persistence/keys.hpp"
#include "persistence/wire.hpp"

namespace switchboard::persistence {

namespace {

constexpr std::uint32_t first_field = 1;
constexpr std::uint32_t event_field = 2;

} // namespace

void event_block_builder::begin(domain::offset first) {
  bytes_.clear();
  count_ = 0;
  wire_writer{bytes_}.number(first_field, static_cast<std::uint64_t>(first));
}

void event_block_builder::add(std::string_view encoded_event) {
  wire_writer{bytes_}.element(event_field, encoded_event);
  ++count_;
}

std::optional<event_block> parse_event_block(std::string_view bytes) {
  event_block block;
  wire_reader in{bytes};
  while (in.next())
    switch (in.field()) {
      case first_field: block.first = domain::offset{in.number()}; break;
      case event_field: block.events.push_back(in.bytes()); break;
      default: break;
    }
  if (in.damaged() || block.events.empty() || block.first == domain::offset{})
    return std::nullopt;
  return block;
}

std::vector<stored_event> read_events(const row_reader& rows,
                                      domain::offset after, std::size_t max) {
  std::vector<stored_event> found;
  const std::uint64_t wanted = static_cast<std::uint64_t>(after) + 1;
  if (max == 0 || wanted == 0)
    return found;
  // The block that holds `wanted` begins at or before it.
  std::string from = keys::event_block(domain::offset{wanted});
  rows.scan_back(family::events, {}, from + '\0',
                 [&](std::string_view key, std::string_view) {
                   from.assign(key);
                   return false;
                 });
  rows.scan(family::events, from, {},
            [&](std::string_view, std::string_view value) {
              const auto block = parse_event_block(value);
              if (!block)
                return false;
              std::uint64_t at = static_cast<std::uint64_t>(block->first);
              for (const auto bytes : block->events) {
                if (at >= wanted && found.size() < max)
                  found.push_back({domain::offset{at}, std::string{bytes}});
                ++at;
              }
              return found.size() < max;
            });
  return found;
}

} // namespace switchboard::persistence
