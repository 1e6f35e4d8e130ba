#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/whatsapp/urgency.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/provider.hpp"
#include "domain/session.hpp"
#include "domain/ticket.hpp"
#include "net/asker.hpp"
#include "net/timer_wheel.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/journal.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::api::whatsapp {

namespace wire = channels::whatsapp;

/// What came of one thing that a provider told.
enum class outcome : std::uint8_t {
  done,           ///< its effect is durable
  repeated,       ///< it had its effect before
  ignored,        ///< nothing to us
  put_aside,      ///< it lies in the intake's lane
  unknown_target, ///< what it is about is not known (yet)
  not_durable,    ///< nothing happened: it is to be repeated
};

[[nodiscard]] std::string_view to_string(outcome o) noexcept;

/// What the intake is built on; all of it outlives it.
struct intake_parts {
  actors::engine& engine;
  actors::id_source& ids;
  actors::clock_fn now;
  persistence::journal& journal;
  caf::actor_system& system;
  net::timer_wheel& wheel;
  /// Must not run two handlers at once.
  boost::asio::any_io_executor executor;
  /// Writes a file that came along, as `attachment_store::write` does; empty:
  /// such files cannot be had.
  std::function<void(persistence::new_file,
                     persistence::attachment_store::write_handler)>
    store{};
  /// What the bot says once a ticket is there; empty, or empty words: nothing.
  std::function<std::string(const domain::session&, domain::ticket_number,
                            std::string_view ref)>
    acknowledgement{};
  /// Told how a provider's own connection fares; may be empty.
  std::function<void(const wire::line_report&)> on_line{};
  /// Told of every message and status; may be empty.
  std::function<void(wire::provider, outcome)> observe{};
};

struct intake_options {
  urgency_rules urgency{};
  /// The manager's number; empty: there is none but users.
  std::string manager_phone{};
  /// What we call our end of a provider's line, when its calls do not say.
  std::map<wire::provider, std::string> accounts{};
  /// Messages and statuses in the intake at once; more are to be repeated.
  std::size_t in_progress_max = 4'000;
  /// Chats of one batch that are handled at the same time.
  std::size_t at_once_max = 16;
};

/// What the rooms of the intake share.
struct intake_tools {
  intake_parts parts;
  intake_options options;
  net::asker asker;

  intake_tools(intake_parts p, intake_options o)
    : parts{std::move(p)},
      options{std::move(o)},
      asker{parts.system, parts.wheel, parts.executor} {}

  [[nodiscard]] const persistence::row_reader& rows() const {
    return parts.journal.rows();
  }
};

/// Effects that are no message take place once by a claim of this scope.
[[nodiscard]] persistence::unique_claim
update_claim(wire::provider via, std::string id, domain::timestamp now,
             std::string result = {});

/// How tickets know a message of this provider. A sent one may have been noted
/// without our end's name, so these are tried in turn.
[[nodiscard]] std::vector<std::string>
names_of(const intake_options& options, wire::provider via,
         std::string_view account, std::string_view id);

/// Tells texts apart in names.
[[nodiscard]] std::string hash_of(std::string_view bytes);

/// For a message of an exception: no longer than people read, and clean.
[[nodiscard]] std::string clipped(std::string_view reason);

/// `not_durable` for failures of the world.
[[nodiscard]] bool is_of_the_world(const domain::error& problem) noexcept;

/// Commits bookkeeping: `repeated` when its claim is taken.
boost::asio::awaitable<outcome> settle(const intake_tools& tools,
                                       persistence::changes what);

/// Sends a command to its ticket: a refusal of the rules is `ignored`.
boost::asio::awaitable<outcome>
tell_ticket(intake_tools& tools, domain::ticket_id ticket,
            domain::ticket_command what, persistence::unique_claim once);

} // namespace switchboard::api::whatsapp
