#pragma once

#include "tests/simulators/whatsapp_simulator.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace switchboard::simulators {

/// What a person who plays by hand lets somebody on WhatsApp do.
struct whatsapp_words {
  std::string from; ///< the telephone number, with its plus
  std::string name;
  std::string text;
  std::string group;    ///< `…@g.us`, where there are groups
  std::string reply_to; ///< the id of the message that is answered
  whatsapp_file file;   ///< with bytes when there is one
};

/// How each provider does it. The simulator must not wait for the engine's
/// answers (`whatsapp_options::waits`), since the control runs on its thread.
struct whatsapp_hand {
  std::function<whatsapp_said(const whatsapp_words&)> say;
  std::function<void(const std::string& id, const std::string& status)> report;
  /// connected, disconnected or logged_out; false: another word.
  std::function<bool(std::string_view state)> become;
};

/// A control for curl, on the simulator's own port:
/// `POST /control/say {"from","name"?,"text"?,"group"?,"reply_to"?,"file"?:
/// {"mime_type","name","base64"}}`, `POST /control/report {"id","status"}`,
/// `POST /control/state {"state"}`, `POST /control/advance {"hours"}`,
/// `GET /control/sent`, `GET /control/complaints`. The simulator must outlive
/// it.
[[nodiscard]] whatsapp_simulator::control
make_whatsapp_control(whatsapp_simulator& on, whatsapp_hand hand);

/// The states of providers that have no such thing: all calls fail with 503, or
/// with 401.
bool set_whatsapp_state(whatsapp_simulator& on, std::string_view state);

} // namespace switchboard::simulators
