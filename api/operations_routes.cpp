#include "api/operations_routes.hpp"

#include "api/commits.hpp"
#include "api/errors.hpp"
#include "api/idempotency.hpp"
#include "api/wait_for.hpp"
#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"
#include "persistence/claims.hpp"

#include <array>
#include <utility>

namespace switchboard::api {

namespace {

constexpr std::size_t folder_length_max = 1000;

net::response backed_up(const std::string& folder) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("folder").string(folder).end_object();
  return {201, std::move(body)};
}

} // namespace

operations_routes::operations_routes(operations_parts parts,
                                     persistence::journal& journal,
                                     actors::clock_fn now)
  : parts_{std::move(parts)}, journal_{journal}, now_{std::move(now)} {}

void operations_routes::add_to(net::router& router, gate& door) {
  router.get("/healthz", net::sync_handler{[](auto&) {
               return net::response{200, R"({"ok":true})"};
             }});
  router.get("/readyz",
             net::sync_handler{[this](auto&) { return on_ready(); }});
  router.get("/metrics", net::sync_handler{[this](auto&) {
               return net::response{200, parts_.expose_metrics(),
                                    "text/plain; version=0.0.4; charset=utf-8"};
             }});
  door.add(
    router,
    {boost::beast::http::verb::post, "/api/v1/backup", domain::scope::admin},
    gate::async_handler{
      [this](auto& req, const auto& who) { return on_backup(req, who); }});
}

net::response operations_routes::on_ready() {
  const auto obstacles = parts_.obstacles();
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(obstacles.empty());
  out.key("reasons").begin_array();
  for (const auto& obstacle : obstacles)
    out.string(obstacle);
  out.end_array().end_object();
  return {obstacles.empty() ? 200U : 503U, std::move(body)};
}

boost::asio::awaitable<net::response>
operations_routes::on_backup(net::request& req, const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  static constexpr std::array<std::string_view, 1> fields{"folder"};
  channels::json::object_reader in{req.body, fields};
  std::string folder;
  if (in.is_object())
    folder
      = in.text("folder", {.length_max = folder_length_max, .one_line = true});
  if (!in.problems().empty())
    co_return invalid_response(in.problems());
  auto claim = claim_idempotency(req, folder, now_(), who.name);
  if (auto* refusal = std::get_if<net::response>(&claim))
    co_return std::move(*refusal);
  auto* const once = std::get_if<persistence::unique_claim>(&claim);
  if (once != nullptr)
    if (const auto first = persistence::find_claim(journal_.rows(), once->scope,
                                                   once->id, now_()))
      co_return first_effect(req, *first) ? backed_up(folder) : other_body();
  auto start
    = [this, folder](auto done) { parts_.back_up(folder, std::move(done)); };
  const auto problem
    = co_await wait_for<std::optional<std::string>>(std::move(start));
  if (problem)
    co_return error_response(conflict, *problem);
  if (once != nullptr) {
    persistence::changes what;
    what.claims.push_back(std::move(*once));
    // The folder is there; that a repetition might not know it harms nobody.
    co_await commit(journal_, std::move(what));
  }
  co_return backed_up(folder);
}

} // namespace switchboard::api
