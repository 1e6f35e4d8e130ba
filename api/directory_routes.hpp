#pragma once

#include "actors/id_source.hpp"
#include "api/gate.hpp"
#include "api/record_store.hpp"
#include "channels/rest/directory_forms.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace switchboard::api {

/// Users and groups: `/api/v1/users…` and `/api/v1/groups…`. A path names a
/// user by id or username. Built once, before the server starts; then
/// thread-safe.
///
/// A user who has open tickets, and a group that is somebody's default, are not
/// removed. Both are looked at shortly before the commit, so an assignment of
/// the same instant may slip through; a default group that is no more counts as
/// none.
class directory_routes {
public:
  directory_routes(persistence::journal& journal, actors::clock_fn now);

  void add_to(net::router& router, gate& door);

private:
  using answer = boost::asio::awaitable<net::response>;

  void add_users(net::router& router, gate& door);
  void add_groups(net::router& router, gate& door);

  [[nodiscard]] net::response list_users(const net::request& req) const;
  [[nodiscard]] net::response read_user(const net::request& req) const;
  answer create_user(net::request& req, const caller& who);
  answer change_user(net::request& req);
  answer remove_user(net::request& req);

  [[nodiscard]] net::response list_groups(const net::request& req) const;
  [[nodiscard]] net::response read_group(const net::request& req) const;
  answer create_group(net::request& req, const caller& who);
  answer change_group(net::request& req);
  answer remove_group(net::request& req);

  [[nodiscard]] std::optional<domain::user_id>
  named_user(const net::request& req) const;
  /// 400 when a group that is to become a default one does not exist.
  [[nodiscard]] std::optional<net::response>
  refuse_default(const channels::rest::user_change& wanted) const;
  [[nodiscard]] boost::asio::awaitable<bool>
  has_open_tickets(domain::user_id id) const;
  domain::user_id next_user();
  /// 409 with those whose default it is.
  [[nodiscard]] std::optional<net::response>
  refuse_in_use(domain::group_id id) const;
  /// The keys of a user who is no more; they have opened nothing since.
  boost::asio::awaitable<void> remove_keys(domain::user_id owner);

  persistence::journal& journal_;
  persistence::record_views records_;
  actors::clock_fn now_;
  std::atomic<std::uint64_t> last_user_;
  std::atomic<std::uint64_t> last_group_;
};

} // namespace switchboard::api
