#include "domain/user.hpp"

#include <algorithm>
#include <array>

namespace switchboard::domain {

namespace {

constexpr std::array roles{user_role::agent, user_role::executor,
                           user_role::manager, user_role::admin};

bool is_username_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

} // namespace

std::string to_string(user_id id) {
  return std::to_string(static_cast<std::uint64_t>(id));
}

std::string_view to_string(user_role r) noexcept {
  switch (r) {
    case user_role::agent: return "agent";
    case user_role::executor: return "executor";
    case user_role::manager: return "manager";
    case user_role::admin: return "admin";
  }
  return "unknown_role";
}

std::optional<user_role> parse_user_role(std::string_view word) noexcept {
  for (const auto role : roles)
    if (to_string(role) == word)
      return role;
  return std::nullopt;
}

bool is_username(std::string_view text) noexcept {
  return !text.empty() && text.size() <= username_length_max
         && std::all_of(text.begin(), text.end(), is_username_character);
}

} // namespace switchboard::domain
