#pragma once

#include "channels/whatsapp/outgoing.hpp"

#include <chrono>
#include <string_view>

/// What the providers' error codes mean; for the sources of this folder only.
namespace switchboard::channels::whatsapp {

struct code_row {
  int code;
  trouble why;
  std::string_view words; ///< for agents; without a full stop
  /// How long the line rests when the answer itself does not say; 0: as long as
  /// is usual for this trouble.
  std::chrono::seconds pause{0};
};

/// Nothing for a code that is not known.
[[nodiscard]] const code_row* find_code(provider p, int code) noexcept;

} // namespace switchboard::channels::whatsapp
