#include "api/idempotency.hpp"

#include "api/errors.hpp"

#include <sodium/crypto_generichash.h>

#include <algorithm>
#include <array>

namespace switchboard::api {

namespace {

constexpr std::string_view scope_prefix = "idempotency:";
constexpr std::size_t hash_size = 32;

/// Of what the request asks for: the things that its path names, and its body.
std::string request_hash(const net::request& req) {
  std::array<unsigned char, hash_size> hash{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  const auto add = [&](std::string_view text) {
    crypto_generichash_update(
      &state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  };
  for (const auto& param : req.params) {
    add(param);
    add({"\0", 1});
  }
  add(req.body);
  crypto_generichash_final(&state, hash.data(), hash.size());
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7F; });
}

} // namespace

idempotency_claim
claim_idempotency(const net::request& req, std::string_view effect,
                  domain::timestamp now, std::string_view who) {
  const auto count = req.header_count("idempotency-key");
  if (count == 0)
    return std::monostate{};
  const auto key = req.header("idempotency-key");
  if (count > 1 || key.empty() || key.size() > idempotency_key_size_max
      || !is_printable(key)) {
    const channels::json::field_problem problem{
      "Idempotency-Key",
      "must be given once, as 1 to 200 printable ASCII "
      "characters without spaces"};
    return invalid_response({&problem, 1});
  }
  persistence::unique_claim claim;
  claim.scope = scope_prefix;
  claim.scope += req.route;
  if (!who.empty())
    claim.scope.append(1, ' ').append(who);
  claim.id = key;
  claim.result = request_hash(req);
  claim.result += effect;
  claim.expires = now + idempotency_life;
  return claim;
}

std::optional<std::string> first_effect(const net::request& req,
                                        std::string_view result) {
  const auto hash = request_hash(req);
  if (!result.starts_with(hash))
    return std::nullopt;
  return std::string{result.substr(hash.size())};
}

net::response other_body() {
  return error_response(conflict,
                        "this Idempotency-Key was used with another body");
}

bool is_idempotency_conflict(const persistence::conflict& taken) {
  return taken.scope.starts_with(scope_prefix);
}

} // namespace switchboard::api
