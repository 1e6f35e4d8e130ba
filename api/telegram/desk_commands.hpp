#pragma once

#include "api/telegram/desk_people.hpp"
#include "api/telegram/desk_talk.hpp"
#include "channels/telegram/command.hpp"
#include "channels/telegram/desk_names.hpp"

namespace switchboard::api::telegram {

/// The commands of the desk. Runs on the intake's executor.
class desk_commands {
public:
  desk_commands(const desk_tools& tools, const desk_people& people,
                const desk_talk& talk)
    : tools_{tools}, people_{people}, talk_{talk} {}

  using answer = boost::asio::awaitable<update_outcome>;

  /// One that an agent gives in private.
  answer on_private(const wire::message& message, const wire::command& given,
                    const domain::user& who, const update_claim& claim,
                    net::asker& actors);
  /// One that somebody gives in the group.
  answer on_group(const wire::message& message, const wire::command& given,
                  const update_claim& claim);

private:
  /// A command about a ticket, as it was given.
  struct order {
    const wire::message& message;
    const domain::user& who;
    const update_claim& claim;
    net::asker& actors;
    wire::desk::arguments said;
  };

  answer start(const wire::message& message, const domain::user& who,
               const update_claim& claim);
  answer list(wire::chat_id chat, const update_claim& claim);
  answer close(const order& given);
  answer release(const order& given);
  answer transfer(const order& given);

  /// Carries out what `who` may do with `ticket`; `confirmation` is for those
  /// whom the change itself does not tell.
  answer carry_out(const order& given, const domain::ticket& ticket,
                   domain::ticket_command what, std::string confirmation);
  answer refuse(const order& given, std::string_view why);

  /// The ticket that is meant, or why it cannot be that.
  [[nodiscard]] std::variant<domain::ticket, std::string>
  ticket_of(const order& given) const;

  const desk_tools& tools_;
  const desk_people& people_;
  const desk_talk& talk_;
};

} // namespace switchboard::api::telegram
