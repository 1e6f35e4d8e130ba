#pragma once

#include "channels/http_exchange.hpp"
#include "channels/outcome.hpp"
#include "channels/whatsapp/provider.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes out to WhatsApp, in the same words whichever provider takes it.
namespace switchboard::channels::whatsapp {

/// How a sidecar wants to be spoken to.
enum class sidecar_dialect : std::uint8_t { generic, fazer, evolution };

[[nodiscard]] std::optional<sidecar_dialect>
parse_sidecar_dialect(std::string_view word) noexcept;

// -- the configured ends ------------------------------------------------------

struct baileys_end {
  std::string url; ///< without a slash at its end
  std::string api_key;
  std::string session;
  std::string jid; ///< our own number's, or empty
  sidecar_dialect dialect = sidecar_dialect::generic;
};

struct twilio_end {
  std::string api_url;
  std::string account_sid;
  std::string auth_token;
  std::string from;         ///< E.164, or a messaging service (`MG…`)
  std::string template_sid; ///< `HX…`, or empty
  std::string status_url;   ///< where statuses are to go, or empty
};

struct cloud_end {
  std::string api_url;
  std::string api_version; ///< `v23.0`
  std::string access_token;
  std::string phone_number_id;
  std::string template_name; ///< or empty
  std::string template_language;
};

struct n8n_end {
  std::string url;
  std::string api_key;
};

// -- one call -----------------------------------------------------------------

enum class file_kind : std::uint8_t { image, video, audio, sticker, document };

/// The kind under which WhatsApp shows a file of this type to best effect.
[[nodiscard]] file_kind file_kind_of(std::string_view mime_type) noexcept;

struct outgoing_file {
  file_kind kind = file_kind::document;
  std::string mime_type;
  std::string name;
  /// What the provider gets, one of them: the bytes (sidecars), a public
  /// address (Twilio, n8n), or the id of what was uploaded (Cloud API).
  std::string bytes;
  std::string link;
  std::string media_id;
};

/// The message that is quoted, as far as it is known.
struct quoted_message {
  std::string id;
  bool is_ours = false;
  std::string text; ///< its beginning
};

struct outgoing_message {
  std::string address; ///< as in `domain::chat_line`
  /// Or the file's caption, which a kind that has none there goes without.
  std::string text;
  std::optional<outgoing_file> file;
  std::optional<quoted_message> quoted;
  /// Sent as the configured template, whose one parameter the text becomes, in
  /// one line; a file is left out.
  bool as_template = false;
  /// The same for every attempt of the same part.
  std::string idempotency_key;
};

/// A change of a message that was sent; not every provider can.
struct outgoing_change {
  enum class kind : std::uint8_t { edit, revoke, reaction };

  kind what = kind::edit;
  std::string address;
  std::string id; ///< the provider's, of the message
  bool is_ours = true;
  std::string text; ///< the new words, or the emoji
  std::string idempotency_key;
};

// -- limits -------------------------------------------------------------------

/// Code points of one text; longer ones go in parts.
[[nodiscard]] std::size_t text_length_max(provider p) noexcept;
/// Code points of a caption; 0: this kind has none here.
[[nodiscard]] std::size_t caption_length_max(provider p,
                                             file_kind kind) noexcept;
/// Bytes of a file of this kind.
[[nodiscard]] std::uint64_t file_size_max(provider p, file_kind kind) noexcept;
/// Whether WhatsApp shows files of this type as such a kind; if not, it goes as
/// a document.
[[nodiscard]] bool takes_type(file_kind kind,
                              std::string_view mime_type) noexcept;

[[nodiscard]] bool can(provider p, outgoing_change::kind what) noexcept;

// -- requests -----------------------------------------------------------------

[[nodiscard]] http_request encode(const baileys_end& end,
                                  const outgoing_message& message);
[[nodiscard]] http_request encode(const twilio_end& end,
                                  const outgoing_message& message);
[[nodiscard]] http_request encode(const cloud_end& end,
                                  const outgoing_message& message);
[[nodiscard]] http_request encode(const n8n_end& end,
                                  const outgoing_message& message);

[[nodiscard]] http_request encode(const baileys_end& end,
                                  const outgoing_change& change);
[[nodiscard]] http_request encode(const cloud_end& end,
                                  const outgoing_change& change);

/// Uploads a file's bytes to the Cloud API. `boundary` must not occur in them.
[[nodiscard]] http_request encode_upload(const cloud_end& end,
                                         const outgoing_file& file,
                                         std::string_view boundary);
/// The id of what was uploaded, or nothing.
[[nodiscard]] std::optional<std::string>
decode_upload(const http_answer& answer);

/// Asks the Cloud API where a file lies.
[[nodiscard]] http_request encode_media_query(const cloud_end& end,
                                              std::string_view media_id);

struct media_place {
  std::string url;
  std::string mime_type;
  std::uint64_t size = 0;
};

[[nodiscard]] std::optional<media_place>
decode_media_place(const http_answer& answer);

// -- answers ------------------------------------------------------------------

/// What an answer says beyond the outcome.
enum class trouble : std::uint8_t {
  none,
  busy,          ///< too fast or overloaded: all of the line slows down
  not_connected, ///< the provider has lost WhatsApp, for a while
  logged_out,    ///< somebody must pair again, or renew the credentials
  window_closed, ///< only a template may go out now
  bad_recipient, ///< nobody there on WhatsApp, or they do not want us
  bad_content,   ///< the message itself is not taken
};

[[nodiscard]] std::string_view to_string(trouble t) noexcept;

struct send_result {
  verdict what;
  trouble why = trouble::none;
  std::string id; ///< the provider's name for the message, when it was sent
  int code = 0;   ///< the provider's error code; 0: none
};

/// `what.reason` names the error in words that an agent understands, never the
/// message's text nor a secret.
[[nodiscard]] send_result judge(provider p, const http_answer& answer);

/// What an error code in a status report means.
[[nodiscard]] trouble trouble_of(provider p, int code) noexcept;
/// In words that an agent understands; empty for an unknown code.
[[nodiscard]] std::string_view explain(provider p, int code) noexcept;

} // namespace switchboard::channels::whatsapp
