#pragma once

#include "tests/simulators/whatsapp_simulator.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::simulators {

using twilio_fields = std::vector<std::pair<std::string, std::string>>;

struct twilio_options : whatsapp_options {
  std::string account_sid = "AC0123456789abcdef0123456789abcdef";
  std::string auth_token = "twilio-auth-token-0123456789abcd";
  std::string from = "+14155238886";
  std::string messaging_service = "MG0123456789abcdef0123456789abcdef";
  /// Content templates that exist, with the number of their variables.
  std::map<std::string, std::size_t> templates{
    {"HX0123456789abcdef0123456789abcdef", 1}};
  /// The engine's address as Twilio knows it: the begin of the address that is
  /// signed, and of files and status callbacks that lead to the engine. Empty:
  /// the address where it really is.
  std::string public_url;
  std::string inbound_path = "/webhook/twilio/whatsapp";
};

struct twilio_customer {
  std::string phone = "+15551234567";
  std::string name = "Ana";
  std::string wa_id;            ///< empty: the phone's digits
  std::string external_user_id; ///< `whatsapp:ID.…`, or empty
};

/// Plays api.twilio.com for WhatsApp: sending with all its checks, the 24 hours
/// after a customer's word, files that it fetches from the engine, files that
/// it keeps for the engine (behind Basic authentication and a redirect to a
/// second server, which wants no credentials), signed webhooks.
class twilio_simulator final : public whatsapp_simulator {
public:
  explicit twilio_simulator(twilio_options options = {});
  ~twilio_simulator() override;

  [[nodiscard]] const twilio_options& options() const noexcept {
    return options_;
  }

  /// `more` adds fields, or replaces some.
  whatsapp_said says(const twilio_customer& who, std::string_view text,
                     const twilio_fields& more = {});
  whatsapp_said sends(const twilio_customer& who, const whatsapp_file& file,
                      std::string_view caption = {},
                      const twilio_fields& more = {});
  whatsapp_said
  shares_location(const twilio_customer& who, std::string_view latitude,
                  std::string_view longitude, std::string_view address = {},
                  std::string_view label = {});
  /// Answers a message that the engine sent, or one of their own.
  whatsapp_said answers(const twilio_customer& who, std::string_view target,
                        std::string_view text);
  /// Presses a quick reply of a message that the engine sent.
  whatsapp_said presses(const twilio_customer& who, std::string_view target,
                        std::string_view text, std::string_view payload);
  /// The webhook of this message once more, as after a lost answer.
  call_reply repeats(std::string_view id);
  /// A status callback for a message that the engine sent.
  call_reply reports(std::string_view id, std::string_view status,
                     int error_code = 0);
  /// Any form, rightly signed or not.
  call_reply posts(const twilio_fields& fields, bool is_signed = true);

  /// As X-Twilio-Signature has it.
  [[nodiscard]] static std::string sign(std::string_view token,
                                        const std::string& url,
                                        const twilio_fields& fields);

  /// Whether the customer wrote in the last 24 hours of the simulator's clock.
  [[nodiscard]] bool has_open_window(std::string_view phone) const;
  /// Nothing sent to this number arrives from now on; `code` is why.
  void fail_recipient(const std::string& phone, int code);

private:
  struct sent_message {
    std::string to;
    std::string from;
    std::string callback;
  };

  peer_answer take(const peer_request& request) override;
  [[nodiscard]] peer_answer refusal(int status, int code) const override;

  peer_answer take_message(const peer_request& request);
  peer_answer take_media(const peer_request& request);
  peer_answer take_from_cdn(const peer_request& request);
  int check(const twilio_fields& form,
            std::vector<std::string>& problems) const;
  int check_ends(const twilio_fields& form,
                 std::vector<std::string>& problems) const;
  int check_template(const twilio_fields& form,
                     std::vector<std::string>& problems) const;
  peer_answer accept(const twilio_fields& form);
  void settle(const std::string& id, int code);
  void fetch_media(const std::string& id, const std::string& url,
                   std::size_t redirects);
  void take_fetched(const std::string& id, const std::string& url,
                    const call_reply& reply, std::size_t redirects);

  [[nodiscard]] twilio_fields
  inbound(const twilio_customer& who, std::string_view sid,
          std::string_view text, std::string_view type) const;
  whatsapp_said arrive(twilio_fields fields, const twilio_fields& more);
  std::string new_sid(std::string_view prefix);
  [[nodiscard]] twilio_fields quote_of(const twilio_customer& who,
                                       std::string_view target) const;
  [[nodiscard]] twilio_fields status_form(std::string_view id,
                                          std::string_view status,
                                          int error_code) const;
  /// To the path for messages, unless another target is given.
  [[nodiscard]] outgoing_call signed_call(const twilio_fields& fields,
                                          bool is_signed,
                                          const std::string& target = {}) const;
  [[nodiscard]] outgoing_call status_call(std::string_view id,
                                          std::string_view status,
                                          int error_code) const;
  [[nodiscard]] std::string public_url() const;
  [[nodiscard]] bool is_window_open(std::string_view to) const;

  const twilio_options options_;
  std::map<std::string, std::chrono::system_clock::time_point, std::less<>>
    heard_;
  std::map<std::string, sent_message, std::less<>> sent_;
  std::map<std::string, twilio_fields, std::less<>> received_;
  std::map<std::string, whatsapp_file, std::less<>> files_; ///< by path
  std::map<std::string, int, std::less<>> dead_;
  http_peer cdn_;
};

} // namespace switchboard::simulators
