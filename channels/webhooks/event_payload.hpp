#pragma once

#include "channels/rest/events.hpp"
#include "channels/webhooks/payload_template.hpp"
#include "domain/ticket.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::channels::webhooks {

/// One event, ready to be rendered for any number of endpoints: what their
/// bodies share is made once. Keeps copies of all that it needs.
class event_payload {
public:
  /// The ticket as it is after the event. `description` is what it is about,
  /// `url` the customer's link to it.
  event_payload(const domain::ticket& ticket, std::string_view description,
                std::string_view url, const domain::ticket_event& event);
  explicit event_payload(const rest::error_entry& error);

  [[nodiscard]] std::string_view type() const noexcept {
    return type_;
  }

  /// Nothing when the body would be too large.
  [[nodiscard]] std::optional<std::string>
  render(const payload_template& form, std::string_view webhook_id) const;

private:
  void add_ticket(field_values& values) const;
  void add_message(field_values& values) const;

  std::string type_;
  std::string timestamp_;
  std::string actor_;
  std::string data_; ///< JSON
  domain::sequence number_{};
  std::optional<domain::ticket> ticket_;
  std::optional<domain::message_draft> message_;
  // Texts that are no member of the ticket or the message.
  std::string description_;
  std::string url_;
  std::string ticket_id_;
  std::string key_;
  std::string created_at_;
  std::string updated_at_;
  std::string message_id_;
};

/// A ticket and an event of this type, for trying out an endpoint; nothing for
/// a type that is no ticket's.
struct sample_event {
  domain::ticket ticket;
  domain::ticket_event event;
};

[[nodiscard]] std::optional<sample_event> sample_of(std::string_view type,
                                                    domain::timestamp now);

} // namespace switchboard::channels::webhooks
