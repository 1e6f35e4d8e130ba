#pragma once

#include "actors/id_source.hpp"
#include "actors/messages.hpp"
#include "channels/whatsapp/inbound.hpp"
#include "channels/whatsapp/outgoing.hpp"
#include "domain/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace switchboard::app {

/// How one provider fares, as far as it is known.
enum class whatsapp_line : std::uint8_t {
  unknown,    ///< nothing was heard of it for long
  up,         ///< the last call was answered
  down,       ///< it cannot be reached, or has lost WhatsApp
  logged_out, ///< somebody must pair it again, or renew the credentials
};

[[nodiscard]] std::string_view to_string(whatsapp_line state) noexcept;

/// What is known of the providers' connections, from what they report and from
/// what becomes of calls. Thread-safe.
///
///   unknown ─► up ◄──► down        any ─► logged_out ─► up, when a call
///                                                        succeeds or it says
///                                                        so
class whatsapp_health {
public:
  using provider = channels::whatsapp::provider;

  struct options {
    /// Of those that are configured; nobody asks after others.
    std::vector<provider> configured;
    /// `readyz` tells of who is down for so long.
    std::chrono::milliseconds down_max{60'000};
    /// After so long without a failed call, nobody knows any more.
    std::chrono::milliseconds stale_after{15 * 60'000};
  };

  struct hooks {
    actors::clock_fn now;
    std::function<void(actors::error_note)> report_error; ///< may be empty
    /// Told of every change; may be empty.
    std::function<void(provider, whatsapp_line)> changed;
  };

  whatsapp_health(options how, hooks to);

  /// The provider's own word.
  void told(const channels::whatsapp::line_report& report);
  /// What came of a call.
  void sent(provider p, const channels::whatsapp::send_result& result,
            channels::http_failure failure);

  [[nodiscard]] whatsapp_line state_of(provider p) const;

  /// Since when nothing can be sent through it; nothing when it can, or when
  /// nobody knows.
  [[nodiscard]] std::optional<domain::timestamp> unable_since(provider p) const;

  /// Whether one more call may find out whether it is back; true every
  /// `probe_pause`, for one asker. Only while it is unable.
  [[nodiscard]] bool may_probe(provider p);

  /// How long to wait before it is called again, the longer it is down.
  [[nodiscard]] std::chrono::seconds patience(provider p) const;

  /// For `readyz`: one sentence each.
  [[nodiscard]] std::vector<std::string> obstacles() const;

private:
  struct line {
    whatsapp_line state = whatsapp_line::unknown;
    domain::timestamp since{};    ///< of this state
    domain::timestamp heard_at{}; ///< the last time that it was told
    domain::timestamp probed_at{};
    std::string reason;
  };

  void move(provider p, whatsapp_line to, std::string reason);
  [[nodiscard]] static std::size_t index_of(provider p) noexcept;
  /// Of now; what is stale is unknown. Under the mutex.
  [[nodiscard]] whatsapp_line state_of(const line& of,
                                       domain::timestamp now) const;

  options options_;
  hooks hooks_;
  mutable std::mutex mutex_; ///< guards `lines_`
  std::array<line, channels::whatsapp::all_providers.size()> lines_{};
};

} // namespace switchboard::app
