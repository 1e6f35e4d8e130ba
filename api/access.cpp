#include "api/access.hpp"

#include "api/errors.hpp"
#include "domain/text.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <algorithm>
#include <cctype>
#include <span>

namespace switchboard::api {

namespace {

void hash(std::string_view text, std::span<unsigned char> out) {
  crypto_generichash(out.data(), out.size(),
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x))
           == std::tolower(static_cast<unsigned char>(y));
  });
}

} // namespace

secret::secret(std::string_view text) : empty_{text.empty()} {
  hash(text, hash_);
}

bool secret::equals(std::string_view candidate) const {
  // Hashing first gives both sides one length, so nothing leaks by time.
  std::array<unsigned char, hash_size> other{};
  hash(candidate, other);
  return sodium_memcmp(hash_.data(), other.data(), hash_size) == 0 && !empty_;
}

std::string_view presented_key(const net::request& req) {
  const auto keys = req.header_count("x-api-key");
  const auto tokens = req.header_count("authorization");
  if (keys + tokens != 1)
    return {};
  if (keys == 1)
    return req.header("x-api-key");
  constexpr std::string_view scheme = "bearer ";
  const auto value = req.header("authorization");
  if (value.size() <= scheme.size()
      || !same_word(value.substr(0, scheme.size()), scheme))
    return {};
  return domain::trim(value.substr(scheme.size()));
}

net::response unknown_caller() {
  auto out = error_response(unauthorized, "a valid API key is required");
  out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

std::optional<net::response> require_secret(const net::request& req,
                                            const secret& expected) {
  const auto given = presented_key(req);
  if (!given.empty() && expected.equals(given))
    return std::nullopt;
  return unknown_caller();
}

std::optional<net::response> require_json_if_any(const net::request& req) {
  return req.body.empty() ? std::nullopt : require_json(req);
}

std::optional<net::response> require_json(const net::request& req) {
  const auto value = req.header("content-type");
  const auto type = domain::trim(value.substr(0, value.find(';')));
  if (same_word(type, "application/json"))
    return std::nullopt;
  return error_response(unsupported_media_type,
                        "Content-Type must be application/json");
}

} // namespace switchboard::api
