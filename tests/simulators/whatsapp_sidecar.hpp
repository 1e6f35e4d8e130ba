#pragma once

#include "tests/simulators/whatsapp_simulator.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators {

/// Which service the sidecar is: that decides about its paths, its header for
/// the key, and the envelope of its webhooks.
enum class sidecar_kind : std::uint8_t { generic, fazer, evolution };

/// How the bytes of a file come along.
enum class sidecar_media : std::uint8_t {
  base64,     ///< an object with the bytes
  bare,       ///< the bytes alone, as a string
  url,        ///< an object with an address at the sidecar, behind the key
  not_at_all, ///< the sidecar could not load it
};

enum class sidecar_state : std::uint8_t { connected, disconnected, logged_out };

struct sidecar_options : whatsapp_options {
  sidecar_kind kind = sidecar_kind::generic;
  std::string api_key = "sidecar-key-0123456789";
  /// The sidecar's name for the number; the number itself with fazer.
  std::string session = "main";
  std::string own_jid = "15550001111@s.whatsapp.net";
  std::string inbound_path = "/webhook/baileys";
  /// Webhooks carry the key in the body (`webhookVerifyToken`, `apikey`)
  /// instead of the header.
  bool key_in_body = false;
};

/// Who writes, and where.
struct sidecar_author {
  std::string jid; ///< `…@s.whatsapp.net` or `…@lid`
  std::string name;
  std::string alt;   ///< the other of the two, if the message tells it
  std::string group; ///< `…@g.us`, or empty for the private chat
};

/// What else a message has.
struct sidecar_extra {
  std::string id;                    ///< empty: a new one
  std::string quoted;                ///< the id of a message that it answers
  std::vector<std::string> mentions; ///< JIDs
  bool is_forwarded = false;
  std::string wrapper; ///< `ephemeralMessage`, `viewOnceMessageV2`, …
  std::string type = "notify";
  std::int64_t timestamp = 0; ///< 0: now
  sidecar_media media = sidecar_media::base64;
};

/// Plays a sidecar on the Baileys library, with WhatsApp behind it. Sending
/// keeps the rules of the contract: the key, the shape of each content, JIDs
/// without a device, idempotency keys of which each names one message.
class sidecar_simulator final : public whatsapp_simulator {
public:
  using object = boost::json::object;

  explicit sidecar_simulator(sidecar_options options = {});
  ~sidecar_simulator() override;

  [[nodiscard]] const sidecar_options& options() const noexcept {
    return options_;
  }

  /// Sends are answered with 503, or 404, unless it is connected; the engine is
  /// told by connection.update.
  call_reply becomes(sidecar_state state);
  /// The same without a word to the engine.
  void set_state(sidecar_state state);

  whatsapp_said says(const sidecar_author& who, std::string_view text,
                     const sidecar_extra& extra = {});
  whatsapp_said sends(const sidecar_author& who, const whatsapp_file& file,
                      std::string_view caption = {},
                      const sidecar_extra& extra = {});
  whatsapp_said shares_location(const sidecar_author& who, double latitude,
                                double longitude, std::string_view name = {},
                                std::string_view address = {});
  whatsapp_said shares_contact(const sidecar_author& who, std::string_view name,
                               std::string_view phone);
  whatsapp_said reacts(const sidecar_author& who, std::string_view target,
                       std::string_view emoji);
  whatsapp_said edits(const sidecar_author& who, std::string_view target,
                      std::string_view text);
  whatsapp_said revokes(const sidecar_author& who, std::string_view target);
  /// Any content of the library's (`{"conversation": …}`).
  whatsapp_said writes(const sidecar_author& who, const object& content,
                       const sidecar_extra& extra = {});

