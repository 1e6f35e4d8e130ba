#include "api/webhook_routes.hpp"

#include "api/errors.hpp"
#include "api/pages.hpp"
#include "api/record_store.hpp"
#include "channels/rest/events.hpp"
#include "channels/rest/objects.hpp"
#include "channels/webhooks/delivery.hpp"
#include "channels/webhooks/payload_template.hpp"
#include "channels/webhooks/signature.hpp"
#include "domain/text.hpp"

#include <sodium/randombytes.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace switchboard::api {

namespace rest = channels::rest;
namespace webhooks = channels::webhooks;
using boost::beast::http::verb;
using domain::webhook;

namespace {

constexpr std::chrono::hours rotation_overlap{24};
constexpr std::size_t purge_at_once = 500;

std::optional<domain::webhook_id> id_of(const net::request& req) {
  const auto id = domain::parse_uuid(req.params.front());
  return id ? std::optional{domain::webhook_id{*id}} : std::nullopt;
}

std::string new_secret() {
  std::string random(webhooks::webhook_secret::size_default, '\0');
  randombytes_buf(random.data(), random.size());
  return webhooks::webhook_secret::from_bytes(random)->text();
}

void apply(const rest::webhook_change& wanted, webhook& to) {
  to.url = wanted.url.value_or(to.url);
  to.events = wanted.events.value_or(to.events);
  to.payload_template = wanted.payload_template.value_or(to.payload_template);
  to.headers = wanted.headers.value_or(to.headers);
  to.description = wanted.description.value_or(to.description);
  if (wanted.enabled) {
    to.enabled = *wanted.enabled;
    to.disabled_reason.clear();
  }
}

/// `<ms>-<delivery>-<number>`
std::string cursor_of(const persistence::lane_attempt& last) {
  return std::to_string(last.tried.at.time_since_epoch().count()) + '-'
         + std::to_string(static_cast<std::uint64_t>(last.delivery)) + '-'
         + std::to_string(last.tried.number);
}

std::optional<persistence::attempt_position>
parse_cursor(std::string_view text) {
  std::array<std::uint64_t, 3> parts{};
  for (auto& part : parts) {
    const auto word = text.substr(0, text.find('-'));
    const auto [stop, error]
      = std::from_chars(word.data(), word.data() + word.size(), part);
    if (word.empty() || error != std::errc{}
        || stop != word.data() + word.size())
      return std::nullopt;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  if (!text.empty())
    return std::nullopt;
  return persistence::attempt_position{
    domain::timestamp{
      std::chrono::milliseconds{static_cast<std::int64_t>(parts[0])}},
    persistence::delivery_id{parts[1]}, static_cast<std::uint32_t>(parts[2])};
}

void write_outcome(channels::json::writer& out, std::string_view outcome,
                   std::uint32_t status, std::chrono::milliseconds latency,
                   std::string_view detail, std::string_view body) {
  out.key("outcome").string(outcome);
  out.key("status");
  if (status == 0)
    out.null();
  else
    out.number(status);
  out.key("latency_ms").integer(latency.count());
  out.key("detail").string(detail);
  out.key("body").string_or_null(body);
}

/// The beginning of an answer's body, if people can read it.
std::string_view shown(std::string_view body) {
  return domain::is_clean_utf8(body)
           ? domain::clip(body, persistence::attempt_body_size_max)
           : std::string_view{};
}

void write_attempt(channels::json::writer& out,
                   const persistence::lane_attempt& a) {
  out.begin_object();
  out.key("delivery_id")
    .string(std::to_string(static_cast<std::uint64_t>(a.delivery)));
  out.key("webhook_id").string(a.message_id);
  out.key("event_type").string(a.kind);
  const auto ticket = a.kind == rest::error_type
                        ? std::nullopt
                        : domain::uuid_from_bytes(a.group);
  out.key("ticket_id")
    .string_or_null(ticket ? to_string(*ticket) : std::string{});
  out.key("sequence").number(static_cast<std::uint64_t>(a.sequence));
  out.key("number").number(a.tried.number);
  rest::write_time(out.key("at"), a.tried.at);
  write_outcome(
    out, a.tried.outcome, a.tried.http_status,
    std::chrono::duration_cast<std::chrono::milliseconds>(a.tried.latency),
    a.tried.detail, shown(a.tried.body));
  out.end_object();
}

} // namespace

webhook_routes::webhook_routes(webhook_tools tools)
  : tools_{std::move(tools)},
    records_{tools_.journal.rows()},
    deliveries_{tools_.journal.rows()} {}

void webhook_routes::add_to(net::router& router, gate& door) {
  const auto needed = domain::scope::webhooks_manage;
  const auto add = [&](verb method, const char* path, auto handler) {
    door.add(router, {method, path, needed}, this, handler);
  };
  using self = webhook_routes;
  add(verb::get, "/api/v1/webhooks", &self::on_list);
  add(verb::post, "/api/v1/webhooks", &self::on_create);
  add(verb::get, "/api/v1/webhooks/:webhook_id", &self::on_read);
  add(verb::patch, "/api/v1/webhooks/:webhook_id", &self::on_change);
  add(verb::delete_, "/api/v1/webhooks/:webhook_id", &self::on_remove);
  add(verb::post, "/api/v1/webhooks/:webhook_id/test", &self::on_test);
  add(verb::post, "/api/v1/webhooks/:webhook_id/rotate-secret",
      &self::on_rotate);
  add(verb::post, "/api/v1/webhooks/:webhook_id/replay", &self::on_replay);
  add(verb::get, "/api/v1/webhooks/:webhook_id/attempts", &self::on_attempts);
}

rest::problem_list
webhook_routes::check(const rest::webhook_change& wanted) const {
  rest::problem_list problems;
  if (wanted.url)
    webhooks::check_url(*wanted.url, tools_.url_rules, problems);
  if (wanted.events)
    webhooks::check_events(*wanted.events, problems);
  if (wanted.headers)
    webhooks::check_headers(*wanted.headers, problems);
  if (wanted.payload_template && !wanted.payload_template->empty()) {
    auto parsed = webhooks::payload_template::parse(*wanted.payload_template);
    std::move(parsed.problems.begin(), parsed.problems.end(),
              std::back_inserter(problems));
  }
  return problems;
}

void webhook_routes::changed(domain::webhook_id id) {
  tools_.reload();
  tools_.engine.take_up_lane(tools_.lane_of(id));
}

net::response webhook_routes::show(unsigned status,
                                   const persistence::versioned<webhook>& hook,
                                   std::string_view secret) const {
  std::string body;
  channels::json::writer out{body};
  rest::write_webhook(out, hook.value, tools_.failing_since(hook.value.id),
                      secret);
  net::response shown{status, std::move(body)};
  shown.headers.emplace_back("ETag", etag(hook.version));
  return shown;
}

// -- the endpoints themselves -------------------------------------------------

webhook_routes::answer webhook_routes::on_create(net::request& req,
                                                 const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto form = rest::decode_new_webhook(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  if (auto problems = check(*form.value); !problems.empty())
    co_return invalid_response(problems);
  webhook made;
  made.id = domain::webhook_id{tools_.ids.next_uuid()};
  apply(*form.value, made);
  const auto secret = new_secret();
  made.secret = tools_.box.seal(secret);
  const auto now = tools_.now();
  auto creating = create_record(req, who, tools_.journal, now, std::move(made));
  auto result = co_await std::move(creating);
  if (auto* refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  const auto& record = std::get<created<webhook>>(result).record;
  changed(record.value.id);
  // A repeated request is shown the secret that the first one was.
  const auto shown = tools_.box.open(record.value.secret);
  auto out = show(201, record, shown.value_or(secret));
  out.headers.emplace_back(
    "Location", "/api/v1/webhooks/" + to_string(record.value.id.value));
  co_return out;
}

net::response webhook_routes::on_list(net::request& req) const {
  auto page = parse_page(req.query);
  std::optional<domain::webhook_id> after;
  if (!page.cursor.empty()) {
    const auto id = domain::parse_uuid(page.cursor);
    if (id)
      after = domain::webhook_id{*id};
    else
      page.problems.push_back({"cursor", "is not one that this list gave"});
  }
  if (!page.problems.empty())
    return invalid_response(page.problems);
  auto hooks = records_.webhooks(after, page.limit + 1);
  const auto next = cut_page(hooks, page.limit, [](const auto& hook) {
    return to_string(hook.id.value);
  });
  return page_response(
    hooks,
    [this](auto& out, const auto& hook) {
      rest::write_webhook(out, hook, tools_.failing_since(hook.id));
    },
    next);
}

net::response webhook_routes::on_read(net::request& req) const {
  const auto id = id_of(req);
  const auto found = id ? records_.find(*id) : std::nullopt;
  return found ? show(200, *found) : missing_record<webhook>();
}

webhook_routes::answer webhook_routes::on_change(net::request& req,
                                                 const caller&) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto id = id_of(req);
  if (!id)
    co_return missing_record<webhook>();
  auto form = rest::decode_webhook_change(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto& wanted = *form.value;
  if (auto problems = check(wanted); !problems.empty())
    co_return invalid_response(problems);
  const auto edit = [&wanted](webhook& hook) -> std::optional<net::response> {
    apply(wanted, hook);
    return std::nullopt;
  };
  const auto now = tools_.now();
  auto changing = change_record<webhook>(req, tools_.journal, now, *id, edit);
  auto result = co_await std::move(changing);
  if (auto* refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  if (wanted.enabled.value_or(false))
    tools_.forgive(*id);
  changed(*id);
  co_return show(200, std::get<persistence::versioned<webhook>>(result));
}

webhook_routes::answer webhook_routes::on_remove(net::request& req,
                                                 const caller&) {
  const auto id = id_of(req);
  if (!id)
    co_return missing_record<webhook>();
  const auto check = [](const webhook&) -> std::optional<net::response> {
    return std::nullopt;
  };
  const auto now = tools_.now();
  auto removing = remove_record<webhook>(req, tools_.journal, now, *id, check);
  auto result = co_await std::move(removing);
  if (auto* refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  changed(*id);
  tools_.forgive(*id);
  const auto lane = tools_.lane_of(*id);
  for (;;) {
    auto what
      = persistence::purge_lane(tools_.journal.rows(), lane, purge_at_once);
    if (what.rows.empty())
      break;
    const auto outcome = co_await commit(tools_.journal, std::move(what));
    if (!std::holds_alternative<persistence::committed>(outcome))
      break; // They wait for a destination that is gone; nothing is sent.
  }
  co_return net::response{204, {}};
}

webhook_routes::answer webhook_routes::on_rotate(net::request& req,
                                                 const caller&) {
  const auto id = id_of(req);
  if (!id)
    co_return missing_record<webhook>();
  const auto now = tools_.now();
  const auto secret = new_secret();
  const auto sealed = tools_.box.seal(secret);
  const auto edit = [&](webhook& hook) -> std::optional<net::response> {
    hook.previous_secret = std::exchange(hook.secret, sealed);
    hook.previous_until = now + rotation_overlap;
    return std::nullopt;
  };
  auto changing = change_record<webhook>(req, tools_.journal, now, *id, edit);
  auto result = co_await std::move(changing);
  if (auto* refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  changed(*id);
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("secret").string(secret);
  rest::write_time(out.key("previous_expires_at"), now + rotation_overlap);
  out.end_object();
  co_return net::response{200, std::move(body)};
}

// -- trying out ---------------------------------------------------------------

webhook_routes::answer webhook_routes::on_test(net::request& req,
                                               const caller&) {
  if (auto refusal = require_json_if_any(req))
    co_return std::move(*refusal);
  const auto id = id_of(req);
  if (!id || !records_.find(*id))
    co_return missing_record<webhook>();
  auto form = rest::decode_webhook_test(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto type = form.value->empty() ? std::string{"ticket.created"}
                                        : std::move(*form.value);
  auto sample = tools_.sample(*id, type);
  if (!sample) {
    const channels::json::field_problem problem{
      "event", "is no event that a sample can be made of"};
    co_return invalid_response({&problem, 1});
  }
  auto start = [&](auto done) {
    tools_.send(std::move(sample->second), std::move(done));
  };
  const auto got = co_await wait_for<channels::http_answer>(std::move(start));
  const auto verdict = webhooks::judge(got);
  std::string body;
  channels::json::writer out{body};
  out.begin_object();
  out.key("ok").boolean(verdict.outcome
                        == channels::delivery_outcome::delivered);
  out.key("webhook_id").string(sample->first);
  write_outcome(out, to_string(verdict.outcome),
                static_cast<std::uint32_t>(got.status), got.latency,
                verdict.reason, shown(got.body));
  out.end_object();
  co_return net::response{200, std::move(body)};
}

net::response webhook_routes::on_attempts(net::request& req) const {
  const auto id = id_of(req);
  if (!id || !records_.find(*id))
    return missing_record<webhook>();
  auto page = parse_page(req.query);
  std::optional<persistence::attempt_position> before;
  if (!page.cursor.empty()) {
    before = parse_cursor(page.cursor);
    if (!before)
      page.problems.push_back({"cursor", "is not one that this list gave"});
  }
  if (!page.problems.empty())
    return invalid_response(page.problems);
  auto attempts
    = deliveries_.lane_attempts(tools_.lane_of(*id), before, page.limit + 1);
  const auto next = cut_page(attempts, page.limit, cursor_of);
  return page_response(attempts, write_attempt, next);
}

} // namespace switchboard::api
