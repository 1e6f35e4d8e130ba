#pragma once

#include "channels/whatsapp/outgoing.hpp"
#include "channels/whatsapp/provider.hpp"
#include "config/config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// The providers of WhatsApp as they are configured. Immutable.
class whatsapp_ends {
public:
  using provider = channels::whatsapp::provider;

  /// `public_url` is where customers find this server.
  whatsapp_ends(const config::config& c, std::string_view public_url);

  /// Whether anything can be sent through it.
  [[nodiscard]] bool can_send(provider p) const noexcept;
  /// Whether what it tells is taken: its secret is set.
  [[nodiscard]] bool is_on(provider p) const noexcept;
  /// Those that can send, in their order.
  [[nodiscard]] std::vector<provider> sending() const;

  [[nodiscard]] bool has_template(provider p) const noexcept;
  /// Our end as the provider names it; may be empty.
  [[nodiscard]] std::string account_of(provider p) const;

  /// Makes the call; `p` must be able to send.
  [[nodiscard]] channels::http_request
  encode(provider p, const channels::whatsapp::outgoing_message& what) const;
  /// The same for a change; `p` must be able to make it.
  [[nodiscard]] channels::http_request
  encode(provider p, const channels::whatsapp::outgoing_change& what) const;

  [[nodiscard]] const std::optional<channels::whatsapp::baileys_end>&
  baileys() const noexcept {
    return baileys_;
  }
  [[nodiscard]] const std::optional<channels::whatsapp::twilio_end>&
  twilio() const noexcept {
    return twilio_;
  }
  [[nodiscard]] const std::optional<channels::whatsapp::cloud_end>&
  cloud() const noexcept {
    return cloud_;
  }
  [[nodiscard]] const std::optional<channels::whatsapp::n8n_end>&
  n8n() const noexcept {
    return n8n_;
  }

  /// By whom staff is told; nothing when nobody can.
  [[nodiscard]] std::optional<provider> staff_by() const noexcept {
    return staff_by_;
  }
  /// Who sends what another one cannot.
  [[nodiscard]] std::optional<provider> fallback() const noexcept {
    return fallback_;
  }

private:
  // What is kept of an end that is configured in part can do without the rest.
  std::optional<channels::whatsapp::baileys_end> baileys_;
  std::optional<channels::whatsapp::twilio_end> twilio_;
  std::optional<channels::whatsapp::cloud_end> cloud_;
  std::optional<channels::whatsapp::n8n_end> n8n_;
  std::optional<provider> staff_by_;
  std::optional<provider> fallback_;
};

/// How a provider addresses somebody with this number (E.164).
[[nodiscard]] std::string whatsapp_address(channels::whatsapp::provider p,
                                           std::string_view phone);
/// The number in an address, E.164; empty when it has none.
[[nodiscard]] std::string phone_in_address(std::string_view address);

/// Whom WhatsApp tells of new tickets: the configured manager, else the number
/// of the website's agent unless that is the built-in one; or empty.
[[nodiscard]] std::string whatsapp_manager(const config::config& c);

} // namespace switchboard::app
