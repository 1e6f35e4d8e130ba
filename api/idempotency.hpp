#pragma once

#include "domain/time.hpp"
#include "net/message.hpp"
#include "persistence/journal.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// `Idempotency-Key`: the same key with the same body has one effect and gets
/// the first answer again; with another body it is a conflict.
namespace switchboard::api {

inline constexpr std::size_t idempotency_key_size_max = 200;
inline constexpr std::chrono::hours idempotency_life{24};

/// What a request's key claims: nothing without a key, or the 400 to send when
/// the key is unusable.
using idempotency_claim
  = std::variant<std::monostate, persistence::unique_claim, net::response>;

/// `effect` is what the route needs to answer again, e.g. an id.
/// Keys of one caller (`who`, empty for the public) are none of another's.
idempotency_claim
claim_idempotency(const net::request& req, std::string_view effect,
                  domain::timestamp now, std::string_view who = {});

/// The `effect` of the first request, or nothing when its body was another.
std::optional<std::string> first_effect(const net::request& req,
                                        std::string_view result);

/// 409: the key was used with another body.
net::response other_body();

/// Whether a conflict is about an idempotency key.
bool is_idempotency_conflict(const persistence::conflict& taken);

} // namespace switchboard::api
