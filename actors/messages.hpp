#pragma once

#include "channels/http_exchange.hpp"
#include "domain/ids.hpp"
#include "domain/result.hpp"
#include "domain/status.hpp"
#include "domain/ticket.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What actors tell each other. Verbs are atoms, anything with fields a struct.
namespace switchboard::actors {

/// A command for one ticket. `once` makes it take effect a single time: when
/// that claim is taken already, nothing happens and the reply says so.
struct ticket_request {
  domain::ticket_id target;
  domain::ticket_command command;
  std::optional<persistence::unique_claim> once{};
  /// The ticket's last event as the asker knows it; when it is another by now,
  /// the command is refused.
  std::optional<domain::sequence> expected{};
};

/// The ticket after the command became durable; or, when `taken` is set, what
/// the first effect of a claim left, and nothing was written.
struct ticket_reply {
  domain::ticket_id id;
  domain::ticket_number number{};
  std::string ref;
  domain::status state = domain::status::pending;
  domain::message_sequence last_message{};
  domain::sequence last_event{};
  std::optional<persistence::conflict> taken{};
};

/// How the journal answered the commit that an actor has in flight.
struct commit_note {
  persistence::commit_outcome outcome;
};

/// The same for the bookkeeping of one delivery.
struct settle_note {
  persistence::delivery_id delivery{};
  persistence::commit_outcome outcome;
};

/// A ticket's actor is gone; `failed` tells a crash from a farewell.
struct ticket_ended {
  domain::ticket_id id;
  bool failed = false;
};

/// Lanes that have new deliveries since the last such note.
struct lanes_note {
  std::vector<std::string> lanes;
};

/// A lane has nothing to do, or its destination takes nothing now. `polls` is
/// how often it was told of work so far.
struct lane_rest {
  std::string lane;
  std::uint64_t polls = 0;
};

/// Something went wrong. `where` names the place (`webhook:<id>`), `code` the
/// way in a word that stays; both together name what is counted. `message` is
/// for people; no secrets, no message bodies.
struct error_note {
  std::string where;
  std::string code;
  std::string message;
  std::optional<domain::ticket_id> ticket;
  domain::timestamp at{};
};

/// How the journal answered the commit of one error record.
struct error_settled {
  domain::uuid id;
  persistence::commit_outcome outcome;
};

struct timers_note {
  std::vector<persistence::timer_change> timers;
};

} // namespace switchboard::actors

CAF_BEGIN_TYPE_ID_BLOCK(switchboard, caf::first_custom_type_id)

  CAF_ADD_ATOM(switchboard, switchboard::actors, apply_atom, "apply")
  CAF_ADD_ATOM(switchboard, switchboard::actors, doze_atom, "doze")
  CAF_ADD_ATOM(switchboard, switchboard::actors, stay_atom, "stay")
  CAF_ADD_ATOM(switchboard, switchboard::actors, wake_atom, "wake")
  CAF_ADD_ATOM(switchboard, switchboard::actors, poll_atom, "poll")
  CAF_ADD_ATOM(switchboard, switchboard::actors, retry_atom, "retry")
  CAF_ADD_ATOM(switchboard, switchboard::actors, pace_atom, "pace")

CAF_END_TYPE_ID_BLOCK(switchboard)

// All actors live in one process, and CAF 0.17 cannot inspect std::variant or
// std::optional. Whitelisting says "local only": no (de)serializer is
// generated.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::ticket_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::ticket_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::commit_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::settle_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::ticket_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::lanes_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::lane_rest)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::error_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::error_settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::timers_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::domain::ticket_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::persistence::timer_change)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::persistence::delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::persistence::delivery_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::channels::http_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::channels::http_answer)

// The category is an atom too, hence a short explicit name.
CAF_ERROR_CODE_ENUM(switchboard::domain::errc, "domain")

namespace switchboard::actors {

/// The one bridge from domain refusals to CAF errors...
inline caf::error to_caf(const domain::error& err) {
  return caf::error{static_cast<std::uint8_t>(err.code), caf::atom("domain"),
                    caf::make_message(err.detail)};
}

/// ... and back, for the edge that turns errors into HTTP statuses. What is no
/// refusal of ours (a lost reply, a dead actor) becomes `outcome_unknown`.
domain::error from_caf(const caf::error& err);

} // namespace switchboard::actors
