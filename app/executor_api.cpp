#include "app/executor_api.hpp"

namespace switchboard::app {

executor_api::executor_api(const executor_api_parts& p)
  : prompts_{p.journal.rows()},
    functions_{{p.engine, p.ids, actors::system_now, p.journal.rows()},
               api::telegram::executor_bot_of(p.updates.executor_bot(),
                                              p.updates.desk_bot())} {}

void executor_api::add_to(net::router& router, api::gate& staff) {
  prompts_.add_to(router, staff);
  functions_.add_to(router, staff);
}

} // namespace switchboard::app
