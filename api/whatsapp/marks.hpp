#pragma once

#include "api/whatsapp/newest.hpp"
#include "api/whatsapp/parked.hpp"
#include "api/whatsapp/tools.hpp"
#include "persistence/message_marks.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api::whatsapp {

/// Which ticket a notification of staff shows: id = its external id, result =
/// the ticket's uuid.
inline constexpr std::string_view shown_scope = "whatsapp.shown";

/// Who does something to a message, as far as that decides whether they may.
struct doer {
  std::string id;   ///< of the person; stays the same
  std::string name; ///< for people
  /// A customer's: theirs are the messages of this session alone.
  std::optional<domain::session_id> session{};
  bool is_staff = false;
};

/// What is told of messages after they were written: reactions, edits,
/// deletions and how far copies have come. Runs on the intake's executor.
class marks {
public:
  explicit marks(intake_tools& tools)
    : tools_{tools}, views_{tools.rows()}, tickets_{tools.rows()} {}

  /// The message that a provider means by `id`.
  [[nodiscard]] std::optional<persistence::external_message>
  find(wire::provider via, std::string_view account, std::string_view id) const;

  /// The ticket of the message, be it of a conversation or a notification.
  [[nodiscard]] std::optional<domain::ticket_id>
  ticket_of(wire::provider via, std::string_view account,
            std::string_view id) const;

  using answer = boost::asio::awaitable<outcome>;

  answer on_reaction(const wire::inbound_message& from, doer who);
  /// Of their own messages only.
  answer on_edit(const wire::inbound_message& from, doer who);
  answer on_revoke(const wire::inbound_message& from, doer who);
  answer on_status(const wire::status_report& status);
  answer on_sent(const sent_report& report);

private:
  struct target {
    persistence::external_message at;
    domain::ticket ticket;
    persistence::message_row row;
  };

  /// `unknown_target`, `ignored` (it is none of theirs), or the message.
  [[nodiscard]] outcome find_target(const wire::inbound_message& from,
                                    std::string_view id, const doer& who,
                                    std::optional<target>& out) const;
  /// What staff write without the ticket's name in front of it.
  [[nodiscard]] std::string_view said_words(std::string_view text,
                                            domain::ticket_id ticket) const;
  [[nodiscard]] bool is_notification(const wire::status_report& status) const;

  intake_tools& tools_;
  persistence::mark_views views_;
  persistence::ticket_views tickets_;
  newest newest_;
};

} // namespace switchboard::api::whatsapp
