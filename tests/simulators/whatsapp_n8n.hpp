#pragma once

#include "tests/simulators/whatsapp_simulator.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>

namespace switchboard::simulators {

struct n8n_bridge_options : whatsapp_options {
  std::string api_key = "n8n-bridge-key-0123456789";
  /// The workflow's webhook, which gets what the engine sends.
  std::string path = "/webhook/whatsapp-send";
  std::string inbound_path = "/webhook/n8n/whatsapp";
  /// The workflow's last node answers with the message's id; if not, n8n says
  /// that it was started.
  bool gives_id = false;
};

/// Plays a workflow of n8n that stands between the engine and some WhatsApp: it
/// gets `message.send` calls and posts what people write in the simplified
/// form. Like n8n it answers a wrong key with 403, knows no idempotency (a
/// repeated key is a second message, which tests can see), and fetches files
/// that are named by a link.
class n8n_bridge final : public whatsapp_simulator {
public:
  explicit n8n_bridge(n8n_bridge_options options = {});
  ~n8n_bridge() override;

  [[nodiscard]] const n8n_bridge_options& options() const noexcept {
    return options_;
  }
  /// What belongs into `whatsapp.n8n.url`.
  [[nodiscard]] std::string hook_url() const;

  /// An inactive workflow answers 404.
  void set_active(bool is_active);

  whatsapp_said says(std::string_view phone, std::string_view text,
                     std::string_view name = {}, std::string_view id = {});
  /// The file lies at the bridge, behind no key.
  whatsapp_said sends(std::string_view phone, const whatsapp_file& file,
                      std::string_view caption = {},
                      std::string_view name = {});
  /// Any body.
  call_reply posts(const boost::json::object& body, bool with_key = true);

private:
  peer_answer take(const peer_request& request) override;
  [[nodiscard]] peer_answer refusal(int status, int code) const override;
  peer_answer take_send(const peer_request& request);
  /// The link of its file, if it has one.
  static std::string read_content(const boost::json::object& content,
                                  whatsapp_delivery& to,
                                  std::vector<std::string>& problems);
  void fetch_file(const std::string& id, const std::string& link);
  boost::json::object message(std::string_view phone, std::string_view text,
                              std::string_view name, std::string_view id);

  const n8n_bridge_options options_;
  bool is_active_ = true;
  std::map<std::string, whatsapp_file, std::less<>> files_;
};

} // namespace switchboard::simulators
