#pragma once

#include "tests/simulators/whatsapp_simulator.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

struct cloud_options : whatsapp_options {
  std::string version = "v23.0";
  std::string access_token = "EAAGcloud-access-token-0123456789";
  std::string app_secret = "cloud-app-secret-0123456789";
  std::string verify_token = "cloud-verify-token";
  std::string phone_number_id = "106540352242922";
  std::string display_phone = "15550783881";
  std::string account_id = "102290129340398";
  std::string inbound_path = "/webhook/whatsapp";
  /// Templates that exist, with the number of their body's parameters.
  std::map<std::string, std::size_t> templates{{"ticket_update", 1}};
  std::string template_language = "en_US";
  /// One message in six seconds to the same customer, after a burst of so many
  /// (45 in reality); 0: no limit.
  std::size_t pair_burst = 0;
};

struct cloud_customer {
  std::string wa_id = "15551234567";
  std::string name = "Ana";
  std::string user_id; ///< `US.…`, or empty
  /// The customer has a username: webhooks tell `user_id` only.
  bool hides_phone = false;
};

/// Plays graph.facebook.com and lookaside.fbsbx.com for one number: sending
/// with all its checks, the 24 hours after a customer's word, uploads, files
/// behind the token for five minutes, signed webhooks written as Meta writes
/// JSON.
class cloud_simulator final : public whatsapp_simulator {
public:
  using object = boost::json::object;

  explicit cloud_simulator(cloud_options options = {});
  ~cloud_simulator() override;

  [[nodiscard]] const cloud_options& options() const noexcept {
    return options_;
  }

  /// Meta's verification of the webhook; an empty token: the right one.
  call_reply verifies(std::string_view challenge, std::string_view token = {});

  whatsapp_said says(const cloud_customer& who, std::string_view text);
  whatsapp_said sends(const cloud_customer& who, const whatsapp_file& file,
                      std::string_view caption = {});
  whatsapp_said shares_location(const cloud_customer& who, double latitude,
                                double longitude, std::string_view name = {},
                                std::string_view address = {});
  whatsapp_said shares_contact(const cloud_customer& who, std::string_view name,
                               std::string_view phone);
  /// Answers a message by either side.
  whatsapp_said answers(const cloud_customer& who, std::string_view target,
                        std::string_view text);
  whatsapp_said presses(const cloud_customer& who, std::string_view target,
                        std::string_view title, std::string_view button_id);
  whatsapp_said reacts(const cloud_customer& who, std::string_view target,
                       std::string_view emoji);
  whatsapp_said edits(const cloud_customer& who, std::string_view target,
                      std::string_view text);
  whatsapp_said revokes(const cloud_customer& who, std::string_view target);
  /// Any message: `content` is added to from, id, timestamp.
  whatsapp_said writes(const cloud_customer& who, const object& content);

  /// The webhook of this message once more.
  call_reply repeats(std::string_view id);
  /// A status of a message that the engine sent.
  call_reply reports(std::string_view id, std::string_view status,
                     int code = 0);

  /// For batches, doubles and disorder: what `post_batch` takes.
  [[nodiscard]] object message(const cloud_customer& who,
                               const object& content);
  [[nodiscard]] object status(std::string_view id, std::string_view status,
                              int code = 0) const;
  /// All of it in one webhook, an entry with two changes.
  call_reply post_batch(const std::vector<object>& messages,
                        const std::vector<object>& statuses,
                        const cloud_customer& who = cloud_customer{});
  /// Any body, rightly signed or not.
  call_reply posts(std::string body, bool is_signed = true);

  /// As X-Hub-Signature-256 has it.
  [[nodiscard]] static std::string sign(std::string_view secret,
                                        std::string_view body);

  /// From now on the token is refused (401, 190).
  void expire_token();
  void renew_token();
  [[nodiscard]] bool has_open_window(std::string_view wa_id) const;
  /// Nothing sent to this customer arrives from now on; `code` is why.
  void fail_recipient(const std::string& wa_id, int code);

private:
  using problems_t = std::vector<std::string>;

  struct sent_message {
    std::string to;
    std::string opaque;
  };

  struct media {
    whatsapp_file file;
    std::string token; ///< of the address that was given last
    std::chrono::system_clock::time_point token_until;
  };

  struct pair_rate {
    double left = 0;
    std::chrono::system_clock::time_point at;
  };

  peer_answer take(const peer_request& request) override;
  [[nodiscard]] peer_answer refusal(int status, int code) const override;

  peer_answer take_message(const peer_request& request);
  peer_answer take_read(const object& body);
  peer_answer take_upload(const peer_request& request);
  peer_answer take_media_query(const std::string& id);
  std::string new_media_id();
  peer_answer take_lookaside(const peer_request& request);
  whatsapp_delivery read_message(const object& body, problems_t& problems,
                                 int& code);
  void read_text(const object& body, whatsapp_delivery& to,
                 problems_t& problems) const;
  void read_media(const object& body, whatsapp_delivery& to,
                  problems_t& problems) const;
  void read_interactive(const object& body, whatsapp_delivery& to,
                        problems_t& problems) const;
  void read_reaction(const object& body, whatsapp_delivery& to,
                     problems_t& problems) const;
  void read_location(const object& body, whatsapp_delivery& to,
                     problems_t& problems) const;
  void read_template(const object& body, whatsapp_delivery& to,
                     problems_t& problems, int& code) const;
  peer_answer accept(whatsapp_delivery what);
  [[nodiscard]] int fate_of(const whatsapp_delivery& what) const;
  void report_by_itself(const whatsapp_delivery& what);
  bool is_too_fast(const std::string& to);
  [[nodiscard]] bool knows(const std::string& id) const;
  [[nodiscard]] bool is_window_open(std::string_view wa_id) const;

  [[nodiscard]] object context_of(const cloud_customer& who,
                                  std::string_view target) const;
  [[nodiscard]] object make_status(std::string_view id, std::string_view status,
                                   int code) const;
  [[nodiscard]] object change_of(object value) const;
  [[nodiscard]] std::string batch(const std::vector<object>& messages,
                                  const std::vector<object>& statuses,
                                  const cloud_customer& who) const;
  [[nodiscard]] outgoing_call signed_call(std::string body,
                                          bool is_signed) const;

  const cloud_options options_;
  bool is_token_good_ = true;
  std::map<std::string, std::chrono::system_clock::time_point, std::less<>>
    heard_;
  std::map<std::string, sent_message, std::less<>> sent_;
  std::map<std::string, std::string, std::less<>> received_; ///< bodies
  std::map<std::string, media, std::less<>> media_;
  std::map<std::string, pair_rate, std::less<>> rates_;
  std::map<std::string, int, std::less<>> dead_;
  http_peer lookaside_;
};

} // namespace switchboard::simulators
