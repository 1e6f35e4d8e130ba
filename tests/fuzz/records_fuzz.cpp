// Stored records: whatever lies on the disk, decoding gives a record or
// nothing, and what it gave is written and read as the same.
#include "persistence/deliveries.hpp"
#include "persistence/event_block.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/ticket_codec.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <algorithm>

namespace {

using namespace switchboard;
using fuzz::require;

constexpr domain::message_sequence some_number{7};
constexpr persistence::delivery_id some_delivery{9};

void try_event(std::string_view bytes) {
  const auto found = persistence::decode_event(bytes);
  if (!found || found->kind != domain::entity_kind::ticket)
    return;
  const domain::ticket_id id{found->entity};
  const auto again
    = persistence::decode_event(persistence::encode_event(id, found->event));
  require(again == found, "an event is read as it was written");
}

void try_ticket(std::string_view bytes) {
  const domain::ticket_id id{};
  const auto found = persistence::decode_ticket(id, bytes);
  if (!found)
    return;
  const auto written = persistence::encode_ticket(*found);
  require(persistence::decode_ticket(id, written) == found,
          "a ticket is read as it was written");
  require(persistence::last_event_of(written) == found->last_event,
          "the last event is found without the rest");
}

void try_message(std::string_view bytes) {
  const auto found = persistence::decode_message_row(some_number, bytes);
  if (!found)
    return;
  require(persistence::decode_message_row(
            some_number, persistence::encode_message_row(
                           found->at, found->message, found->edited_at))
            == found,
          "a message is read as it was written");
}

void try_deliveries(std::string_view bytes) {
  if (const auto found
      = persistence::decode_outbox_row("n8n:x", some_delivery, bytes))
    require(persistence::decode_outbox_row(
              "n8n:x", some_delivery, persistence::encode_outbox_row(*found))
              == found,
            "a delivery is read as it was written");
  if (const auto found
      = persistence::decode_dead_letter_row(some_delivery, bytes))
    require(persistence::decode_dead_letter_row(
              some_delivery, persistence::encode_dead_letter_row(*found))
              == found,
            "a dead letter is read as it was written");
  // Attempts are clipped when they are written, so twice is as good as once.
  if (const auto found = persistence::decode_attempt_row(1, bytes)) {
    const auto once = persistence::encode_attempt_row(*found);
    const auto again = persistence::decode_attempt_row(1, once);
    require(again.has_value(), "an attempt is read as it was written");
    require(persistence::encode_attempt_row(*again) == once,
            "an attempt stays as it was written");
  }
}

void try_block(std::string_view bytes) {
  const auto found = persistence::parse_event_block(bytes);
  if (!found)
    return;
  require(!found->events.empty(), "a block has events");
  for (const auto event : found->events)
    require(
      event.empty()
        || (event.data() >= bytes.data()
            && event.data() + event.size() <= bytes.data() + bytes.size()),
      "events are parts of their block");
  persistence::event_block_builder builder;
  builder.begin(found->first);
  for (const auto event : found->events)
    builder.add(event);
  const auto again = persistence::parse_event_block(builder.bytes());
  require(
    again && again->first == found->first && again->events == found->events,
    "a block is read as it was written");
}

void try_mark(std::string_view bytes) {
  const auto key_size = std::min<std::size_t>(bytes.size(), 30);
  (void)persistence::ticket_of_mark(bytes.substr(0, key_size),
                                    bytes.substr(key_size));
  (void)persistence::ticket_of_mark("x", bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto bytes = fuzz::to_text(data, size);
  try_event(bytes);
  try_ticket(bytes);
  try_message(bytes);
  try_deliveries(bytes);
  try_block(bytes);
  try_mark(bytes);
  (void)persistence::last_event_of(bytes);
  (void)persistence::is_marked_state(bytes);
  return 0;
}
