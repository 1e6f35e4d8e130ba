#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "api/function_routes.hpp"
#include "api/gate.hpp"
#include "api/prompt_routes.hpp"
#include "app/telegram_api.hpp"
#include "net/router.hpp"
#include "persistence/journal.hpp"

namespace switchboard::app {

/// What the routes about executors' work are built on; all of it outlives them.
struct executor_api_parts {
  actors::engine& engine;
  actors::id_source& ids;
  const persistence::journal& journal;
  const telegram_api& updates;
};

/// The routes about executors' work: the automations' call, and the questions
/// that the bot has asked.
class executor_api {
public:
  explicit executor_api(const executor_api_parts& parts);

  void add_to(net::router& router, api::gate& staff);

private:
  api::prompt_routes prompts_;
  api::function_routes functions_;
};

} // namespace switchboard::app
