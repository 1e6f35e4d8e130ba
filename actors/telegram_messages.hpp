#pragma once

#include "actors/messages.hpp"
#include "channels/http_exchange.hpp"
#include "channels/telegram/rate_governor.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What a Telegram carrier is told, apart from deliveries.
namespace switchboard::actors {

/// A call of a bot. Texts of the same `merge_key` may share a message when many
/// wait, as those of one ticket; 0: with none.
struct outgoing {
  channels::telegram::method call;
  channels::telegram::urgency urgency = channels::telegram::urgency::mirror;
  std::uint64_t merge_key = 0;
};

/// A delivery that has nothing left to do: the button is gone already, the
/// message was deleted. It counts as delivered, for this reason.
struct nothing_to_do {
  std::string reason;
};

/// A delivery that can not be rendered yet. Its lane asks again on its schedule
/// of retries, after `retry_after` at the earliest.
struct not_now {
  std::string reason;
  std::chrono::seconds retry_after{0};
};

/// What a delivery comes to, as things are now.
using rendering = std::variant<outgoing, nothing_to_do, not_now>;

/// The `source` of a file, or of an album's item, that has to be uploaded
/// begins with this; what follows names it. Few of them are in memory at once.
inline constexpr std::string_view upload_prefix = "upload:";

[[nodiscard]] inline bool
is_upload(const channels::telegram::method& call) noexcept {
  const auto* file = std::get_if<channels::telegram::send_file>(&call);
  if (file != nullptr)
    return file->source.starts_with(upload_prefix);
  const auto* album = std::get_if<channels::telegram::send_media_group>(&call);
  return album != nullptr
         && std::any_of(album->items.begin(), album->items.end(),
                        [](const auto& item) {
                          return item.source.starts_with(upload_prefix);
                        });
}

/// A departure and its request; none when it can not be made (its file is
/// gone).
struct telegram_prepared {
  channels::telegram::departure_id id{};
  std::optional<channels::http_request> request;
};

} // namespace switchboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::outgoing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(switchboard::actors::telegram_prepared)
