#pragma once

#include "actors/id_source.hpp"
#include "api/access.hpp"
#include "api/rate_limiter.hpp"
#include "domain/api_key.hpp"
#include "net/router.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace switchboard::api {

/// Who calls, as far as the rules care.
struct caller {
  domain::scope_set scopes;
  /// Whom the caller acts as, when the key belongs to a user.
  std::optional<domain::user> user;
  /// For the history: the user's id, `key:<id>`, or `admin`.
  std::string name;
  /// Whose calls are counted together: those of one key, whoever owns it.
  std::string counted_as;
};

struct gate_options {
  std::uint32_t per_second = 100;         ///< of one key; 0: no limit
  std::uint32_t failures_per_minute = 20; ///< of one address; 0: no limit
};

/// The door of the authenticated routes: knows the key, checks the scope,
/// counts the calls, and lets the handler see who calls. Each key has a bucket
/// of its own, so a greedy one slows nobody else.
///
/// Keys are read from the store for each call (a microsecond), so a revocation
/// holds from the moment when it was acknowledged.
///
/// Build it and add the routes before the server starts; then thread-safe.
class gate {
public:
  gate(persistence::journal& journal, const secret& admin_key,
       actors::clock_fn now, gate_options options);

  using sync_handler
    = std::function<net::response(net::request&, const caller&)>;
  using async_handler = std::function<boost::asio::awaitable<net::response>(
    net::request&, const caller&)>;

  /// What a route asks of its callers; for the router and for tests.
  struct guarded_route {
    boost::beast::http::verb method{};
    std::string pattern;
    domain::scope needed{};
  };

  void add(net::router& router, const guarded_route& route,
           sync_handler handler);
  void add(net::router& router, const guarded_route& route,
           async_handler handler);

  /// The same for handlers that are members of `routes`, which outlives this.
  template <class Routes>
  void
  add(net::router& router, const guarded_route& route, Routes* routes,
      boost::asio::awaitable<net::response> (Routes::*handler)(net::request&,
                                                               const caller&)) {
    add(router, route,
        async_handler{[routes, handler](net::request& req, const caller& who) {
          return (routes->*handler)(req, who);
        }});
  }
  template <class Routes>
  void add(net::router& router, const guarded_route& route,
           const Routes* routes,
           net::response (Routes::*handler)(net::request&) const) {
    add(router, route,
        sync_handler{[routes, handler](net::request& req, const caller&) {
          return (routes->*handler)(req);
        }});
  }

  /// `may_go_on` tells, while the stream is open, whether its key still opens
  /// this door.
  using stream_handler = std::function<net::stream_answer(
    net::request&, std::function<bool()> may_go_on)>;
  void add_stream(net::router& router, const guarded_route& route,
                  stream_handler handler);

  /// All routes that were added.
  [[nodiscard]] const std::vector<guarded_route>& routes() const noexcept {
    return routes_;
  }

  /// Who calls, or the answer (401, 403, 429) to whom may not. `headers` gets
  /// the `RateLimit-*` headers of the answer.
  using header_list = std::vector<std::pair<std::string, std::string>>;
  std::variant<caller, net::response>
  admit(const net::request& req, domain::scope needed, header_list& headers);

  /// When a key was last used; known to the minute after a restart.
  [[nodiscard]] std::optional<domain::timestamp>
  last_used(domain::api_key_id id) const;

private:
  std::optional<caller> identify(std::string_view key);
  std::optional<caller> identify_user(const domain::api_key& key) const;
  void note_use(domain::api_key_id id);

  persistence::journal& journal_;
  persistence::record_views records_;
  const secret& admin_key_;
  actors::clock_fn now_;
  rate_limiter calls_;
  rate_limiter failures_;
  std::vector<guarded_route> routes_;

  struct use {
    domain::timestamp at{};
    domain::timestamp stored{};
  };
  mutable std::mutex mutex_; ///< guards what follows
  std::unordered_map<std::uint64_t, use> uses_;
};

/// `sb_<id>_<secret>`: a key as its holder has it.
struct key_parts {
  domain::api_key_id id{};
  std::string_view secret;
};

[[nodiscard]] std::optional<key_parts> parse_key(std::string_view key);
[[nodiscard]] std::string format_key(domain::api_key_id id,
                                     std::string_view secret);
/// What the store keeps of a secret. Keys carry 256 random bits, so one round
/// of a fast hash is enough.
[[nodiscard]] std::string hash_key_secret(std::string_view secret);

} // namespace switchboard::api
