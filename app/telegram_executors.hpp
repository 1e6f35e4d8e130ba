#pragma once

#include "actors/id_source.hpp"
#include "actors/telegram_messages.hpp"
#include "api/telegram/executors_outbox.hpp"
#include "channels/telegram/answer.hpp"
#include "channels/telegram/errand.hpp"
#include "domain/ticket.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"
#include "persistence/places.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace switchboard::app {

/// The executors' bot as tickets, its lanes and the timers see it: which cards
/// are due, how they look, where they stand, and when a question has expired.
///
/// What a chat shows of a ticket follows the ticket: a card comes when the
/// ticket becomes the person's, changes with it, and goes when it is resolved
/// or somebody else's. Changes are deliveries, which are rendered when they
/// leave, of what is so then. Those of a ticket's cards in one chat are made
/// one after the other, and each knows from the places what is there.
///
/// Thread-safe; reads the journal's views, and commits only in `wake`.
class telegram_executors {
public:
  struct parts {
    persistence::journal& journal;
    actors::clock_fn now;
    /// Absent: there is no bot, and nothing is planned.
    std::optional<api::telegram::executor_bot> bot;
    std::chrono::seconds prompt_timeout{900};
  };

  explicit telegram_executors(parts p);

  /// What goes out because of `events`, which led to `after`.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const;

  /// Whether a delivery is rendered and settled here.
  [[nodiscard]] static bool owns(const persistence::delivery& d) noexcept;

  [[nodiscard]] actors::rendering render(const persistence::delivery& d) const;

  /// Adds to `settling` where a message stands now, or no longer does, and what
  /// is to be done next.
  void settled(const persistence::delivery& d,
               const channels::telegram::api_answer& told,
               domain::timestamp now, persistence::changes& settling) const;

  /// A timer of a prompt is due.
  void wake(const persistence::timer_change& timer) const;

private:
  using executor_chat = api::telegram::executor_chat;
  using errand = channels::telegram::errand;

  /// A delivery that was read: an errand in a chat.
  struct job {
    errand what;
    executor_chat chat;
  };

  [[nodiscard]] static std::optional<job>
  read_job(const persistence::delivery& d);

  /// Whose ticket it is and was, as far as they have cards.
  [[nodiscard]] std::optional<executor_chat>
  chat_of(const std::string& assignee, const domain::ticket& ticket) const;
  [[nodiscard]] bool has_cards(const domain::ticket_id& ticket) const;

  [[nodiscard]] actors::rendering render_card(const job& j) const;
  [[nodiscard]] actors::rendering render_refresh(const job& j) const;
  [[nodiscard]] actors::rendering render_removal(const job& j) const;
  [[nodiscard]] actors::rendering render_question(const job& j) const;
  [[nodiscard]] actors::rendering render_customer(const job& j) const;
  [[nodiscard]] static actors::rendering render_notice(const job& j);

  void settle_card(const job& j, const channels::telegram::api_answer& told,
                   domain::sequence seen, domain::timestamp now,
                   persistence::changes& out) const;
  void settle_refresh(const job& j, const channels::telegram::api_answer& told,
                      domain::timestamp now, persistence::changes& out) const;
  void settle_removal(const job& j, const channels::telegram::api_answer& told,
                      domain::timestamp now, persistence::changes& out) const;

  /// The ticket, while it is open and the chat is its agent's.
  [[nodiscard]] std::optional<domain::ticket> own_ticket(const job& j) const;
  [[nodiscard]] std::string description_of(const domain::ticket& ticket) const;
  /// The cards of the errand's ticket in its chat, the oldest first.
  [[nodiscard]] std::vector<persistence::placed> cards_of(const job& j) const;
  /// The first of them that the errand means.
  [[nodiscard]] std::optional<persistence::placed>
  first_card_of(const job& j) const;
  [[nodiscard]] std::optional<channels::telegram::reply_target>
  newest_card_of(const job& j) const;

  parts parts_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
  persistence::place_views places_;
};

} // namespace switchboard::app
