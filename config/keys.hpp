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
using value
  = std::variant<std::int64_t, bool, std::string, std::vector<std::string>>;

enum class value_kind : std::uint8_t { integer, truth, text, list };

/// What holds for an integer.
struct integer_range {
  std::int64_t min = 0;
  std::int64_t max = 0;
  /// What a 0 beside the range says, e.g. `no limit`; empty: 0 is not allowed
  /// unless it lies in the range.
  std::string_view zero_means;
};

/// One key: all that the loader, the masking and the dump know of it.
struct key_spec {
  std::string_view section; ///< may have a dot: a section of a section
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
/// `SWITCHBOARD_<SECTION>_<KEY>`; a dot becomes an underscore.
std::string environment_name(const key_spec& spec);

} // namespace switchboard::config
