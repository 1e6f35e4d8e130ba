#pragma once

#include "config/config.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace switchboard::config {

/// One thing that is wrong, for the operator who has to mend it.
struct problem {
  std::string where;   ///< `switchboard.toml:12`, or an environment variable
  std::string key;     ///< `http.port`, or empty when it is about no key
  std::string value;   ///< as it was given; `(hidden)` for secrets; or empty
  std::string message; ///< what would be right

  friend bool operator==(const problem&, const problem&) = default;
};

/// One line: `switchboard.toml:12: http.port = 99999: must be …`.
std::string to_string(const problem& p);

using environment = std::map<std::string, std::string>;

/// The variables of this process. Call it before threads start.
environment process_environment();

/// A configuration in which every value is in its range, or everything that is
/// wrong, never only the first of it.
using load_result = std::variant<config, std::vector<problem>>;

/// Takes the defaults, then `file` (a TOML file that must exist), then `env`:
/// `SWITCHBOARD_<SECTION>_<KEY>` before the names that older deployments use.
/// An empty variable of those older names counts as not set. Unknown keys and
/// unknown `SWITCHBOARD_` variables are problems.
load_result load(const std::optional<std::filesystem::path>& file,
                 const environment& env);

/// The effective configuration as `section.key = value` lines in the order of
/// switchboard.toml, with every secret masked.
std::vector<std::string> describe(const config& c);

} // namespace switchboard::config
