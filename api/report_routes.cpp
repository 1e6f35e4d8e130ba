#include "api/report_routes.hpp"

#include "api/errors.hpp"
#include "api/pages.hpp"
#include "api/stats_routes.hpp"
#include "channels/rest/objects.hpp"

#include <charconv>
#include <utility>

namespace switchboard::api {

using boost::beast::http::verb;

namespace {

/// `<ms>-<uuid>`
std::optional<persistence::error_position> parse_cursor(std::string_view text) {
  const auto word = text.substr(0, text.find('-'));
  std::int64_t millis = 0;
  const auto* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, millis);
  if (word.size() == text.size() || error != std::errc{} || stop != end)
    return std::nullopt;
  const auto id = domain::parse_uuid(text.substr(word.size() + 1));
  if (!id)
    return std::nullopt;
  return persistence::error_position{
    domain::timestamp{std::chrono::milliseconds{millis}}, *id};
}

void write_error(channels::json::writer& out,
                 const persistence::error_record& e) {
  using channels::rest::write_time;
  out.begin_object();
  out.key("id").string(to_string(e.id));
  out.key("where").string(e.where);
  out.key("code").string(e.code);
  out.key("message").string(e.message);
  out.key("count").number(e.count);
  write_time(out.key("first_seen"), e.first_seen);
  write_time(out.key("last_seen"), e.last_seen);
  out.key("ticket_id")
    .string_or_null(e.ticket ? to_string(e.ticket->value) : std::string{});
  out.end_object();
}

} // namespace

report_routes::report_routes(const actors::engine& engine,
                             const persistence::row_reader& rows,
                             actors::clock_fn now)
  : engine_{engine}, errors_{rows}, now_{std::move(now)} {}

void report_routes::add_to(net::router& router, gate& door) {
  const auto needed = domain::scope::stats_read;
  door.add(
    router, {verb::get, "/api/v1/stats", needed},
    gate::sync_handler{[this](auto&, const auto&) { return on_stats(); }});
  door.add(router, {verb::get, "/api/v1/errors", needed},
           gate::sync_handler{
             [this](auto& req, const auto&) { return on_errors(req); }});
}

net::response report_routes::on_stats() const {
  const auto figures = engine_.statistics();
  return stats_response(*figures, now_());
}

net::response report_routes::on_errors(net::request& req) const {
  auto page = parse_page(req.query);
  std::optional<persistence::error_position> after;
  if (!page.cursor.empty()) {
    after = parse_cursor(page.cursor);
    if (!after)
      page.problems.push_back({"cursor", "is not one that this list gave"});
  }
  if (!page.problems.empty())
    return invalid_response(page.problems);
  auto errors = errors_.list(after, page.limit + 1);
  const auto next = cut_page(errors, page.limit, [](const auto& e) {
    return std::to_string(e.last_seen.time_since_epoch().count()) + '-'
           + to_string(e.id);
  });
  return page_response(errors, write_error, next);
}

} // namespace switchboard::api
