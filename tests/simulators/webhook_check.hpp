#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A receiver's half of Standard Webhooks, written on its own: it shares no
/// line with the product, so that the two can disagree.
namespace switchboard::simulators {

using webhook_header_list = std::vector<std::pair<std::string, std::string>>;

/// A call as it came, before anything is believed.
struct webhook_request {
  std::string method;
  std::string path; ///< without the query
  unsigned http_version = 11;
  webhook_header_list headers; ///< as sent, in order
  std::string body;

  /// The first value of a header (name in any case), or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::size_t header_count(std::string_view name) const;
};

/// The part of a body that the simulator understands; what is not there, as in
/// bodies made by a template, stays empty.
struct webhook_content {
  bool is_json = false;
  std::string type;
  std::string timestamp;
  std::string ticket_id;
  std::int64_t sequence = 0;
};

webhook_content read_webhook(std::string_view body);

/// Everything about the head of a call that is not as it should be, the
/// signature apart: method, content type, the three headers once each, the id's
/// form, a timestamp within five minutes of `now`.
std::vector<std::string> find_head_problems(const webhook_request& call,
                                            std::int64_t now);

/// Whether a `v1` signature is by one of the secrets (`whsec_…`).
bool is_signed_by(const webhook_request& call,
                  std::span<const std::string> secrets);

/// The value of `webhook-signature` by one secret, for calls that tests make.
std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view timestamp,
                              std::string_view body);

} // namespace switchboard::simulators
