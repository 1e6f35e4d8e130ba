#pragma once

#include "tests/simulators/http_caller.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace switchboard::simulators {

struct whatsapp_file {
  std::string mime_type;
  std::string name;
  std::string bytes;
};

/// A message, or what changes one, as it arrived at a customer's, a member of
/// staff's or a group's phone.
struct whatsapp_delivery {
  std::chrono::system_clock::time_point at; ///< of the simulator's clock
  std::string id;                           ///< the provider's name for it
  std::string to;                           ///< as the engine wrote it
  /// text, image, video, audio, sticker, document, location, template,
  /// interactive, reaction, edit, revoke
  std::string kind;
  std::string text;   ///< words, caption or emoji; of a template, parameter 1
  std::string quoted; ///< the id of the message that it answers
  std::string target; ///< of a reaction, an edit, a revoke: the message's id
  whatsapp_file file;
  std::string template_name;
  std::string key; ///< of idempotency, or the opaque data of the Cloud API
  /// Why it did not arrive after all; 0: it did.
  int code = 0;
  /// A file that is still being fetched has not arrived yet.
  bool is_settled = true;
};

/// A call as the provider got it, whatever became of it.
struct whatsapp_call {
  std::chrono::system_clock::time_point at; ///< of the simulator's clock
  peer_request request;
  int status = 0; ///< of the answer; 0: there was none
};

/// What is to go wrong with the calls that come next.
struct whatsapp_fault {
  enum class kind : std::uint8_t {
    refuse,   ///< `status` and the provider's own error body
    nonsense, ///< 200 with a page instead of JSON
    reset,    ///< RST instead of an answer
    close,    ///< FIN instead of an answer
    garbage,  ///< bytes that are not HTTP, then FIN
    hang,     ///< no answer until `release_hanging`
    slow,     ///< the real answer, after `delay`
  };

  kind what = kind::refuse;
  int status = 500;
  int code = 0; ///< the provider's; 0: one that goes with the status
  std::string retry_after;
  std::chrono::milliseconds delay{0}; ///< in real time, before the answer
  /// Whether the call does what it should although the answer is lost.
  bool takes_effect = false;
  std::size_t times = 1; ///< 0: until `clear_faults`
  std::string path;      ///< only calls whose path contains it

  static whatsapp_fault refuse(int status, int code = 0);
  static whatsapp_fault slow_down(std::string retry_after, int code = 0);
  static whatsapp_fault of(kind what);
  static whatsapp_fault after(std::chrono::milliseconds delay);
  [[nodiscard]] whatsapp_fault on(std::string path_part) const;
  [[nodiscard]] whatsapp_fault repeated(std::size_t often) const;
  [[nodiscard]] whatsapp_fault with_effect() const;
};

/// What became of something that was said to the engine.
struct whatsapp_said {
  std::string id; ///< the message's
  /// The engine's answer to the webhook; status 0 when it was not waited for.
  call_reply reply;
};

/// What all simulators of WhatsApp are told.
struct whatsapp_options {
  std::uint16_t port = 0; ///< 0: any free one
  /// Where webhooks go, `http://127.0.0.1:8080`; may come later (`connect`).
  std::string engine;
  /// Pauses after which a webhook that was not answered with 2xx goes again.
  std::vector<std::chrono::milliseconds> retries;
  /// What is reported by itself of each message that arrives: of `sent`,
  /// `delivered`, `read`, in order.
  std::vector<std::string> statuses;
  /// Whether those who say something wait for the engine's answer.
  bool waits = true;
};

} // namespace switchboard::simulators
