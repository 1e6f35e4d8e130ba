#pragma once

#include "channels/rest/form.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The bodies of REST v1's calls on webhooks. What they mean (addresses,
/// events, templates) is checked by channels/webhooks.
namespace switchboard::channels::rest {

/// What is absent stays as it is.
struct webhook_change {
  std::optional<std::string> url;
  std::optional<std::vector<std::string>> events;
  std::optional<std::string> payload_template; ///< empty: the default one
  std::optional<std::vector<std::pair<std::string, std::string>>> headers;
  std::optional<std::string> description;
  std::optional<bool> enabled;
};

/// Which deliveries to send again: exactly one of the three.
struct replay_request {
  std::optional<std::uint64_t> delivery;
  bool dead_letters = false;
  std::optional<std::pair<std::string, std::string>> range; ///< from, to
};

/// A problem with the template itself is the caller's to find.
form<webhook_change> decode_new_webhook(std::string_view body);
form<webhook_change> decode_webhook_change(std::string_view body);
/// `{event?}`; an empty body will do. The type as it was given, or empty.
form<std::string> decode_webhook_test(std::string_view body);
form<replay_request> decode_replay(std::string_view body);

} // namespace switchboard::channels::rest
