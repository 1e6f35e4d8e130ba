#include "domain/api_key.hpp"

#include <charconv>

namespace switchboard::domain {

namespace {

constexpr std::size_t id_digits = 16;

} // namespace

std::string_view to_string(scope s) noexcept {
  switch (s) {
    case scope::tickets_read: return "tickets:read";
    case scope::tickets_write: return "tickets:write";
    case scope::messages_write: return "messages:write";
    case scope::webhooks_manage: return "webhooks:manage";
    case scope::users_manage: return "users:manage";
    case scope::groups_manage: return "groups:manage";
    case scope::keys_manage: return "keys:manage";
    case scope::stats_read: return "stats:read";
    case scope::admin: return "admin";
  }
  return "unknown_scope";
}

std::optional<scope> parse_scope(std::string_view word) noexcept {
  for (const auto s : all_scopes)
    if (to_string(s) == word)
      return s;
  return std::nullopt;
}

std::string to_string(api_key_id id) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out(id_digits, '0');
  auto value = static_cast<std::uint64_t>(id);
  for (auto c = out.rbegin(); c != out.rend(); ++c, value >>= 4U)
    *c = digits[value & 15U];
  return out;
}

std::optional<api_key_id> parse_api_key_id(std::string_view text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (text.size() != id_digits || error != std::errc{} || stop != end)
    return std::nullopt;
  const api_key_id id{value};
  return to_string(id) == text ? std::optional{id} : std::nullopt;
}

} // namespace switchboard::domain
