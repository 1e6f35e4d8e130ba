#pragma once

#include "tests/integration/server_fixture.hpp"
#include "tests/simulators/whatsapp_cloud.hpp"
#include "tests/simulators/whatsapp_n8n.hpp"
#include "tests/simulators/whatsapp_sidecar.hpp"
#include "tests/simulators/whatsapp_twilio.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::test {

using simulators::cloud_customer;
using simulators::sidecar_author;
using simulators::sidecar_state;
using simulators::twilio_customer;
using simulators::whatsapp_delivery;
using simulators::whatsapp_fault;
using simulators::whatsapp_file;

/// The address at which customers are told that they find the server.
inline constexpr const char* whatsapp_public_url
  = "https://support.example.com";
inline constexpr const char* whatsapp_manager_phone = "+15550009999";

/// What a test wants to be different.
struct whatsapp_world_options {
  bool has_sidecar = false;
  bool has_twilio = false;
  bool has_cloud = false;
  bool has_n8n = false;
  settings more{}; ///< of the server
};

/// The real server, and WhatsApp around it: one provider or several. At its end
/// the test fails when the server did what no correct client of theirs does.
class whatsapp_world {
public:
  explicit whatsapp_world(whatsapp_world_options options);
  whatsapp_world(const whatsapp_world&) = delete;
  whatsapp_world& operator=(const whatsapp_world&) = delete;
  ~whatsapp_world();

  [[nodiscard]] test_server& server() noexcept {
    return *server_;
  }
  /// SIGTERM or `kill -9`, and a new start; the providers follow.
  void restart();
  void restart_after_kill();

  // -- tickets ----------------------------------------------------------------

  /// All, the newest first, once there are `count` of them.
  json::array tickets(std::size_t count);
  /// The ticket's messages, as REST v1 shows them.
  json::array messages(const json::value& ticket);
  /// The same once `is` holds; a test failure in vain.
  json::array
  wait_for(const json::value& ticket,
           const std::function<bool(const json::array& messages)>& is);
  /// What was said, as `<role>: <words>`.
  std::vector<std::string> thread(const json::value& ticket);
  /// An agent answers; the message.
  json::value reply(const json::value& ticket, std::string_view text);
  /// The state of a message's delivery, once it is this one; what it is in the
  /// end.
  std::string delivery_state(const json::value& ticket, std::string_view text,
                             std::string_view wanted);

  simulators::sidecar_simulator sidecar;
  simulators::twilio_simulator twilio;
  simulators::cloud_simulator cloud;
  simulators::n8n_bridge n8n;
  bool tolerates_complaints = false;

private:
  [[nodiscard]] settings make_settings() const;
  void connect();

  whatsapp_world_options options_;
  std::optional<test_server> server_;
};

/// Words of all that arrived at one place.
std::vector<std::string> texts_of(const simulators::whatsapp_simulator& at,
                                  std::string_view to);

} // namespace switchboard::test
