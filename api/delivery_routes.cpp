#include "api/delivery_routes.hpp"

#include "api/commits.hpp"
#include "api/errors.hpp"
#include "api/pages.hpp"
#include "channels/json/writer.hpp"

#include <charconv>
#include <utility>

namespace switchboard::api {

namespace {

using persistence::delivery_id;

std::optional<delivery_id> parse_delivery_id(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return delivery_id{value};
}

void write_attempt(channels::json::writer& out,
                   const persistence::attempt& tried) {
  out.begin_object().key("number").number(tried.number);
  out.key("at").string(domain::to_rfc3339(tried.at));
  out.key("outcome").string(tried.outcome);
  out.key("status");
  if (tried.http_status == 0)
    out.null();
  else
    out.number(tried.http_status);
  using std::chrono::duration_cast;
  out.key("latency_ms")
    .number(static_cast<std::uint64_t>(
      duration_cast<std::chrono::milliseconds>(tried.latency).count()));
  out.key("detail").string(tried.detail);
  out.key("body").string_or_null(tried.body);
  out.end_object();
}

void write_dead_letter(channels::json::writer& out,
                       const persistence::dead_letter& letter,
                       const std::vector<persistence::attempt>& attempts) {
  const auto& what = letter.what;
  out.begin_object();
  out.key("id").string(std::to_string(static_cast<std::uint64_t>(what.id)));
  out.key("lane").string(what.lane).key("kind").string(what.kind);
  out.key("ticket_id");
  if (const auto ticket = domain::uuid_from_bytes(what.group))
    out.string(to_string(*ticket));
  else
    out.null();
  out.key("reason").string(letter.reason);
  out.key("created_at").string(domain::to_rfc3339(what.created_at));
  out.key("died_at").string(domain::to_rfc3339(letter.died_at));
  out.key("payload").string(what.payload);
  out.key("attempts").begin_array();
  for (const auto& tried : attempts)
    write_attempt(out, tried);
  out.end_array().end_object();
}

} // namespace

delivery_routes::delivery_routes(actors::engine& engine,
                                 persistence::journal& journal,
                                 actors::clock_fn now)
  : engine_{engine},
    journal_{journal},
    deliveries_{journal.rows()},
    now_{std::move(now)} {}

void delivery_routes::add_to(net::router& router, gate& door) {
  using boost::beast::http::verb;
  const auto needed = domain::scope::webhooks_manage;
  door.add(router, {verb::get, "/api/v1/dead-letters", needed},
           gate::sync_handler{
             [this](auto& req, const auto&) { return on_list(req); }});
  door.add(router, {verb::post, "/api/v1/dead-letters/:id/replay", needed},
           gate::async_handler{
             [this](auto& req, const auto&) { return on_replay(req); }});
}

net::response delivery_routes::on_list(net::request& req) {
  const auto page = parse_number_page(req.query);
  if (!page.problems.empty())
    return invalid_response(page.problems);
  auto letters
    = deliveries_.dead_letters(delivery_id{page.after}, page.limit + 1);
  const auto next = cut_page(letters, page.limit, [](const auto& letter) {
    return std::to_string(static_cast<std::uint64_t>(letter.what.id));
  });
  return page_response(
    letters,
    [this](auto& out, const auto& letter) {
      write_dead_letter(out, letter, deliveries_.attempts(letter.what.id));
    },
    next);
}

boost::asio::awaitable<net::response>
delivery_routes::on_replay(net::request& req) {
  const auto id = parse_delivery_id(req.params.front());
  const auto letter = id ? deliveries_.find_dead_letter(*id) : std::nullopt;
  if (!letter)
    co_return error_response(not_found, "there is no such dead letter");
  auto what = persistence::replay(*letter, now_());
  const auto outcome = co_await commit(journal_, std::move(what));
  if (!std::holds_alternative<persistence::committed>(outcome))
    co_return refused_response(
      {domain::errc::storage_unavailable, "could not be stored; try again"});
  engine_.take_up(letter->what.lane, letter->what.id);
  co_return net::response{202, R"({"ok":true})"};
}

} // namespace switchboard::api
