#pragma once

#include "domain/ids.hpp"
#include "domain/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Endpoints that are told what happens.
namespace switchboard::domain {

inline constexpr std::size_t description_length_max = 300;
inline constexpr std::string_view every_event = "*";

struct webhook_id {
  uuid value;

  friend auto operator<=>(const webhook_id&, const webhook_id&) = default;
};

struct webhook {
  webhook_id id;
  std::string url;
  std::vector<std::string> events; ///< public event types, or `*`
  std::string payload_template;    ///< empty: the default payload
  std::vector<std::pair<std::string, std::string>> headers;
  std::string description;
  bool enabled = true;
  std::string disabled_reason; ///< why it was switched off by us, or empty
  std::string secret;          ///< sealed; see api/sealed_box.hpp
  std::string previous_secret; ///< sealed; signs too until `previous_until`
  std::optional<timestamp> previous_until;
  timestamp created_at{};
  timestamp updated_at{};

  /// Whether it wants to hear of events of this type.
  [[nodiscard]] bool wants(std::string_view event_type) const noexcept;

  friend bool operator==(const webhook&, const webhook&) = default;
};

} // namespace switchboard::domain
