#pragma once

#include "channels/telegram/update.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::channels::telegram {

/// A webhook call larger than this is refused as poison; Telegram sends less
/// than 64 KiB.
inline constexpr std::size_t update_size_max = std::size_t{1024} * 1024;
/// The same for an answer to `getUpdates`, which has up to 100 updates.
inline constexpr std::size_t update_batch_size_max
  = std::size_t{16} * 1024 * 1024;

/// The kinds that `decode_update` reads; what `setWebhook` and `getUpdates`
/// ask for.
[[nodiscard]] std::span<const std::string_view> wanted_updates() noexcept;

/// Reads the body of a webhook call. Any bytes give an update: what is no
/// update is poison, with the reason.
[[nodiscard]] update decode_update(std::string_view body);

/// An update and its JSON, so that a poisonous one can be kept.
struct polled_update {
  telegram::update update;
  std::string json;
};

/// The updates of a successful answer to `getUpdates`, in its order; empty when
/// the body is no such answer, which `answer.hpp` tells more about.
[[nodiscard]] std::vector<polled_update>
decode_update_batch(std::string_view body);

} // namespace switchboard::channels::telegram
