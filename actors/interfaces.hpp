#pragma once

#include "actors/messages.hpp"

#include <caf/typed_actor.hpp>

#include <chrono>

/// The whole message graph on one page. Read it top-down: every actor may only
/// speak to actors declared above itself, which keeps requests free of cycles.
namespace switchboard::actors {

// Complete in telegram_messages.hpp.
struct outgoing;
struct telegram_prepared;

/// COURIER: makes one HTTP exchange, in its own time, outside the scheduler.
/// Replies in every case; failures of the network are part of the answer.
using courier_actor = caf::typed_actor<
  caf::replies_to<channels::http_request>::with<channels::http_answer>>;

/// CARRIER: brings a lane's delivery to its destination, in its own time, which
/// may be hours, and replies with the last exchange. Asked twice for the same
/// delivery, it makes one call of it. Every request gets a reply, unless the
/// carrier dies: the lane watches it.
using carrier_actor = caf::typed_actor<
  caf::replies_to<persistence::delivery>::with<channels::http_answer>>;

/// TELEGRAM CARRIER: all that one bot sends, within Telegram's limits.
using telegram_carrier_actor = carrier_actor::extend<
  // A call that nothing durable stands behind: dropped when it cannot be made.
  caf::reacts_to<outgoing>,
  // A call is ready to be made, or can not be.
  caf::reacts_to<telegram_prepared>,
  // The budgets may allow another call.
  caf::reacts_to<pace_atom>,
  // The figures have changed since they were told.
  caf::reacts_to<caf::tick_atom>>;

/// TICKET KEEPER: hears how its tickets fare; a face of the directory.
using ticket_keeper_actor = caf::typed_actor<
  // The ticket was asked to doze but has work to do.
  caf::reacts_to<stay_atom, domain::ticket_id>,
  // The ticket's actor has ended, for whatever reason.
  caf::reacts_to<ticket_ended>>;

/// TICKET: the one writer of one ticket.
using ticket_actor = caf::typed_actor<
  // Decides, commits, applies; replies once the events are durable.
  caf::replies_to<apply_atom, ticket_request>::with<ticket_reply>,
  // The journal's answer to the commit in flight.
  caf::reacts_to<commit_note>,
  // A durable timer of this ticket is due.
  caf::reacts_to<wake_atom, persistence::timer_change>,
  // End if there is nothing to do; otherwise tell the keeper `stay`.
  caf::reacts_to<doze_atom>>;

/// DIRECTORY: finds or wakes the actor of a ticket and passes commands on.
using directory_actor = ticket_keeper_actor::extend<
  caf::replies_to<apply_atom, ticket_request>::with<ticket_reply>,
  caf::reacts_to<wake_atom, persistence::timer_change>,
  // Puts to sleep who has been idle for long.
  caf::reacts_to<caf::tick_atom>>;

/// ERROR BOOK: counts what goes wrong, by place and kind.
using error_book_actor
  = caf::typed_actor<caf::reacts_to<error_note>,
                     // The journal's answer to one of its commits.
                     caf::reacts_to<error_settled>,
                     // Commit what has gathered.
                     caf::reacts_to<caf::tick_atom>>;

/// STATISTICIAN: counts what the feed and the lanes tell.
using statistician_actor = caf::typed_actor<
  // There may be something new, or more to read.
  caf::reacts_to<poll_atom>,
  // The pause between two looks is over.
  caf::reacts_to<caf::tick_atom>,
  // Store what was counted.
  caf::reacts_to<caf::flush_atom>,
  // The journal's answer to that.
  caf::reacts_to<commit_note>>;

/// LANE KEEPER: ends lanes that rest; a face of the outbox.
using lane_keeper_actor = caf::typed_actor<
  // Nothing to do here; end me unless you have told me of work since.
  caf::reacts_to<lane_rest>>;

/// LANE: the ordered queue of one destination.
using lane_actor = caf::typed_actor<
  // There may be new deliveries in the outbox.
  caf::reacts_to<poll_atom>,
  // The pause of a group (one ticket's deliveries) is over.
  caf::reacts_to<retry_atom, std::string>,
  // The pause of the whole lane is over.
  caf::reacts_to<retry_atom>,
  // A dead letter lies in the outbox again.
  caf::reacts_to<retry_atom, persistence::delivery_id>,
  // The journal's answer to the bookkeeping of a delivery.
  caf::reacts_to<settle_note>,
  // The rate cap allows another attempt, or there may be more to read.
  caf::reacts_to<pace_atom>,
  // The lane may have been idle for long enough to end.
  caf::reacts_to<caf::tick_atom>>;

/// OUTBOX: starts a lane for each destination that has work, and restarts it.
using outbox_actor = lane_keeper_actor::extend<
  caf::reacts_to<lanes_note>,
  // Looks for lanes with work that nobody serves (also after a restart).
  caf::reacts_to<poll_atom>,
  // The pause of a lane that crashed is over.
  caf::reacts_to<retry_atom, std::string>,
  // A dead letter of this lane lies in the outbox again.
  caf::reacts_to<retry_atom, std::string, persistence::delivery_id>>;

/// TIMERS: wakes entities when their durable timers are due.
using timers_actor = caf::typed_actor<caf::reacts_to<timers_note>,
                                      caf::reacts_to<caf::tick_atom>>;

} // namespace switchboard::actors
