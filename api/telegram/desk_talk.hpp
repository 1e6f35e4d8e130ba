#pragma once

#include "api/telegram/desk_tools.hpp"
#include "channels/telegram/update.hpp"

#include <optional>
#include <string>
#include <variant>

namespace switchboard::api::telegram {

/// What agents write to the bot in private, on its way to the visitors: new
/// messages, files, and edits of what they wrote. Runs on the intake's
/// executor.
class desk_talk {
public:
  desk_talk(const desk_tools& tools, const desk_people& people)
    : tools_{tools}, people_{people} {}

  using answer = boost::asio::awaitable<update_outcome>;

  answer on_message(const wire::message& message, const domain::user& who,
                    const update_claim& claim, net::asker& actors);
  answer on_edit(const wire::message& message, const domain::user& who,
                 const update_claim& claim, net::asker& actors);

  /// The ticket that a message is about: that of the message which it answers,
  /// else the one that `who` claimed last. Nothing: there is none.
  [[nodiscard]] std::optional<domain::ticket>
  target_of(const wire::message& message, const domain::user& who) const;

private:
  [[nodiscard]] std::optional<domain::ticket_id>
  quoted_ticket(const wire::message& message) const;

  /// Why the visitor cannot get it; empty: they can.
  [[nodiscard]] std::string obstacle(const domain::ticket& ticket,
                                     const domain::user& who) const;

  /// The file of a message, once its record is durable; nothing when it has
  /// none.
  using stored_file
    = std::variant<std::monostate, domain::attachment_ref, update_outcome>;
  boost::asio::awaitable<stored_file> store_file(const wire::message& message,
                                                 const domain::ticket& ticket,
                                                 const update_claim& claim);
  /// A first answer means that the work has begun.
  boost::asio::awaitable<void>
  begin_work(const domain::ticket& ticket, const domain::user& who,
             const update_claim& claim, net::asker& actors);

  const desk_tools& tools_;
  const desk_people& people_;
};

} // namespace switchboard::api::telegram
