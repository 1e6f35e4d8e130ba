#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The people who work tickets, and the groups that they work in.
namespace switchboard::domain {

inline constexpr std::size_t username_length_max = 64;
inline constexpr std::size_t skills_max = 50;
inline constexpr std::size_t skill_length_max = 60;
inline constexpr std::size_t title_length_max = 200;

/// Count from 1; never given twice.
enum class user_id : std::uint64_t {};
enum class group_id : std::uint64_t {};

/// Values are stored: never reuse one. An executor or a manager is an agent
/// with a narrower door; an admin may do all.
enum class user_role : std::uint8_t { agent = 1, executor, manager, admin };

/// As tickets name their agents.
std::string to_string(user_id id);

std::string_view to_string(user_role r) noexcept;
std::optional<user_role> parse_user_role(std::string_view word) noexcept;

struct user {
  user_id id{};
  std::string name;
  std::string username; ///< without `@`, or empty; unique in any case
  user_role role = user_role::agent;
  std::optional<std::int64_t> telegram_id; ///< unique
  std::string phone;                       ///< WhatsApp, E.164 or empty; unique
  std::string email;                       ///< or empty
  std::optional<group_id> default_group;
  std::vector<std::string> skills;
  bool online = false;
  timestamp created_at{};
  timestamp updated_at{};

  friend bool operator==(const user&, const user&) = default;
};

struct group {
  group_id id{};
  std::string title;
  std::optional<std::int64_t> telegram_group_id; ///< unique
  timestamp created_at{};
  timestamp updated_at{};

  friend bool operator==(const group&, const group&) = default;
};

/// Letters, digits, `_`, `.` and `-`, as the channels' own names have them.
bool is_username(std::string_view text) noexcept;

} // namespace switchboard::domain