  /// A `WAMessage`, to be put into a batch.
  [[nodiscard]] object message(const sidecar_author& who, const object& content,
                               const sidecar_extra& extra = {});
  /// Several at once, in one webhook (with Evolution: one each).
  std::vector<call_reply> upsert(const std::vector<object>& messages,
                                 std::string_view type = "notify");
  /// messages.update with one of 0 … 5, for a message that the engine sent.
  call_reply reports(std::string_view id, int status);
  /// message-receipt.update, as groups have it.
  call_reply receipt(std::string_view id, const sidecar_author& reader,
                     bool is_read);
  /// messages.update with an edit, or a revoke, of a customer's message.
  call_reply updates(const sidecar_author& who, std::string_view target,
                     const object& update);
  /// Any event, in the envelope of the kind.
  call_reply tells(std::string_view event, const boost::json::value& data);
  /// Any body, with any headers.
  call_reply posts(std::string body, peer_headers headers);

private:
  struct known_message {
    std::string chat;
    bool is_ours = false; ///< the engine sent it
    std::string author;
    std::string text;
  };

  /// What an idempotency key was used for.
  struct past_send {
    std::string request;
    peer_answer answer;
    bool is_under_way = false;
  };

  /// A send, whatever dialect it came in.
  struct wanted {
    std::string jid;
    std::string key;
    object content;
    object quoted;
  };

  peer_answer take(const peer_request& request) override;
  [[nodiscard]] peer_answer refusal(int status, int code) const override;
  void on_held() override;
  void on_released() override;

  peer_answer take_file(const peer_request& request);
  peer_answer take_send(const peer_request& request);
  /// Nothing when there is no such call.
  std::optional<wanted> read_wanted(const peer_request& request,
                                    std::vector<std::string>& problems);
  [[nodiscard]] std::optional<wanted>
  read_generic(const std::string& call, const object& body,
               std::vector<std::string>& problems) const;
  [[nodiscard]] std::optional<wanted>
  read_fazer(const std::string& call, const object& body,
             std::vector<std::string>& problems) const;
  [[nodiscard]] std::optional<wanted>
  read_evolution(const std::string& call, const object& body,
                 std::vector<std::string>& problems) const;
  peer_answer perform(const wanted& what, std::vector<std::string>& problems);
  whatsapp_delivery read_content(const wanted& what,
                                 std::vector<std::string>& problems);
  void read_file(const object& content, whatsapp_delivery& to,
                 std::vector<std::string>& problems);
  void read_key(const object& key, std::string_view jid, bool must_be_ours,
                whatsapp_delivery& to, std::vector<std::string>& problems);
  void read_quoted(const wanted& what, whatsapp_delivery& to,
                   std::vector<std::string>& problems);
  [[nodiscard]] peer_answer sent_answer(const whatsapp_delivery& what) const;

  object make_message(const sidecar_author& who, const object& content,
                      const sidecar_extra& extra);
  [[nodiscard]] object context_of(const sidecar_author& who,
                                  const sidecar_extra& extra) const;
  [[nodiscard]] object
  file_content(const sidecar_author& who, const whatsapp_file& file,
               std::string_view caption, const sidecar_extra& extra) const;
  boost::json::value media_value(const std::string& id,
                                 const whatsapp_file& file, sidecar_media how);
  [[nodiscard]] object key_for(std::string_view id) const;
  /// The same without the mutex.
  [[nodiscard]] object find_key(std::string_view id) const;
  [[nodiscard]] std::string unix_milliseconds() const;
  [[nodiscard]] outgoing_call upsert_call(const std::vector<object>& messages,
                                          std::string_view type,
                                          const object& media) const;
  [[nodiscard]] outgoing_call envelope(std::string_view event,
                                       const boost::json::value& data,
                                       const object& media) const;
  [[nodiscard]] boost::json::value status_update(std::string_view id,
                                                 int status) const;
  void report_by_itself(const whatsapp_delivery& what);

  const sidecar_options options_;
  sidecar_state state_ = sidecar_state::connected;
  std::map<std::string, known_message, std::less<>> known_;
  std::map<std::string, past_send, std::less<>> past_;
  std::map<std::string, whatsapp_file, std::less<>> files_;
  std::string last_key_;
};

} // namespace switchboard::simulators
