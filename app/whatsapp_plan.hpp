#pragma once

#include "app/whatsapp_place.hpp"
#include "channels/whatsapp/errand.hpp"
#include "channels/whatsapp/provider.hpp"
#include "domain/session.hpp"
#include "domain/ticket.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// The lane of the tickets whose acknowledgement a bot writes.
inline constexpr std::string_view whatsapp_bot_lane = "whatsapp-bot";

/// Plans what goes to WhatsApp because a ticket has changed: to its customer
/// what others say, and to staff who work by WhatsApp what they must know.
/// Deterministic; reads a few rows, for tickets that have nothing to do with
/// WhatsApp none but their holder. Thread-safe.
class whatsapp_planner {
public:
  using provider = channels::whatsapp::provider;

  struct options {
    /// By whom staff is told; nothing: not at all.
    std::optional<provider> staff_by{};
    std::string staff_account{};
    std::string manager_phone{}; ///< or empty
    /// Somebody else tells the manager of tickets without a session.
    bool hook_tells = false;
    /// The bot is asked for the first answer.
    bool has_bot = false;
    /// Who sends when another one cannot.
    std::optional<provider> fallback{};
    /// Those that can send outside of the 24 hours.
    std::vector<provider> with_template{};
    /// Where a ticket is seen, by its ref.
    std::function<std::string(const std::string& ref)> ticket_url{};
  };

  whatsapp_planner(options how, const persistence::row_reader& rows);

  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;

  /// Whoever may have to send what is planned for `p`.
  [[nodiscard]] std::vector<provider> takers_of(provider p) const;

private:
  class run;

  options options_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::app
