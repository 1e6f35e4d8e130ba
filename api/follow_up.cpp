#include "api/follow_up.hpp"

#include <utility>

namespace switchboard::api {

domain::create_ticket follow_up(actors::id_source& ids,
                                const domain::ticket& finished,
                                domain::message_draft message) {
  domain::create_ticket out;
  out.id = domain::ticket_id{ids.next_uuid()};
  out.number = ids.next_number();
  out.ref = ids.next_ref();
  out.from = finished.from;
  out.subject = finished.subject;
  out.urgency = finished.urgency;
  out.category = finished.category;
  out.via = message.via;
  out.first_message = std::move(message);
  out.follows = finished.id;
  return out;
}

} // namespace switchboard::api
