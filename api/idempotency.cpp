#include "api/idempotency.hpp"

#include "api/errors.hpp"

#include <sodium/crypto_generichash.h>

#include <algorithm>
#include <array>

namespace switchboard::api {

namespace {

constexpr std::string_view scope_prefix = "idempotency:";
constexpr std::size_t hash_size = 32;

std::string body_hash(const net::request& req) {
  std::array<unsigned char, hash_size> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(req.body.data()),
                     req.body.size(), nullptr, 0);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F; });
}

} // namespace

idempotency_claim claim_idempotency(const net::request& req,
                                    std::string_view effect,
                                    domain::timestamp now) {
  const auto count = req.header_count("idempotency-key");
  if (count == 0)
    return std::monostate{};
  const auto key = req.header("idempotency-key");
  if (count > 1 || key.empty() || key.size() > idempotency_key_size_max
      || !is_printable(key)) {
    const channels::json::field_problem problem{
      "Idempotency-Key", "must be given once, as 1 to 200 printable ASCII "
                         "characters without spaces"};
    return invalid_response({&problem, 1});
  }
  persistence::unique_claim claim;
  claim.scope = scope_prefix;
  claim.scope += req.route;
  claim.id = key;
  claim.result = body_hash(req);
  claim.result += effect;
  claim.expires = now + idempotency_life;
  return claim;
}

std::optional<std::string> first_effect(const net::request& req,
                                        std::string_view result) {
  const auto hash = body_hash(req);
  if (!result.starts_with(hash))
    return std::nullopt;
  return std::string{result.substr(hash.size())};
}

bool is_idempotency_conflict(const persistence::conflict& taken) {
  return taken.scope.starts_with(scope_prefix);
}

} // namespace switchboard::api
