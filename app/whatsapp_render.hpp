#pragma once

#include "actors/id_source.hpp"
#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_plan.hpp"
#include "channels/whatsapp/errand.hpp"
#include "channels/whatsapp/outgoing.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/records.hpp"
#include "persistence/session_views.hpp"
#include "persistence/ticket_views.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace switchboard::app {

/// A message that is ready but for its file.
struct whatsapp_sending {
  channels::whatsapp::outgoing_message what;
  std::optional<domain::attachment_ref> file{};
};

/// There is nothing to send (any longer).
struct whatsapp_nothing {
  std::string why;
};

/// What it needs is not there yet.
struct whatsapp_delay {
  std::string why;
};

/// It cannot be sent, ever; why, for people.
struct whatsapp_refusal {
  std::string why;
  channels::whatsapp::trouble what = channels::whatsapp::trouble::none;
};

using whatsapp_drawing
  = std::variant<whatsapp_sending, channels::whatsapp::outgoing_change,
                 whatsapp_nothing, whatsapp_delay, whatsapp_refusal>;

/// Makes of errands what is sent, as things are when it leaves. Reads views
/// only, so it is quick. Thread-safe.
class whatsapp_renderer {
public:
  using provider = channels::whatsapp::provider;

  struct parts {
    const persistence::row_reader& rows;
    const whatsapp_ends& ends;
    const whatsapp_planner& planner;
    actors::clock_fn now;
    std::function<std::string(const std::string& ref)> ticket_url;
  };

  explicit whatsapp_renderer(parts p);

  /// `planned` is the provider that the delivery's lane is of, `to` where it
  /// goes now.
  [[nodiscard]] whatsapp_drawing
  draw(const persistence::delivery& d, const channels::whatsapp::errand& what,
       provider planned, const whatsapp_place& to) const;

  /// How the one at the end of a lane is reached by `other`, if they are.
  [[nodiscard]] std::optional<whatsapp_place>
  other_place(const channels::whatsapp::errand& what,
              const channels::whatsapp::lane_place& lane, provider other) const;

private:
  /// A message of the ticket in its parts.
  struct subject {
    domain::ticket ticket;
    persistence::message_row row;
  };

  [[nodiscard]] std::optional<subject>
  find(const channels::whatsapp::errand& what) const;
  [[nodiscard]] whatsapp_drawing
  draw_message(const persistence::delivery& d,
               const channels::whatsapp::errand& what, provider planned,
               const whatsapp_place& to) const;
  [[nodiscard]] whatsapp_drawing
  draw_change(const persistence::delivery& d,
              const channels::whatsapp::errand& what, provider planned,
              const whatsapp_place& to) const;
  [[nodiscard]] whatsapp_drawing
  draw_relay(const channels::whatsapp::errand& what, provider planned,
             const whatsapp_place& to) const;
  [[nodiscard]] whatsapp_drawing
  draw_ticket(const channels::whatsapp::errand& what,
              const whatsapp_place& to) const;
  [[nodiscard]] std::optional<channels::whatsapp::quoted_message>
  find_quoted(const subject& of, const whatsapp_place& to) const;
  /// When the customer last wrote by this provider; nothing: nobody knows.
  [[nodiscard]] std::optional<domain::timestamp>
  last_word(const domain::ticket& ticket, provider via) const;
  [[nodiscard]] std::optional<domain::timestamp>
  last_word_in(const domain::ticket& ticket, provider via) const;
  /// Whether staff is told something by a provider that takes free text only
  /// as an answer, and nothing says that they wrote lately.
  [[nodiscard]] bool is_out_of_the_blue(const channels::whatsapp::errand& what,
                                        provider via) const;
  /// The name of the copy of this part that was sent to `to`.
  [[nodiscard]] std::string copy_of(const channels::whatsapp::errand& what,
                                    const whatsapp_place& to) const;

  parts parts_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
  persistence::mark_views marks_;
  persistence::session_views sessions_;
};

} // namespace switchboard::app
