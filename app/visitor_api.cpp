#include "app/visitor_api.hpp"

namespace switchboard::app {

namespace {

api::ticket_tools ticket_tools_of(const visitor_parts& p) {
  return {p.engine, p.ids, actors::system_now, p.journal.rows(),
          &p.files.links()};
}

api::session_options options_of(const config::config& c) {
  return {c.desk.categories, c.limits.public_create_per_minute,
          c.limits.session_messages, c.limits.session_window};
}

api::upload_options uploads_of(const config::config& c) {
  return {attachment_bytes_max(c.limits), c.limits.session_messages,
          c.limits.session_window};
}

} // namespace

visitor_api::visitor_api(const visitor_parts& p)
  : door_{p.jwt_key, actors::system_now, p.journal.rows()},
    hub_{p.journal, p.bell, p.io},
    sessions_{
      {ticket_tools_of(p), p.journal, hub_, p.signals, p.opening_notice},
      door_,
      options_of(p.config)},
    tickets_{ticket_tools_of(p), hub_, door_, p.staff},
    uploads_{{p.ids, p.journal, p.files.files(), p.files.links()},
             door_,
             uploads_of(p.config)} {}

void visitor_api::add_to(net::router& router) {
  sessions_.add_to(router);
  tickets_.add_to(router);
  uploads_.add_to(router);
}

} // namespace switchboard::app
