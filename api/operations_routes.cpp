#include "api/operations_routes.hpp"

#include "api/errors.hpp"
#include "api/wait_for.hpp"
#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"

#include <array>
#include <utility>

namespace switchboard::api {

namespace {

constexpr std::size_t folder_length_max = 1000;

} // namespace

operations_routes::operations_routes(operations_parts parts,
                                     const secret& admin_key)
  : parts_{std::move(parts)}, admin_key_{admin_key} {}

void operations_routes::add_to(net::router& router) {
  router.get("/healthz", net::sync_handler{[](auto&) {
               return net::response{200, R"({"ok":true})"};
             }});
  router.get("/readyz",
             net::sync_handler{[this](auto&) { return on_ready(); }});
  router.get("/metrics", net::sync_handler{[this](auto&) {
               return net::response{200, parts_.expose_metrics(),
                                    "text/plain; version=0.0.4; charset=utf-8"};
             }});
  router.post("/api/v1/backup",
              net::async_handler{[this](auto& req) { return on_backup(req); }});
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
operations_routes::on_backup(net::request& req) {
  if (auto refusal = require_secret(req, admin_key_))
    co_return std::move(*refusal);
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  static constexpr std::array<std::string_view, 1> fields{"folder"};
  channels::json::object_reader in{req.body, fields};
  std::string folder;
  if (in.is_object())
    folder = in.text("folder", {.length_max = folder_length_max,
                                .one_line = true});
  if (!in.problems().empty())
    co_return invalid_response(in.problems());
  auto start = [this, folder](auto done) {
    parts_.back_up(folder, std::move(done));
  };
  const auto problem
    = co_await wait_for<std::optional<std::string>>(std::move(start));
  if (problem)
    co_return error_response(conflict, *problem);
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(true);
  out.key("folder").string(folder).end_object();
  co_return net::response{201, std::move(body)};
}

} // namespace switchboard::api
