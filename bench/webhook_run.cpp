#include "bench/webhook_run.hpp"

#include "bench/answer_parser.hpp"
#include "bench/create_scenario.hpp"
#include "bench/plain_caller.hpp"
#include "bench/text_list.hpp"

#include <thread>
#include <vector>

namespace switchboard::bench {

namespace {

constexpr std::chrono::milliseconds look_pause{5};

/// Waits until so many deliveries came, or none came for a while.
void wait_for(const hook_receiver& receiver, std::uint64_t wanted,
              std::chrono::seconds patience) {
  using clock = std::chrono::steady_clock;
  auto seen = receiver.known();
  auto deadline = clock::now() + patience;
  while (seen < wanted && clock::now() < deadline) {
    std::this_thread::sleep_for(look_pause);
    const auto now = receiver.known();
    if (now != seen)
      deadline = clock::now() + patience;
    seen = now;
  }
}

} // namespace

std::string webhook_run_figures::problem(std::uint32_t endpoints) const {
  if (creations.errors.total() > 0)
    return creations.first_error;
  if (endpoints > 0
      && (hooks.known_min != tickets || hooks.known_max != tickets))
    return "of " + std::to_string(tickets) + " tickets the endpoints know "
           + std::to_string(hooks.known_min) + " to "
           + std::to_string(hooks.known_max);
  if (hooks.repeated > 0)
    return std::to_string(hooks.repeated) + " deliveries came again";
  if (hooks.strange > 0)
    return std::to_string(hooks.strange) + " calls made no sense";
  return {};
}

webhook_run_figures
measure_webhooks(const webhook_run_options& options,
                 const load_runner::progress_handler& on_progress) {
  hook_receiver receiver{options.endpoints};
  std::vector<std::string> ids;
  {
    plain_caller server{options.load.server, bearer(options.admin_key)};
    for (std::uint32_t i = 0; i < options.endpoints; ++i) {
      const auto body
        = R"({"events":["ticket.created"],"url":")" + receiver.url(i) + R"("})";
      const auto made = server.call("POST", "/api/v1/webhooks", body, 201);
      ids.emplace_back(find_json_string(made, "id"));
    }
  }
  webhook_run_figures out;
  text_list refs;
  create_scenario work{to_string(options.load.server), options.load.seed,
                       &refs};
  load_runner runner{options.load, work};
  out.creations = runner.run(on_progress);
  out.tickets = refs.size();
  wait_for(receiver, out.tickets * options.endpoints, options.patience);
  {
    plain_caller server{options.load.server, bearer(options.admin_key)};
    for (const auto& id : ids)
      server.call("DELETE", "/api/v1/webhooks/" + id, "", 204);
  }
  receiver.stop();
  out.hooks = receiver.figures();
  return out;
}

} // namespace switchboard::bench
