#pragma once

#include "api/gate.hpp"
#include "api/telegram/executors_outbox.hpp"
#include "api/ticket_tools.hpp"
#include "channels/rest/executor_forms.hpp"
#include "net/router.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <variant>

namespace switchboard::api {

/// What automations call: `POST /functions/v1/telegram-webhook` opens a ticket
/// for an executor, whom the executors' bot tells of it. Built once;
/// thread-safe.
class function_routes {
public:
  /// Without a bot nobody is told.
  function_routes(ticket_tools tools,
                  std::optional<telegram::executor_bot> bot);

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_ticket(net::request& req, const caller& who);
  /// The executor that was named, if any; 400 when there is no such person.
  [[nodiscard]] std::variant<std::optional<domain::user>, net::response>
  find_executor(const channels::rest::executor_ticket& wanted) const;
  [[nodiscard]] domain::create_ticket
  creation_of(channels::rest::executor_ticket&& wanted,
              const std::optional<domain::user>& executor,
              const caller& who) const;
  [[nodiscard]] net::response created(domain::ticket_id id) const;

  ticket_tools tools_;
  std::optional<telegram::executor_bot> bot_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::api
