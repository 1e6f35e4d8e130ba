#include "api/gate.hpp"

#include "api/errors.hpp"
#include "persistence/keys.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::api {

namespace {

using boost::beast::http::verb;

constexpr std::string_view key_head = "sb_";
constexpr std::size_t key_hash_size = 32;
constexpr std::size_t key_size_max = 200;
/// How exactly the last use of a key survives a restart.
constexpr std::chrono::minutes use_precision{1};

std::string use_row(domain::api_key_id id) {
  return "key_used:" + to_string(id);
}

gate::header_list describe(const rate_limiter::verdict& verdict) {
  if (verdict.limit == 0)
    return {};
  return {{"RateLimit-Limit", std::to_string(verdict.limit)},
          {"RateLimit-Remaining", std::to_string(verdict.remaining)},
          {"RateLimit-Reset",
           std::to_string(std::max<std::int64_t>(verdict.reset.count(), 1))}};
}

net::response too_many(std::string_view message,
                       const rate_limiter::verdict& verdict) {
  auto out = error_response(rate_limited, message);
  out.headers = describe(verdict);
  out.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(
                                            verdict.reset.count(), 1)));
  return out;
}

void append(net::response& to, gate::header_list&& headers) {
  std::move(headers.begin(), headers.end(), std::back_inserter(to.headers));
}

} // namespace

gate::gate(persistence::journal& journal, const secret& admin_key,
           actors::clock_fn now, gate_options options)
  : journal_{journal},
    records_{journal.rows()},
    admin_key_{admin_key},
    now_{std::move(now)},
    calls_{options.per_second, std::chrono::seconds{1}},
    failures_{options.failures_per_minute} {}

void gate::add(net::router& router, const guarded_route& route,
               sync_handler handler) {
  routes_.push_back(route);
  net::route out;
  out.method = route.method;
  out.pattern = route.pattern;
  out.sync = [this, needed = route.needed,
              handler = std::move(handler)](net::request& req) {
    header_list headers;
    auto who = admit(req, needed, headers);
    auto* const refusal = std::get_if<net::response>(&who);
    auto answer = refusal != nullptr ? std::move(*refusal)
                                     : handler(req, std::get<caller>(who));
    append(answer, std::move(headers));
    return answer;
  };
  router.add(std::move(out));
}

void gate::add(net::router& router, const guarded_route& route,
               async_handler handler) {
  routes_.push_back(route);
  net::route out;
  out.method = route.method;
  out.pattern = route.pattern;
  out.async = [this, needed = route.needed, handler = std::move(handler)](
                net::request& req) -> boost::asio::awaitable<net::response> {
    header_list headers;
    auto who = admit(req, needed, headers);
    net::response answer;
    if (auto* const refusal = std::get_if<net::response>(&who)) {
      answer = std::move(*refusal);
    } else {
      const auto& known = std::get<caller>(who);
      auto answering = handler(req, known);
      answer = co_await std::move(answering);
    }
    append(answer, std::move(headers));
    co_return answer;
  };
  router.add(std::move(out));
}

void gate::add_stream(net::router& router, const guarded_route& route,
                      stream_handler handler) {
  routes_.push_back(route);
  auto admit_stream
    = [this, needed = route.needed,
       handler = std::move(handler)](net::request& req) -> net::stream_answer {
    header_list headers;
    auto who = admit(req, needed, headers);
    if (auto* const refusal = std::get_if<net::response>(&who))
      return std::move(*refusal);
    auto still = [this, needed, key = std::string{presented_key(req)}] {
      const auto now_known = identify(key);
      return now_known && now_known->scopes.allows(needed);
    };
    auto answer = handler(req, std::move(still));
    append(answer.refusal(), std::move(headers));
    return answer;
  };
  router.stream(route.pattern, std::move(admit_stream));
}

