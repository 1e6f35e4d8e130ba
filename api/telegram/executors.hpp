#pragma once

#include "actors/engine.hpp"
#include "actors/id_source.hpp"
#include "actors/telegram_messages.hpp"
#include "api/rate_limiter.hpp"
#include "api/telegram/executors_outbox.hpp"
#include "api/telegram/intake.hpp"
#include "channels/telegram/executor_texts.hpp"
#include "domain/prompt.hpp"
#include "domain/user.hpp"
#include "persistence/journal.hpp"
#include "persistence/places.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace switchboard::api::telegram {

/// What the executors' handler is built on; all of it outlives it.
struct executors_parts {
  actors::engine& engine;
  actors::id_source& ids;
  actors::clock_fn now;
  persistence::journal& journal;
  executor_bot bot;
  std::chrono::seconds prompt_timeout{900};
  /// Sends what need not be durable: answers to taps.
  std::function<void(wire::bot_number, actors::outgoing)> say;
  /// The bot's username, for commands that name it; may be empty.
  std::function<std::string(wire::bot_number)> username{};
};

/// What executors write to their bot and tap on there: lists of their tickets,
/// In Progress, Resolved, and Update, which asks a question and takes the next
/// words as its answer.
///
/// A bot of their own is all theirs. A bot that also serves the desk is theirs
/// as far as executors write to it, and for the buttons of their cards, whoever
/// taps on one. Strangers learn nothing.
///
/// Life: added to the intake once. Thread contract: that of update handlers.
class executors final : public update_handler {
public:
  explicit executors(executors_parts parts);

  boost::asio::awaitable<update_outcome>
  handle(wire::bot_number bot, const wire::update& update,
         const update_claim& claim, net::asker& actors) override;

private:
  using outcome = boost::asio::awaitable<update_outcome>;

  /// An update that is ours, and whose it is.
  struct visit {
    const update_claim& claim;
    net::asker& actors;
    executor_chat chat;               ///< with who sent it
    std::optional<domain::user> user; ///< nothing: a stranger
  };

  /// A tap of a known user on a button that names a ticket.
  struct known_tap {
    wire::executor::tap what;
    const wire::button_press& press;
    const domain::user& user;
  };

  [[nodiscard]] visit visit_of(const update_claim& claim, net::asker& actors,
                               wire::user_id from) const;
  [[nodiscard]] bool is_ours(const visit& v, const wire::message& in) const;
  [[nodiscard]] bool is_ours(const visit& v,
                             const wire::button_press& press) const;

  // -- words: executors.cpp
  outcome on_message(const visit& v, const wire::message& in);
  outcome list_tickets(const visit& v, const domain::user& who);
  outcome refuse_stranger(const visit& v);
  /// Tells the person `text` because of the update.
  [[nodiscard]] persistence::new_delivery
  notice(const visit& v, std::string text,
         std::optional<wire::message_id> answers = std::nullopt) const;
  /// Commits `deliveries` as all that the update does.
  outcome conclude(const visit& v,
                   std::vector<persistence::new_delivery> deliveries);
  outcome tell(const visit& v, std::string text,
               std::optional<wire::message_id> answers = std::nullopt);

  // -- buttons: executors_taps.cpp
  outcome on_tap(const visit& v, const wire::button_press& press);
  outcome on_known_tap(const visit& v, const known_tap& tap);
  /// One try; nothing: the ticket has changed meanwhile, so look again.
  boost::asio::awaitable<std::optional<update_outcome>>
  try_tap(const visit& v, const known_tap& tap);
  boost::asio::awaitable<std::optional<update_outcome>>
  move(const visit& v, const known_tap& tap, const domain::ticket& ticket);
  outcome ask_update(const visit& v, const known_tap& tap,
                     const domain::ticket& ticket);
  /// Commits `mend`, and then answers the tap with `text`.
  outcome answer_with(const visit& v, const wire::button_press& press,
                      std::string text,
                      std::vector<persistence::new_delivery> mend);
  void answer(const visit& v, const wire::button_press& press,
              std::string_view text) const;
  [[nodiscard]] std::vector<persistence::new_delivery>
  without_card(const visit& v, const wire::button_press& press,
               const std::optional<domain::ticket_id>& ticket) const;

  // -- questions: executors_answers.cpp
  using open_question = std::optional<persistence::versioned<domain::prompt>>;

  outcome on_answer(const visit& v, const domain::user& who,
                    const wire::message& in);
  outcome take_answer(const visit& v, const domain::user& who,
                      const wire::message& in,
                      const persistence::versioned<domain::prompt>& asked);
  outcome complete(const visit& v, domain::prompt_id id,
                   domain::ticket_number number, std::string answer);
  outcome cancel_by_command(const visit& v, const domain::user& who);
  /// Ends the open question, and tells `text` with it.
  outcome end_question(const visit& v, domain::user_id who,
                       domain::prompt_state to, std::string text);
  /// Makes room for another one, without concluding the update. `of`: only that
  /// ticket's.
  outcome drop_question(domain::user_id who,
                        std::optional<domain::ticket_id> of);
  [[nodiscard]] open_question question_of(domain::user_id who) const;
  /// The ticket that the message which `in` answers asked about.
  [[nodiscard]] std::optional<domain::ticket_id>
  asked_about(const visit& v, const wire::message& in) const;
  [[nodiscard]] std::optional<domain::ticket>
  own_ticket(domain::ticket_id id, const domain::user& who) const;

  executors_parts parts_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
  persistence::place_views places_;
  rate_limiter refusals_;
};

} // namespace switchboard::api::telegram
