#include "bench/webhook_run.hpp"

#include "bench/create_scenario.hpp"
#include "bench/website_requests.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <thread>
#include <vector>

namespace switchboard::bench {

namespace {

constexpr std::chrono::milliseconds answer_timeout{10'000};
constexpr std::chrono::milliseconds look_pause{5};

/// Asks the server for one thing after the other, and waits each time.
class plain_caller {
public:
  plain_caller(const endpoint& server, const std::string& key)
    : host_{to_string(server)},
      key_{"Authorization: Bearer " + key + "\r\n"},
      socket_{connect_to(server)} {}

  /// The body; throws std::runtime_error when the status is another.
  std::string call(std::string_view method, std::string_view target,
                   std::string_view body, unsigned wanted) {
    const auto request = make_request(method, target, host_, key_, body);
    if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(request.size()))
      throw std::runtime_error{"the server takes no request"};
    std::string received;
    std::array<char, 16'384> buffer{};
    for (;;) {
      pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
      const auto size
        = ::poll(&waiting, 1, static_cast<int>(answer_timeout.count())) > 0
            ? ::recv(socket_.get(), buffer.data(), buffer.size(), 0)
            : -1;
      if (size <= 0)
        throw std::runtime_error{"no answer to " + std::string{target}};
      received.append(buffer.data(), static_cast<std::size_t>(size));
      const auto got = parse_answer(received);
      if (got.state == parse_state::needs_more)
        continue;
      if (got.state != parse_state::complete || got.parsed.status != wanted)
        throw std::runtime_error{std::string{method} + ' ' + std::string{target}
                                 + " was answered "
                                 + std::to_string(got.parsed.status) + ": "
                                 + std::string{got.parsed.body}};
      return std::string{got.parsed.body};
    }
  }

private:
  std::string host_;
  std::string key_; ///< a header line
  descriptor socket_;
};

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
    plain_caller server{options.load.server, options.admin_key};
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
    plain_caller server{options.load.server, options.admin_key};
    for (const auto& id : ids)
      server.call("DELETE", "/api/v1/webhooks/" + id, "", 204);
  }
  receiver.stop();
  out.hooks = receiver.figures();
  return out;
}

} // namespace switchboard::bench
