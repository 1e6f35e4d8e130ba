#include "api/directory_routes.hpp"

#include "api/access.hpp"
#include "api/errors.hpp"
#include "api/pages.hpp"
#include "channels/rest/objects.hpp"
#include "persistence/ticket_lists.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::api {

namespace rest = channels::rest;
using boost::beast::http::verb;
using channels::json::field_problem;
using domain::scope;

namespace {

/// Enough to know whom to ask.
constexpr std::size_t users_named_max = 10;

template <class Id>
std::uint64_t number(Id id) {
  return static_cast<std::uint64_t>(id);
}

template <class Id>
std::optional<Id> parse_id(std::string_view text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value == 0)
    return std::nullopt;
  return Id{value};
}

template <class T, class Write>
net::response
show(unsigned status, const persistence::versioned<T>& record, Write write) {
  std::string body;
  channels::json::writer out{body};
  write(out, record.value);
  net::response reply{status, std::move(body)};
  reply.headers.emplace_back("ETag", etag(record.version));
  return reply;
}

net::response show(unsigned status,
                   const persistence::versioned<domain::user>& user) {
  return show(status, user, rest::write_user);
}

net::response show(unsigned status,
                   const persistence::versioned<domain::group>& group) {
  return show(status, group, rest::write_group);
}

template <class T>
net::response show_changed(changed_or_refused<T>&& result) {
  if (auto* const refusal = std::get_if<net::response>(&result))
    return std::move(*refusal);
  return show(200, std::get<persistence::versioned<T>>(result));
}

template <class T>
net::response
show_created(created_or_refused<T>&& result, std::string_view folder) {
  if (auto* const refusal = std::get_if<net::response>(&result))
    return std::move(*refusal);
  const auto& record = std::get<created<T>>(result).record;
  auto reply = show(201, record);
  reply.headers.emplace_back(
    "Location", std::string{folder} + std::to_string(number(record.value.id)));
  return reply;
}

template <class T, class Write>
net::response
show_page(std::vector<T>&& items, std::size_t limit, Write write) {
  const auto next = cut_page(items, limit, [](const T& last) {
    return std::to_string(number(last.id));
  });
  return page_response(items, write, next);
}

} // namespace

directory_routes::directory_routes(persistence::journal& journal,
                                   actors::clock_fn now)
  : journal_{journal},
    records_{journal.rows()},
    now_{std::move(now)},
    last_user_{number(records_.last_user())},
    last_group_{number(records_.last_group())} {}

void directory_routes::add_to(net::router& router, gate& door) {
  add_users(router, door);
  add_groups(router, door);
}

// -- users --------------------------------------------------------------------

void directory_routes::add_users(net::router& router, gate& door) {
  constexpr auto needed = scope::users_manage;
  const std::string all = "/api/v1/users";
  const std::string one = "/api/v1/users/:id";
  door.add(router, {verb::get, all, needed},
           gate::sync_handler{
             [this](auto& req, const auto&) { return list_users(req); }});
  door.add(router, {verb::post, all, needed},
           gate::async_handler{[this](auto& req, const auto& who) {
             return create_user(req, who);
           }});
  door.add(router, {verb::get, one, needed},
           gate::sync_handler{
             [this](auto& req, const auto&) { return read_user(req); }});
  door.add(router, {verb::patch, one, needed},
           gate::async_handler{
             [this](auto& req, const auto&) { return change_user(req); }});
  door.add(router, {verb::delete_, one, needed},
           gate::async_handler{
             [this](auto& req, const auto&) { return remove_user(req); }});
}

std::optional<domain::user_id>
directory_routes::named_user(const net::request& req) const {
  const auto& name = req.params.front();
  // A username has a letter in it.
  if (const auto id = parse_id<domain::user_id>(name))
    return id;
  return domain::is_username(name) ? records_.find_username(name)
                                   : std::nullopt;
}

net::response directory_routes::list_users(const net::request& req) const {
  const auto page = parse_number_page(req.query);
  if (!page.problems.empty())
    return invalid_response(page.problems);
  return show_page(records_.users(domain::user_id{page.after}, page.limit + 1),
                   page.limit, rest::write_user);
}

