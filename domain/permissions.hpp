#pragma once

#include "domain/status.hpp"
#include "domain/user.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

/// Who may do what with the agents' queue and its tickets: one table, which
/// stands in permissions.cpp. Pure.
namespace switchboard::domain {

struct ticket;

/// What people do with the queue and with a ticket of it.
enum class queue_act : std::uint8_t {
  see_queue,     ///< list what waits for somebody
  see_escalated, ///< list what was escalated
  see_all,       ///< list every ticket
  claim,
  assign,   ///< give it to somebody
  write,    ///< say something to its customer
  escalate, ///< give it up to the admins
  move,     ///< any other change of its status
};

/// How a ticket stands to the person who would act on it.
enum class standing : std::uint8_t { own, unclaimed, others };

[[nodiscard]] standing standing_of(const ticket& what,
                                   std::optional<user_id> who);

/// Why `role` may not act on a ticket that stands so to them, as a sentence for
/// people; nothing: they may. Lists have no ticket: any `which` will do.
/// Whether the ticket's status allows it is not asked here, and a claim of what
/// somebody has is the ticket's to refuse: it knows who was first.
[[nodiscard]] std::optional<std::string_view>
refusal(user_role role, queue_act act, standing which = standing::own,
        status state = status::pending);

} // namespace switchboard::domain
