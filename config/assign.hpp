#pragma once

#include "config/keys.hpp"
#include "config/loader.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The steps that file and environment share: judging a value, showing it, and
/// guessing what a misspelled name was meant to be.
namespace switchboard::config {

/// Puts `given` into `c` when it is of the right kind, in its range and passes
/// its check; otherwise says what would be right.
std::optional<std::string> assign(config& c, const key_spec& spec, value given);

/// As `assign`, for a value that came in as text (a list: comma-separated).
std::optional<std::string> assign_text(config& c, const key_spec& spec,
                                       std::string_view text);

/// What the key takes, e.g. `must be a whole number from 1 to 64`.
std::string expectation(const key_spec& spec);

/// The value in TOML's notation, or `(hidden)` for a secret that is set.
std::string show(const key_spec& spec, const value& v);
/// `text` in quotes, control characters escaped, clipped when it is long.
std::string quote(std::string_view text);

/// The known name that `name` was probably meant to be, or empty.
class name_guesser {
public:
  explicit name_guesser(std::string_view name) : name_{name} {}
  /// Takes `candidate` when it is near and nearer than those before.
  void consider(const std::string& candidate);
  /// Takes `candidate` when nothing was near.
  void fall_back_on(const std::string& candidate);
  /// `; did you mean …?`, or empty.
  [[nodiscard]] std::string hint() const;

private:
  std::string name_;
  std::string best_;
  std::size_t distance_ = 0;
};

} // namespace switchboard::config
