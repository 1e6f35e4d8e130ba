#pragma once

#include "api/whatsapp/kept_words.hpp"
#include "api/whatsapp/marks.hpp"
#include "api/whatsapp/tools.hpp"
#include "domain/ticket.hpp"
#include "domain/user.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api::whatsapp {

/// Somebody who works for us, as WhatsApp knows them.
struct colleague {
  std::string phone;
  std::string name;
  domain::sender_role role = domain::sender_role::agent;
  std::optional<domain::user> user; ///< the manager may be none

  friend bool operator==(const colleague&, const colleague&) = default;
};

/// The staff's desk on WhatsApp. What one of them writes goes to the ticket
/// whose notification they quote, or with whose name they begin; when they do
/// neither, the bot asks which one is meant and keeps the words for an hour. A
/// bare name, or a quote that says no more than "this one", is the answer. Runs
/// on the intake's executor.
class staff {
public:
  staff(intake_tools& tools, const marks& marked)
    : tools_{tools},
      marks_{marked},
      records_{tools.rows()},
      tickets_{tools.rows()} {}

  /// Nothing: the author is a customer.
  [[nodiscard]] std::optional<colleague>
  find(const wire::inbound_message& message) const;

  using answer = boost::asio::awaitable<outcome>;

  /// Keeps what else they are known by, when it is new: WhatsApp does not
  /// always tell the number beside it. Whether that could be stored changes
  /// nothing: it is done with the next message then.
  boost::asio::awaitable<void> remember(const wire::inbound_message& message,
                                        const colleague& who) const;

  /// In a private chat. Both outlive the coroutine.
  answer on_said(wire::inbound_message& message, const colleague& who);

private:
  /// What a message says, for which ticket.
  struct reading {
    std::optional<domain::ticket_id> ticket;
    std::string name; ///< in front of the words, or empty
    std::string words;
  };

  /// The author's number; empty: nobody has told it.
  [[nodiscard]] std::string phone_of(const wire::person& author) const;
  [[nodiscard]] reading read(const wire::inbound_message& message) const;
  /// Why this one cannot write on the ticket; empty: they can.
  [[nodiscard]] std::string obstacle(const domain::ticket& ticket,
                                     const colleague& who) const;
  [[nodiscard]] std::string ask(const colleague& who,
                                const std::string& name) const;
  /// What waits for the name of its ticket, and was not said yet.
  [[nodiscard]] std::optional<kept_words>
  find_waiting(const colleague& who) const;

  /// Keeps the words and asks which ticket is meant.
  answer keep(wire::inbound_message& message, const colleague& who,
              const reading& what);
  answer say(wire::inbound_message& message, const colleague& who,
             const domain::ticket& ticket, std::string words);
  answer say_kept(const wire::inbound_message& message, const colleague& who,
                  const domain::ticket& ticket, kept_words kept);
  /// Adds it to the ticket, which who could not have yet is claimed for first.
  answer add(const wire::inbound_message& message, const colleague& who,
             domain::ticket_id ticket, domain::message_draft draft,
             std::optional<persistence::unique_claim> once);
  boost::asio::awaitable<std::optional<outcome>>
  begin_work(const wire::inbound_message& message, const colleague& who,
             domain::ticket_id ticket);
  [[nodiscard]] domain::message_draft
  draft_of(const wire::inbound_message& message, const colleague& who) const;

  /// Answers them, in one commit with the message's claim.
  answer tell(const wire::inbound_message& message, std::string text,
              std::vector<persistence::row_change> rows = {});

  intake_tools& tools_;
  const marks& marks_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
};

} // namespace switchboard::api::whatsapp
