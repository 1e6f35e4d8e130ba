#include "api/key_routes.hpp"

#include "api/access.hpp"
#include "api/errors.hpp"
#include "api/pages.hpp"
#include "channels/rest/objects.hpp"

#include <sodium/randombytes.h>

#include <string>
#include <utility>
#include <vector>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;
using channels::json::field_problem;

namespace {

/// 43 characters out of 62 carry 256 bits.
constexpr std::size_t secret_length = 43;
constexpr std::string_view secret_characters
  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string make_secret() {
  std::string out(secret_length, '\0');
  for (auto& c : out)
    c = secret_characters[randombytes_uniform(secret_characters.size())];
  return out;
}

domain::api_key_id make_key_id() {
  std::uint64_t value = 0;
  while (value == 0)
    randombytes_buf(&value, sizeof value);
  return domain::api_key_id{value};
}

/// 403 naming the scopes that the caller's own key lacks.
std::optional<net::response> refuse_scopes(const caller& who,
                                           const domain::scope_set& wanted) {
  if (who.scopes.covers(wanted))
    return std::nullopt;
  std::vector<field_problem> problems;
  std::string names;
  for (const auto one : domain::all_scopes) {
    if (!wanted.has(one) || who.scopes.allows(one))
      continue;
    const auto name = std::string{to_string(one)};
    names += names.empty() ? name : ", " + name;
    problems.push_back({"scopes", "your key lacks " + name});
  }
  return error_response(
    forbidden, "a key cannot hand out what it lacks: " + names, problems);
}

} // namespace

key_routes::key_routes(gate& door, persistence::journal& journal,
                       actors::clock_fn now, const sealed_box& box)
  : door_{door},
    journal_{journal},
    records_{journal.rows()},
    now_{std::move(now)},
    box_{box} {}

void key_routes::add_to(net::router& router) {
  constexpr auto needed = domain::scope::keys_manage;
  const std::string all = "/api/v1/api-keys";
  door_.add(router, {verb::get, all, needed},
            gate::sync_handler{
              [this](auto& req, const auto&) { return on_list(req); }});
  door_.add(router, {verb::post, all, needed},
            gate::async_handler{[this](auto& req, const auto& who) {
              return on_create(req, who);
            }});
  door_.add(router, {verb::delete_, all + "/:id", needed},
            gate::async_handler{
              [this](auto& req, const auto&) { return on_remove(req); }});
}

net::response key_routes::on_list(const net::request& req) const {
  auto page = parse_page(req.query);
  std::optional<domain::api_key_id> after;
  if (!page.cursor.empty()) {
    after = domain::parse_api_key_id(page.cursor);
    if (!after)
      page.problems.push_back({"cursor", "is not one that this list gave"});
  }
  if (!page.problems.empty())
    return invalid_response(page.problems);
  auto keys = records_.api_keys(after, page.limit + 1);
  const auto next = cut_page(
    keys, page.limit, [](const auto& last) { return to_string(last.id); });
  const auto write = [this](auto& out, const domain::api_key& key) {
    rest::write_api_key(out, key, door_.last_used(key.id));
  };
  return page_response(keys, write, next);
}

key_routes::answer key_routes::on_create(net::request& req, const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  auto form = rest::decode_new_api_key(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  // First of all, or else a repetition would show a key to whom could not have
  // made it.
  if (auto refusal = refuse_scopes(who, form.value->scopes))
    co_return std::move(*refusal);
  const auto now = now_();
  if (auto first = find_created<domain::api_key>(req, who, journal_, now))
    co_return show_created(std::move(*first));
  auto made = new_key(std::move(*form.value), now);
  if (auto* const refusal = std::get_if<net::response>(&made))
    co_return std::move(*refusal);
  auto& key = std::get<domain::api_key>(made);
  const auto secret_text = make_secret();
  key.id = make_key_id();
  key.secret_hash = hash_key_secret(secret_text);
  auto sealed = box_.seal(secret_text);
  auto result = co_await create_record(req, who, journal_, now, std::move(key),
                                       std::move(sealed));
  co_return show_created(std::move(result));
}

std::variant<domain::api_key, net::response>
key_routes::new_key(rest::new_api_key&& wanted, domain::timestamp now) const {
  domain::api_key key;
  key.name = std::move(wanted.name);
  key.scopes = wanted.scopes;
  key.owner = wanted.owner;
  std::vector<field_problem> problems;
  if (key.owner && !records_.find(*key.owner))
    problems.push_back({"user_id", "there is no such user"});
  if (!wanted.expires_at.empty()) {
    key.expires_at = parse_time(wanted.expires_at);
    if (!key.expires_at)
      problems.push_back(
        {"expires_at", "must be a time like 2026-01-31T12:00:00Z"});
    else if (*key.expires_at <= now)
      problems.push_back({"expires_at", "must lie in the future"});
  }
  if (!problems.empty())
    return invalid_response(problems);
  return key;
}

net::response
key_routes::show_created(created_or_refused<domain::api_key>&& result) const {
  if (auto* const refusal = std::get_if<net::response>(&result))
    return std::move(*refusal);
  const auto& made = std::get<created<domain::api_key>>(result);
  const auto& key = made.record.value;
  const auto secret_text = box_.open(made.extra);
  if (!secret_text)
    return error_response(conflict, "this key's secret cannot be shown again");
  std::string body;
  channels::json::writer out{body};
  rest::write_api_key(out, key, door_.last_used(key.id),
                      format_key(key.id, *secret_text));
  return {201, std::move(body)};
}

key_routes::answer key_routes::on_remove(net::request& req) {
  const auto id = domain::parse_api_key_id(req.params.front());
  if (!id)
    co_return missing_record<domain::api_key>();
  const auto any
    = [](const domain::api_key&) { return std::optional<net::response>{}; };
  const auto now = now_();
  auto result
    = co_await remove_record<domain::api_key>(req, journal_, now, *id, any);
  if (auto* const refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  co_return net::response{204, ""};
}

} // namespace switchboard::api
