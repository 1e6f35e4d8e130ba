#include "app/courier.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace switchboard::app {

namespace {

using channels::http_answer;
using channels::http_request;

/// The courier as the client's callbacks see it: exchange, what came of it.
using courier_desk
  = actors::courier_actor::extend<caf::reacts_to<std::uint64_t, http_answer>>;

net::client_request to_client(http_request&& request) {
  net::client_request out;
  out.method = std::move(request.method);
  out.url = std::move(request.url);
  out.headers = std::move(request.headers);
  out.body = std::move(request.body);
  out.connect_timeout = request.connect_timeout;
  out.total_timeout = request.total_timeout;
  out.public_only = request.public_only;
  out.answer_body_max = request.answer_body_max;
  return out;
}

channels::http_failure to_channel(net::client_failure failure) {
  using from = net::client_failure;
  using to = channels::http_failure;
  switch (failure) {
    case from::none: return to::none;
    case from::bad_url: return to::bad_url;
    case from::address_refused: return to::address_refused;
    case from::resolve_failed: return to::resolve_failed;
    case from::connect_failed: return to::connect_failed;
    case from::connect_timeout: return to::connect_timeout;
    case from::tls_failed: return to::tls_failed;
    case from::write_failed: return to::write_failed;
    case from::no_answer: return to::no_answer;
    case from::answer_timeout: return to::answer_timeout;
    case from::bad_answer: return to::bad_answer;
    case from::shutting_down: return to::shutting_down;
  }
  return to::no_answer;
}

http_answer to_channel(net::client_answer&& answer) {
  http_answer out;
  out.failure = to_channel(answer.failure);
  out.detail = std::move(answer.detail);
  out.status = answer.status;
  out.body = std::move(answer.body);
  out.retry_after = answer.retry_after;
  out.latency = answer.latency;
  out.location = std::move(answer.location);
  return out;
}

/// State and handlers of the COURIER. Promises are kept here and kept on this
/// actor's turn, since CAF's promises are no toys for foreign threads.
class courier_state {
public:
  using self_pointer = courier_desk::stateful_pointer<courier_state>;

  explicit courier_state(self_pointer self) : self_{self} {}

  courier_desk::behavior_type make_behavior(net::http_client* client) {
    client_ = client;
    return {
      [this](http_request& request) { return on_request(request); },
      [this](std::uint64_t exchange, http_answer& answer) {
        on_answer(exchange, answer);
      },
    };
  }

  static inline constexpr const char* name = "courier";

private:
  caf::result<http_answer> on_request(http_request& request) {
    const auto exchange = ++last_exchange_;
    auto reply = self_->make_response_promise<http_answer>();
    waiting_.emplace(exchange, reply);
    client_->send(to_client(std::move(request)),
                  [me = courier_desk{self_}, exchange](auto answer) {
                    caf::anon_send(me, exchange, to_channel(std::move(answer)));
                  });
    return reply;
  }

  void on_answer(std::uint64_t exchange, http_answer& answer) {
    auto found = waiting_.extract(exchange);
    if (!found.empty())
      found.mapped().deliver(std::move(answer));
  }

  self_pointer self_;
  net::http_client* client_ = nullptr;
  std::uint64_t last_exchange_ = 0;
  std::unordered_map<std::uint64_t, caf::typed_response_promise<http_answer>>
    waiting_;
};

courier_desk::behavior_type courier(courier_state::self_pointer self,
                                    net::http_client* client) {
  return self->state.make_behavior(client);
}

} // namespace

void send(net::http_client& client, channels::http_request request,
          std::function<void(channels::http_answer)> done) {
  client.send(to_client(std::move(request)),
              [done = std::move(done)](auto answer) {
                done(to_channel(std::move(answer)));
              });
}

actors::courier_actor spawn_courier(caf::actor_system& system,
                                    net::http_client& client) {
  return system.spawn(courier, &client);
}

} // namespace switchboard::app