std::variant<caller, net::response> gate::admit(const net::request& req,
                                                domain::scope needed,
                                                header_list& headers) {
  auto who = identify(presented_key(req));
  if (!who) {
    // A neighbour's wrong key must not lock out a right one, so only wrong
    // ones are counted.
    const auto failed = failures_.take(req.client_address);
    return failed.allowed
             ? unknown_caller()
             : too_many("too many calls with a wrong key from your address",
                        failed);
  }
  const auto verdict = calls_.take(who->counted_as);
  if (!verdict.allowed)
    return too_many("too many calls with this key", verdict);
  headers = describe(verdict);
  if (!who->scopes.allows(needed))
    return error_response(
      forbidden, "this key lacks the scope " + std::string{to_string(needed)});
  return std::move(*who);
}

std::optional<caller> gate::identify(std::string_view key) {
  if (key.empty() || key.size() > key_size_max)
    return std::nullopt;
  if (admin_key_.equals(key)) {
    caller admin;
    admin.scopes.add(domain::scope::admin);
    admin.name = "admin";
    admin.counted_as = admin.name;
    return admin;
  }
  const auto parts = parse_key(key);
  const auto stored = parts ? records_.find(parts->id) : std::nullopt;
  if (!stored)
    return std::nullopt;
  const auto& known = stored->value;
  const auto hash = hash_key_secret(parts->secret);
  if (hash.size() != known.secret_hash.size()
      || sodium_memcmp(hash.data(), known.secret_hash.data(), hash.size()) != 0)
    return std::nullopt;
  if (known.expires_at && *known.expires_at <= now_())
    return std::nullopt;
  auto who = identify_user(known);
  if (who)
    note_use(known.id);
  return who;
}

/// A key whose owner was removed opens nothing.
std::optional<caller> gate::identify_user(const domain::api_key& key) const {
  caller who;
  who.scopes = key.scopes;
  who.name = "key:" + to_string(key.id);
  who.counted_as = who.name;
  if (!key.owner)
    return who;
  auto owner = records_.find(*key.owner);
  if (!owner)
    return std::nullopt;
  who.user = std::move(owner->value);
  who.name = std::to_string(static_cast<std::uint64_t>(*key.owner));
  return who;
}

void gate::note_use(domain::api_key_id id) {
  const auto now = now_();
  {
    const std::lock_guard lock{mutex_};
    auto& known = uses_[static_cast<std::uint64_t>(id)];
    known.at = now;
    if (now - known.stored < use_precision)
      return;
    known.stored = now;
  }
  persistence::changes what;
  what.rows.push_back({persistence::family::meta, use_row(id),
                       persistence::keys::u64(static_cast<std::uint64_t>(
                         now.time_since_epoch().count()))});
  // Nobody waits for it, and a lost one is written with the next call.
  journal_.commit(std::move(what), [](const auto&) {});
}

std::optional<domain::timestamp> gate::last_used(domain::api_key_id id) const {
  {
    const std::lock_guard lock{mutex_};
    if (const auto known = uses_.find(static_cast<std::uint64_t>(id));
        known != uses_.end())
      return known->second.at;
  }
  std::string value;
  if (!journal_.rows().get(persistence::family::meta, use_row(id), value))
    return std::nullopt;
  return domain::timestamp{std::chrono::milliseconds{
    static_cast<std::int64_t>(persistence::keys::read_u64(value))}};
}

std::optional<key_parts> parse_key(std::string_view key) {
  if (!key.starts_with(key_head))
    return std::nullopt;
  key.remove_prefix(key_head.size());
  const auto id_text = key.substr(0, key.find('_'));
  if (id_text.size() == key.size())
    return std::nullopt;
  const auto id = domain::parse_api_key_id(id_text);
  if (!id)
    return std::nullopt;
  return key_parts{*id, key.substr(id_text.size() + 1)};
}

std::string format_key(domain::api_key_id id, std::string_view secret) {
  std::string key{key_head};
  key += to_string(id);
  key += '_';
  key += secret;
  return key;
}

std::string hash_key_secret(std::string_view secret) {
  std::array<unsigned char, key_hash_size> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()),
                     secret.size(), nullptr, 0);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

} // namespace switchboard::api
