#pragma once

#include "domain/time.hpp"
#include "domain/user.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// Keys by which other software calls.
namespace switchboard::domain {

inline constexpr std::size_t key_name_length_max = 100;

/// What a caller may do. Values are bits and stored: never reuse one.
enum class scope : std::uint16_t {
  tickets_read = 1,
  tickets_write = 2,
  messages_write = 4,
  webhooks_manage = 8,
  users_manage = 16,
  groups_manage = 32,
  keys_manage = 64,
  stats_read = 128,
  admin = 256, ///< all of them
};

/// `tickets:read` and so on.
std::string_view to_string(scope s) noexcept;
std::optional<scope> parse_scope(std::string_view word) noexcept;

/// Several scopes.
class scope_set {
public:
  scope_set() = default;
  scope_set(std::initializer_list<scope> scopes) {
    for (const auto s : scopes)
      add(s);
  }

  static scope_set from_bits(std::uint16_t bits) noexcept {
    scope_set out;
    out.bits_ = bits;
    return out;
  }

  void add(scope s) noexcept {
    bits_ = static_cast<std::uint16_t>(bits_ | static_cast<std::uint16_t>(s));
  }

  /// Whether `s` is among them, or all is allowed.
  [[nodiscard]] bool allows(scope s) const noexcept {
    return has(scope::admin) || has(s);
  }

  [[nodiscard]] bool has(scope s) const noexcept {
    return (bits_ & static_cast<std::uint16_t>(s)) != 0;
  }

  /// Whether everything that `other` allows is allowed here too.
  [[nodiscard]] bool covers(const scope_set& other) const noexcept {
    return has(scope::admin) || (other.bits_ & ~bits_) == 0;
  }

  [[nodiscard]] std::uint16_t bits() const noexcept {
    return bits_;
  }

  friend bool operator==(const scope_set&, const scope_set&) = default;

private:
  std::uint16_t bits_ = 0;
};

inline constexpr std::array all_scopes{
  scope::tickets_read,    scope::tickets_write, scope::messages_write,
  scope::webhooks_manage, scope::users_manage,  scope::groups_manage,
  scope::keys_manage,     scope::stats_read,    scope::admin};

/// Drawn at random; stands in the key itself.
enum class api_key_id : std::uint64_t {};

std::string to_string(api_key_id id);
std::optional<api_key_id> parse_api_key_id(std::string_view text);

struct api_key {
  api_key_id id{};
  std::string name;
  scope_set scopes;
  std::optional<user_id> owner; ///< who the caller acts as
  std::optional<timestamp> expires_at;
  std::string secret_hash; ///< of the secret part; the secret is nowhere
  timestamp created_at{};

  friend bool operator==(const api_key&, const api_key&) = default;
};

} // namespace switchboard::domain
