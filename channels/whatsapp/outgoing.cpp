#include "channels/whatsapp/outgoing.hpp"

namespace switchboard::channels::whatsapp {

std::optional<sidecar_dialect>
parse_sidecar_dialect(std::string_view word) noexcept {
  if (word == "generic")
    return sidecar_dialect::generic;
  if (word == "fazer")
    return sidecar_dialect::fazer;
  if (word == "evolution")
    return sidecar_dialect::evolution;
  return std::nullopt;
}

bool can(provider p, outgoing_change::kind what) noexcept {
  switch (p) {
    case provider::baileys: return true;
    case provider::cloud: return what == outgoing_change::kind::reaction;
    case provider::twilio:
    case provider::n8n: return false;
  }
  return false;
}

std::string_view to_string(trouble t) noexcept {
  switch (t) {
    case trouble::none: return "none";
    case trouble::busy: return "busy";
    case trouble::not_connected: return "not_connected";
    case trouble::logged_out: return "logged_out";
    case trouble::window_closed: return "window_closed";
    case trouble::bad_recipient: return "bad_recipient";
    case trouble::bad_content: return "bad_content";
  }
  return "unknown";
}

} // namespace switchboard::channels::whatsapp
