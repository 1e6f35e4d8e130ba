#pragma once

#include "config/checks.hpp"
#include "config/config.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace switchboard::config {

/// A value between the file or the environment and the typed member.
using value = std::variant<std::int64_t, std::string, std::vector<std::string>>;

enum class value_kind : std::uint8_t { integer, text, list };

/// What holds for an integer. `zero_is_off` allows 0 beside the range.
struct integer_range {
  std::int64_t min = 0;
  std::int64_t max = 0;
  bool zero_is_off = false;
};

/// One key: all that the loader, the masking and the dump know of it.
struct key_spec {
  std::string_view section;
  std::string_view key;
  value_kind kind = value_kind::text;
  value (*read)(const config&) = nullptr;
  void (*write)(config&, const value&) = nullptr;
  integer_range range;          ///< for integers
  text_check check = nullptr;   ///< for texts, and for each item of a list
  std::string_view legacy_name; ///< an environment variable, or empty
  bool secret = false;          ///< never shown
};

/// Every key, in the order of config.hpp and of switchboard.toml.
std::span<const key_spec> keys();

/// `section.key`.
std::string full_name(const key_spec& spec);
/// `SWITCHBOARD_<SECTION>_<KEY>`.
std::string environment_name(const key_spec& spec);

} // namespace switchboard::config
