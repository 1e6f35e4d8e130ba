#include "domain/permissions.hpp"

#include "domain/ticket.hpp"

#include <array>
#include <cstddef>

namespace switchboard::domain {

namespace {

/// On which tickets something may be done.
enum class door : std::uint8_t {
  shut, ///< on none
  own,
  free, ///< on own and unclaimed ones
  open, ///< on all
};

struct rule {
  queue_act act;
  // By role.
  door agent;
  door executor;
  door manager;
  /// Whether escalated tickets are out of reach for all but managers and
  /// admins, to whom their holder does not matter.
  bool is_guarded;
  std::string_view refusal;
};

// An admin may do all. A claim of what another has passes here, since the
// ticket itself says who was first.
constexpr std::array rules{
  rule{queue_act::see_queue, door::open, door::shut, door::open, false,
       "executors see the tickets that they were given, not the queue"},
  rule{queue_act::see_escalated, door::shut, door::shut, door::open, false,
       "escalated tickets are seen by managers and admins"},
  rule{queue_act::see_all, door::shut, door::shut, door::shut, false,
       "the list of all tickets is for admins"},
  rule{queue_act::claim, door::open, door::shut, door::open, true,
       "executors work on the tickets that they were given; they claim none"},
  rule{queue_act::assign, door::shut, door::shut, door::open, false,
       "tickets are assigned by managers and admins"},
  rule{queue_act::write, door::free, door::own, door::free, false,
       "this ticket is not yours; who has it answers its customer"},
  rule{queue_act::escalate, door::free, door::own, door::free, true,
       "this ticket is not yours; who has it may escalate it"},
  rule{queue_act::move, door::own, door::own, door::own, true,
       "this ticket is not yours; who has it changes its status"},
};

constexpr std::string_view guarded_refusal
  = "this ticket is escalated; managers and admins go on with it";

door door_of(const rule& r, user_role role) noexcept {
  switch (role) {
    case user_role::agent: return r.agent;
    case user_role::executor: return r.executor;
    case user_role::manager: return r.manager;
    case user_role::admin: return door::open;
  }
  return door::shut;
}

bool lets_pass(door through, standing which) noexcept {
  switch (through) {
    case door::shut: return false;
    case door::own: return which == standing::own;
    case door::free: return which != standing::others;
    case door::open: return true;
  }
  return false;
}

} // namespace

standing standing_of(const ticket& what, std::optional<user_id> who) {
  if (what.assignee.empty())
    return standing::unclaimed;
  return who && what.assignee == to_string(*who) ? standing::own
                                                 : standing::others;
}

std::optional<std::string_view> refusal(user_role role, queue_act act,
                                        standing which, status state) {
  const auto& found = rules.at(static_cast<std::size_t>(act));
  const auto through = door_of(found, role);
  if (state == status::escalated && through != door::shut) {
    if (role == user_role::manager || role == user_role::admin)
      return std::nullopt;
    // Who has it may still tell its customer what goes on.
    if (found.is_guarded || (act == queue_act::write && which != standing::own))
      return guarded_refusal;
  }
  if (lets_pass(through, which))
    return std::nullopt;
  return found.refusal;
}

} // namespace switchboard::domain
