#pragma once

#include "api/telegram/desk_people.hpp"
#include "api/telegram/desk_tools.hpp"
#include "domain/ticket.hpp"
#include "persistence/journal.hpp"

#include <span>
#include <vector>

namespace switchboard::app {

/// Says what the desk's bot sends because of a ticket's events: cards and
/// reminders to the group, conversations to the agents who have them. It names
/// what is to be shown; the texts are made when they leave. Thread-safe.
class telegram_desk_planner {
public:
  telegram_desk_planner(channels::telegram::bot_number bot,
                        const api::telegram::desk_group& group,
                        const api::telegram::desk_people& people)
    : bot_{bot}, group_{group}, people_{people} {}

  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;

private:
  class run;

  channels::telegram::bot_number bot_;
  const api::telegram::desk_group& group_;
  const api::telegram::desk_people& people_;
};

} // namespace switchboard::app
