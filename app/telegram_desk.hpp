#pragma once

#include "actors/messages.hpp"
#include "actors/telegram_messages.hpp"
#include "actors/ticket_timers.hpp"
#include "api/telegram/desk_people.hpp"
#include "api/visitor_signals.hpp"
#include "app/telegram_desk_plan.hpp"
#include "app/telegram_desk_render.hpp"
#include "channels/telegram/answer.hpp"
#include "config/config.hpp"
#include "config/time_zone.hpp"
#include "domain/session.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/session_views.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// What the desk is built on; all of it outlives it.
struct telegram_desk_parts {
  using bot_number = channels::telegram::bot_number;

  const config::desk_section& options;
  bot_number bot{};
  persistence::journal& journal;
  std::function<domain::timestamp()> now;
  /// How the bot names a file that it has sent before, and the row that keeps
  /// such a name; may be empty.
  telegram_desk_renderer::file_id_fn known_file_id{};
  std::function<persistence::row_change(domain::attachment_id, bot_number,
                                        std::string file_id)>
    remember_file_id{};
  /// May be called while the constructor runs no more.
  std::function<void(actors::error_note)> report_error{};
  /// Makes a call that may be lost.
  std::function<void(bot_number, actors::outgoing)> say{};
};

/// The visitors' desk at Telegram, on its way out: what is sent because of a
/// ticket's events, how that looks, and what comes of it. The way in is
/// `api::telegram::desk`, which shares `group()`. Thread-safe.
class telegram_desk {
public:
  using bot_number = channels::telegram::bot_number;
  using chat_id = channels::telegram::chat_id;

  explicit telegram_desk(telegram_desk_parts p);
  telegram_desk(const telegram_desk&) = delete;
  telegram_desk& operator=(const telegram_desk&) = delete;

  /// What goes out because of `events`, which led to `after`.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan(const domain::ticket& after,
       std::span<const domain::ticket_event> events) const {
    return planner_.plan(after, events);
  }

  /// What a delivery comes to now. Those of the executors have a kind of their
  /// own and do not belong here.
  [[nodiscard]] actors::rendering render(bot_number bot,
                                         const persistence::delivery& d) const;

  /// What a delivery's end leaves: where things are shown from now on, and who
  /// has to be told when an agent cannot be reached.
  void settled(bot_number bot, const persistence::delivery& d,
               const channels::telegram::api_answer& answer,
               std::uint32_t shared_by, domain::timestamp now,
               persistence::changes& settling);

  /// A group has another id from now on.
  void migrated(bot_number bot, chat_id from, chat_id to);

  /// For the tickets' timers.
  [[nodiscard]] actors::desk_rules rules() const;
  /// What a visitor is told who opens a ticket now; empty: nothing.
  [[nodiscard]] std::string opening_notice(const domain::session& who) const;
  /// For the visitors' routes and streams.
  [[nodiscard]] api::visitor_signals signals();

  [[nodiscard]] api::telegram::desk_group& group() noexcept {
    return group_;
  }

private:
  /// A delivery that has come to its end.
  struct ended {
    const persistence::delivery& delivery;
    const channels::telegram::errand& what;
    chat_id chat{};
    const channels::telegram::api_answer& answer;
    std::uint32_t shared_by = 1;
    domain::timestamp now{};
    persistence::changes& settling;
  };

  void note_places(const ended& e) const;
  void
  note_files(const ended& e,
             const std::vector<channels::telegram::sent_message>& sent) const;
  void send_as_document(const ended& e) const;
  void forget_deleted_part(const ended& e) const;
  void refresh_copies(const ended& e) const;
  void replace_card(const ended& e) const;
  void tell_unreachable(const ended& e);
  void complain(const ended& e) const;
  void plan_card(const ended& e,
                 std::optional<channels::telegram::message_id> about) const;

  void visitor_types(const domain::session_id& session);
  void visitor_reads(const domain::session_id& session,
                     const domain::message_id& message,
                     std::function<void(bool)> done);
  /// The newest message up to `at` that was written in this bot's chat.
  [[nodiscard]] std::optional<channels::telegram::desk::origin>
  last_read(const domain::session_id& session,
            const persistence::thread_position& at) const;

  /// Whether something has not been done for so long; then it is noted as done.
  bool is_due(std::map<std::string, std::chrono::steady_clock::time_point>& of,
              const std::string& what, std::chrono::seconds pause);

  telegram_desk_parts parts_;
  config::desk_hours hours_;
  api::telegram::desk_group group_;
  api::telegram::desk_people people_;
  persistence::session_views sessions_;
  telegram_desk_places places_;
  telegram_desk_planner planner_;
  telegram_desk_renderer renderer_;

  std::mutex mutex_; ///< guards what follows
  std::map<std::string, std::chrono::steady_clock::time_point> told_;
  std::map<std::string, std::chrono::steady_clock::time_point> typed_;
};

} // namespace switchboard::app