net::response directory_routes::read_user(const net::request& req) const {
  const auto id = named_user(req);
  const auto user = id ? records_.find(*id) : std::nullopt;
  return user ? show(200, *user) : missing_record<domain::user>();
}

std::optional<net::response>
directory_routes::refuse_default(const rest::user_change& wanted) const {
  if (!wanted.default_group || !*wanted.default_group
      || records_.find(**wanted.default_group))
    return std::nullopt;
  const field_problem problem{"default_group_id", "there is no such group"};
  return invalid_response({&problem, 1});
}

domain::user_id directory_routes::next_user() {
  auto last = last_user_.load();
  std::uint64_t next = 0;
  do {
    // Agents may come in by other doors too.
    next = std::max(last, number(records_.last_user())) + 1;
  } while (!last_user_.compare_exchange_weak(last, next));
  return domain::user_id{next};
}

directory_routes::answer directory_routes::create_user(net::request& req,
                                                       const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto form = rest::decode_new_user(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto now = now_();
  if (auto first = find_created<domain::user>(req, who, journal_, now))
    co_return show_created<domain::user>(std::move(*first), "/api/v1/users/");
  if (auto refusal = refuse_default(*form.value))
    co_return std::move(*refusal);
  domain::user user;
  user.id = next_user();
  apply(*form.value, user);
  auto result
    = co_await create_record(req, who, journal_, now, std::move(user));
  co_return show_created<domain::user>(std::move(result), "/api/v1/users/");
}

directory_routes::answer directory_routes::change_user(net::request& req) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto id = named_user(req);
  if (!id)
    co_return missing_record<domain::user>();
  const auto form = rest::decode_user_change(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto& wanted = *form.value;
  const auto edit = [this, &wanted](domain::user& user) {
    apply(wanted, user);
    return refuse_default(wanted);
  };
  const auto now = now_();
  auto result
    = co_await change_record<domain::user>(req, journal_, now, *id, edit);
  co_return show_changed<domain::user>(std::move(result));
}

directory_routes::answer directory_routes::remove_user(net::request& req) {
  const auto id = named_user(req);
  if (!id)
    co_return missing_record<domain::user>();
  const auto is_busy = co_await has_open_tickets(*id);
  const auto check = [is_busy](const domain::user&) {
    return is_busy ? std::optional{error_response(
             conflict, "the user still has open tickets")}
                   : std::nullopt;
  };
  const auto now = now_();
  auto result
    = co_await remove_record<domain::user>(req, journal_, now, *id, check);
  if (auto* const refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  co_await remove_keys(*id);
  co_return net::response{204, ""};
}

boost::asio::awaitable<bool>
directory_routes::has_open_tickets(domain::user_id id) const {
  using enum domain::status;
  persistence::ticket_filter filter;
  filter.assignee = std::to_string(number(id));
  filter.states = {pending, assigned, in_progress, waiting_customer, escalated};
  auto executor = co_await boost::asio::this_coro::executor;
  std::optional<domain::ticket_id> before;
  for (;;) {
    const auto page
      = persistence::list_tickets(journal_.rows(), filter, before, 1);
    if (!page.tickets.empty())
      co_return true;
    if (!page.next)
      co_return false;
    before = page.next;
    // An agent of many years has many closed tickets; others may come between.
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
  }
}

boost::asio::awaitable<void>
directory_routes::remove_keys(domain::user_id owner) {
  std::vector<domain::api_key_id> owned;
  std::optional<domain::api_key_id> after;
  for (bool is_last = false; !is_last;) {
    const auto keys = records_.api_keys(after, page_limit_max);
    is_last = keys.size() < page_limit_max;
    for (const auto& key : keys)
      if (key.owner == owner)
        owned.push_back(key.id);
    if (!is_last)
      after = keys.back().id;
  }
  const auto now = now_();
  for (const auto id : owned) {
    const auto key = records_.find(id);
    if (!key)
      continue;
    auto what = persistence::remove(*key, now);
    // One that stays is dead all the same, and can be removed by its id.
    co_await commit(journal_, std::move(what));
  }
}

// -- groups -------------------------------------------------------------------

void directory_routes::add_groups(net::router& router, gate& door) {
  constexpr auto needed = scope::groups_manage;
  const std::string all = "/api/v1/groups";
  const std::string one = "/api/v1/groups/:id";
  door.add(router, {verb::get, all, needed},
           gate::sync_handler{
             [this](auto& req, const auto&) { return list_groups(req); }});
  door.add(router, {verb::post, all, needed},
           gate::async_handler{[this](auto& req, const auto& who) {
             return create_group(req, who);
           }});
  door.add(router, {verb::get, one, needed},
           gate::sync_handler{
             [this](auto& req, const auto&) { return read_group(req); }});
  door.add(router, {verb::patch, one, needed},
           gate::async_handler{
             [this](auto& req, const auto&) { return change_group(req); }});
  door.add(router, {verb::delete_, one, needed},
           gate::async_handler{
             [this](auto& req, const auto&) { return remove_group(req); }});
}

net::response directory_routes::list_groups(const net::request& req) const {
  const auto page = parse_number_page(req.query);
  if (!page.problems.empty())
    return invalid_response(page.problems);
  return show_page(
    records_.groups(domain::group_id{page.after}, page.limit + 1), page.limit,
    rest::write_group);
}

net::response directory_routes::read_group(const net::request& req) const {
  const auto id = parse_id<domain::group_id>(req.params.front());
  const auto group = id ? records_.find(*id) : std::nullopt;
  return group ? show(200, *group) : missing_record<domain::group>();
}

directory_routes::answer directory_routes::create_group(net::request& req,
                                                        const caller& who) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto form = rest::decode_new_group(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto now = now_();
  if (auto first = find_created<domain::group>(req, who, journal_, now))
    co_return show_created<domain::group>(std::move(*first), "/api/v1/groups/");
  domain::group group;
  group.id = domain::group_id{++last_group_};
  apply(*form.value, group);
  auto result
    = co_await create_record(req, who, journal_, now, std::move(group));
  co_return show_created<domain::group>(std::move(result), "/api/v1/groups/");
}

directory_routes::answer directory_routes::change_group(net::request& req) {
  if (auto refusal = require_json(req))
    co_return std::move(*refusal);
  const auto id = parse_id<domain::group_id>(req.params.front());
  if (!id)
    co_return missing_record<domain::group>();
  const auto form = rest::decode_group_change(req.body);
  if (!form.value)
    co_return invalid_response(form.problems);
  const auto& wanted = *form.value;
  const auto edit = [&wanted](domain::group& group) {
    apply(wanted, group);
    return std::optional<net::response>{};
  };
  const auto now = now_();
  auto result
    = co_await change_record<domain::group>(req, journal_, now, *id, edit);
  co_return show_changed<domain::group>(std::move(result));
}

directory_routes::answer directory_routes::remove_group(net::request& req) {
  const auto id = parse_id<domain::group_id>(req.params.front());
  if (!id)
    co_return missing_record<domain::group>();
  const auto check
    = [this](const domain::group& group) { return refuse_in_use(group.id); };
  const auto now = now_();
  auto result
    = co_await remove_record<domain::group>(req, journal_, now, *id, check);
  if (auto* const refusal = std::get_if<net::response>(&result))
    co_return std::move(*refusal);
  co_return net::response{204, ""};
}

std::optional<net::response>
directory_routes::refuse_in_use(domain::group_id id) const {
  std::vector<field_problem> holders;
  domain::user_id after{};
  for (bool is_last = false; !is_last && holders.size() < users_named_max;) {
    const auto users = records_.users(after, page_limit_max);
    is_last = users.size() < page_limit_max;
    for (const auto& user : users)
      if (user.default_group == id && holders.size() < users_named_max)
        holders.push_back(
          {"default_group_id",
           "is that of user " + std::to_string(number(user.id))});
    if (!is_last)
      after = users.back().id;
  }
  if (holders.empty())
    return std::nullopt;
  return error_response(conflict, "the group is still somebody's default",
                        holders);
}

} // namespace switchboard::api
