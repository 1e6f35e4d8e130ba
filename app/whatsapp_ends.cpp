#include "app/whatsapp_ends.hpp"

#include "domain/contact.hpp"

#include <cassert>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using whatsapp::provider;

namespace {

constexpr std::string_view private_server = "@s.whatsapp.net";
constexpr std::string_view twilio_path = "/webhook/twilio/whatsapp";

} // namespace

whatsapp_ends::whatsapp_ends(const config::config& c,
                             std::string_view public_url) {
  if (const auto& from = c.whatsapp_baileys; !from.api_key.empty())
    baileys_
      = whatsapp::baileys_end{from.url, from.api_key, from.session, from.jid,
                              whatsapp::parse_sidecar_dialect(from.dialect)
                                .value_or(whatsapp::sidecar_dialect::generic)};
  if (const auto& from = c.whatsapp_twilio; !from.auth_token.empty())
    twilio_ = whatsapp::twilio_end{
      from.api_url,      from.account_sid,
      from.auth_token,   from.from,
      from.template_sid, std::string{public_url} + std::string{twilio_path}};
  if (const auto& from = c.whatsapp_cloud; !from.app_secret.empty())
    cloud_ = whatsapp::cloud_end{from.api_url,       from.api_version,
                                 from.access_token,  from.phone_number_id,
                                 from.template_name, from.template_language};
  if (const auto& from = c.whatsapp_n8n; !from.api_key.empty())
    n8n_ = whatsapp::n8n_end{from.url, from.api_key};
  const auto senders = sending();
  if (!senders.empty())
    staff_by_ = whatsapp::parse_provider(c.whatsapp.staff_provider)
                  .value_or(senders.front());
  if (const auto other = whatsapp::parse_provider(c.whatsapp.fallback);
      other && can_send(*other))
    fallback_ = other;
}

bool whatsapp_ends::can_send(provider p) const noexcept {
  switch (p) {
    case provider::baileys: return baileys_ && !baileys_->url.empty();
    case provider::twilio:
      return twilio_ && !twilio_->account_sid.empty() && !twilio_->from.empty();
    case provider::cloud:
      return cloud_ && !cloud_->access_token.empty()
             && !cloud_->phone_number_id.empty();
    case provider::n8n: return n8n_ && !n8n_->url.empty();
  }
  return false;
}

bool whatsapp_ends::is_on(provider p) const noexcept {
  switch (p) {
    case provider::baileys: return baileys_.has_value();
    case provider::twilio: return twilio_.has_value();
    case provider::cloud: return cloud_.has_value();
    case provider::n8n: return n8n_.has_value();
  }
  return false;
}

std::vector<provider> whatsapp_ends::sending() const {
  std::vector<provider> out;
  for (const auto p : whatsapp::all_providers)
    if (can_send(p))
      out.push_back(p);
  return out;
}

bool whatsapp_ends::has_template(provider p) const noexcept {
  switch (p) {
    case provider::twilio: return twilio_ && !twilio_->template_sid.empty();
    case provider::cloud: return cloud_ && !cloud_->template_name.empty();
    case provider::baileys:
    case provider::n8n: break;
  }
  return false;
}

std::string whatsapp_ends::account_of(provider p) const {
  switch (p) {
    case provider::baileys: return baileys_ ? baileys_->session : std::string{};
    case provider::twilio: return twilio_ ? twilio_->from : std::string{};
    case provider::cloud:
      return cloud_ ? cloud_->phone_number_id : std::string{};
    case provider::n8n: break;
  }
  return {};
}

channels::http_request
whatsapp_ends::encode(provider p,
                      const whatsapp::outgoing_message& what) const {
  assert(can_send(p));
  switch (p) {
    case provider::baileys: return whatsapp::encode(*baileys_, what);
    case provider::twilio: return whatsapp::encode(*twilio_, what);
    case provider::cloud: return whatsapp::encode(*cloud_, what);
    case provider::n8n: return whatsapp::encode(*n8n_, what);
  }
  return {};
}

channels::http_request
whatsapp_ends::encode(provider p, const whatsapp::outgoing_change& what) const {
  assert(can_send(p) && whatsapp::can(p, what.what));
  if (p == provider::cloud)
    return whatsapp::encode(*cloud_, what);
  return whatsapp::encode(*baileys_, what);
}

std::string whatsapp_address(provider p, std::string_view phone) {
  switch (p) {
    case provider::twilio: return std::string{phone};
    case provider::cloud: return std::string{phone.substr(1)};
    case provider::baileys:
    case provider::n8n: break;
  }
  return std::string{phone.substr(1)} + std::string{private_server};
}

std::string phone_in_address(std::string_view address) {
  const auto at = address.find('@');
  if (at != std::string_view::npos && address.substr(at) != private_server)
    return {};
  std::string text{address.substr(0, at)};
  if (!text.starts_with('+'))
    text.insert(text.begin(), '+');
  auto phone = domain::parse_phone(text);
  return phone ? std::move(phone).value() : std::string{};
}

std::string whatsapp_manager(const config::config& c) {
  if (!c.whatsapp.manager_phone.empty())
    return c.whatsapp.manager_phone;
  return c.website.agent_phone == config::website_section{}.agent_phone
           ? std::string{}
           : c.website.agent_phone;
}

} // namespace switchboard::app
