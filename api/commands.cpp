#include "api/commands.hpp"

#include "net/ask.hpp"

namespace switchboard::api {

boost::asio::awaitable<domain::result<actors::ticket_reply>>
command(net::request& req, actors::engine& engine,
        actors::ticket_request request) {
  return command(req.actors(), engine, std::move(request));
}

boost::asio::awaitable<domain::result<actors::ticket_reply>>
command(net::asker& asker, actors::engine& engine,
        actors::ticket_request request) {
  using reply_result = domain::result<actors::ticket_reply>;
  const auto permit = engine.admit();
  if (!permit)
    co_return reply_result{
      domain::fail(domain::errc::overloaded, "too many requests at once")};
  const auto directory = engine.tickets();
  const auto deadline = engine.command_timeout();
  auto reply = co_await net::ask<actors::ticket_reply>(
    asker, directory, deadline, actors::apply_atom_v, std::move(request));
  if (!reply) {
    auto reason = actors::from_caf(reply.error());
    co_return reply_result{domain::fail(reason.code, std::move(reason.detail))};
  }
  co_return reply_result{std::move(*reply)};
}

} // namespace switchboard::api
