#pragma once

#include "net/ask.hpp"
#include "net/io_runtime.hpp"
#include "net/server.hpp"
#include "tests/support/http_call.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/typed_response_promise.hpp>

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::net {

/// What the server told; waits for it with a deadline.
class remembering_observer final : public server_observer {
public:
  struct request_seen {
    std::string route;
    unsigned status;
  };

  void request_done(std::string_view route, unsigned status,
                    std::chrono::nanoseconds) override {
    note([&] { requests.push_back({std::string{route}, status}); });
  }
  void connection_opened() override {
    note([&] { ++opened; });
  }
  void connection_closed() override {
    note([&] { ++closed; });
  }
  void accept_paused() override {
    note([&] { ++pauses; });
  }

  /// Whether `condition`, which may look at the members, comes true in time.
  bool wait_until(const std::function<bool()>& condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, condition);
  }

  /// A copy of a member, at any time.
  template <class Member>
  Member look(Member remembering_observer::*which) {
    const std::lock_guard lock{mutex_};
    return this->*which;
  }

  std::vector<request_seen> requests;
  int opened = 0;
  int closed = 0;
  int pauses = 0;

private:
  template <class Change>
  void note(Change change) {
    const std::lock_guard lock{mutex_};
    change();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
};

/// Answers `int` requests once it has been told `ok`.
inline caf::behavior gate(caf::event_based_actor* self) {
  struct state {
    bool open = false;
    std::vector<caf::typed_response_promise<int>> waiting;
  };
  auto me = std::make_shared<state>();
  return {
    [self, me](int) {
      auto promise = self->make_response_promise<int>();
      if (me->open)
        promise.deliver(1);
      else
        me->waiting.push_back(promise);
      return promise;
    },
    [me](caf::ok_atom) {
      me->open = true;
      for (auto& one : me->waiting)
        one.deliver(1);
      me->waiting.clear();
    },
  };
}

/// A server with a handful of routes on an io_runtime, and a gate that holds
/// the answers of `/wait` until a test opens it.
class ServerTest : public testing::Test {
protected:
  using verb = boost::beast::http::verb;
  using reply = support::http_reply;

  ServerTest() {
    options_.port = 0;
  }
  ~ServerTest() override {
    server_.reset();
    caf::anon_send_exit(gate_, caf::exit_reason::user_shutdown);
    gate_ = nullptr;
    runtime_.stop();
  }

  /// A second call replaces the server.
  void start() {
    server_.emplace(runtime_, options_, make_routes(), &seen_);
    server_->start();
  }

  void open_gate() {
    caf::anon_send(gate_, caf::ok_atom_v);
  }

  support::http_connection connect() {
    return support::http_connection{server_->port()};
  }
  reply get(std::string_view target, const support::header_list& headers = {}) {
    return support::call(server_->port(), verb::get, target, headers);
  }
  reply post(std::string_view target, std::string_view body) {
    return support::call(server_->port(), verb::post, target, {}, body);
  }
  /// What comes back until the server closes.
  std::string raw(std::string_view bytes) {
    return support::call_raw(server_->port(), bytes).value_or("kept open");
  }

  router make_routes() {
    router routes;
    routes.get("/hello", sync_handler{[](request&) {
                 return response{200, R"({"ok":true})"};
               }});
    routes.get("/hello/:name", sync_handler{[](request& r) {
                 return response{200,
                                 r.params.at(0) + "?" + std::string{r.query},
                                 "text/plain"};
               }});
    routes.post("/echo", sync_handler{[](request& r) {
                  return response{201, std::string{r.body}, "text/plain"};
                }});
    route large;
    large.method = verb::post;
    large.pattern = "/large";
    large.body_bytes_max = std::size_t{8} * 1024 * 1024;
    large.sync = [](request& r) {
      return response{200, std::to_string(r.body.size()), "text/plain"};
    };
    routes.add(std::move(large));
    routes.get("/size/:bytes", sync_handler{[](request& r) {
                 return response{200, std::string(std::stoul(r.params[0]), 'x'),
                                 "text/plain"};
               }});
    routes.get("/client", sync_handler{[](request& r) {
                 return response{200, r.client_address, "text/plain"};
               }});
    routes.get("/header/:name", sync_handler{[](request& r) {
                 return response{200,
                                 std::to_string(r.header_count(r.params[0]))
                                   + std::string{r.header(r.params[0])},
                                 "text/plain"};
               }});
    routes.get("/status/:code", sync_handler{[](request& r) {
                 auto status = static_cast<unsigned>(std::stoul(r.params[0]));
                 return response{status, "body", "text/plain"};
               }});
    routes.get("/throw", sync_handler{[](request&) -> response {
                 throw std::runtime_error{"a bug"};
               }});
    routes.get("/split", sync_handler{[](request&) {
                 response answer{200, "{}"};
                 answer.headers.emplace_back("X-A", "b\r\nX-C: d");
                 return answer;
               }});
    const auto echo = [](request& r) {
      return response{200, std::string{r.path} + " " + std::string{r.body},
                      "text/plain"};
    };
    routes.put("/item/:id", sync_handler{echo});
    routes.patch("/item/:id", sync_handler{echo});
    routes.del("/item/:id", sync_handler{[](request&) {
                 return response{204, "nothing of this goes out"};
               }});
    add_waiting_routes(routes);
    return routes;
  }

  void add_waiting_routes(router& routes) {
    const auto ask_gate
      = [this](request& r) -> boost::asio::awaitable<response> {
      const auto deadline = deadline_;
      auto opened = co_await ask<int>(r.actors(), gate_, deadline, 1);
      if (!opened)
        co_return response{503, to_string(opened.error()), "text/plain"};
      co_return response{200, std::string{r.path} + std::string{r.body},
                         "text/plain"};
    };
    routes.get("/wait", async_handler{ask_gate});
    routes.post("/wait", async_handler{ask_gate});
    routes.get(
      "/wait/throw",
      async_handler{[this](request& r) -> boost::asio::awaitable<response> {
        const auto deadline = deadline_;
        co_await ask<int>(r.actors(), gate_, deadline, 1);
        throw std::runtime_error{"a bug"};
      }});
  }

  remembering_observer seen_;
  server_options options_;
  std::chrono::milliseconds deadline_{10'000};
  caf::actor_system_config config_;
  io_runtime runtime_{config_};
  caf::actor gate_ = runtime_.actors().spawn(gate);
  std::optional<server> server_;
};

} // namespace switchboard::net
