#pragma once

#include "actors/id_source.hpp"
#include "api/gate.hpp"
#include "api/record_store.hpp"
#include "api/sealed_box.hpp"
#include "channels/rest/directory_forms.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace switchboard::api {

/// API keys: `/api/v1/api-keys…`. Built once, before the server starts; then
/// thread-safe. `door` and `box` outlive it.
///
/// A key's secret is shown by the answer that creates it and kept as a hash.
/// Only a call with an `Idempotency-Key` leaves it for that key's life, sealed,
/// so that the repetition can be answered the same.
class key_routes {
public:
  key_routes(gate& door, persistence::journal& journal, actors::clock_fn now,
             const sealed_box& box);

  void add_to(net::router& router);

private:
  using answer = boost::asio::awaitable<net::response>;

  [[nodiscard]] net::response on_list(const net::request& req) const;
  answer on_create(net::request& req, const caller& who);
  answer on_remove(net::request& req);

  /// The key that was asked for, without a secret; or what is wrong.
  [[nodiscard]] std::variant<domain::api_key, net::response>
  new_key(channels::rest::new_api_key&& wanted, domain::timestamp now) const;
  [[nodiscard]] net::response
  show_created(created_or_refused<domain::api_key>&& result) const;

  gate& door_;
  persistence::journal& journal_;
  persistence::record_views records_;
  actors::clock_fn now_;
  const sealed_box& box_;
};

} // namespace switchboard::api
