#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// WhatsApp in four forms: a Baileys sidecar, Twilio, Meta's Cloud API and an
/// n8n workflow. Wire formats in, wire formats out, what an answer means;
/// without sockets, clock or storage.
namespace switchboard::channels::whatsapp {

/// Values are stored: never reuse one.
enum class provider : std::uint8_t { baileys = 1, twilio, cloud, n8n };

inline constexpr std::array all_providers{provider::baileys, provider::twilio,
                                          provider::cloud, provider::n8n};

[[nodiscard]] std::string_view to_string(provider p) noexcept;
[[nodiscard]] std::optional<provider>
parse_provider(std::string_view word) noexcept;

/// Whether the provider is WhatsApp's own business interface, which takes free
/// text only within 24 hours after the customer's last message.
[[nodiscard]] bool has_window(provider p) noexcept;

/// A message's name that is unique over all providers: as tickets know it
/// (`cloud:<account>:wamid.…`). Longer than `domain::external_id_size_max` it
/// is a hash.
[[nodiscard]] std::string external_id(provider p, std::string_view account,
                                      std::string_view id);

/// The provider in front of such a name.
[[nodiscard]] std::optional<provider>
provider_of(std::string_view external_id) noexcept;

struct external_name {
  provider via = provider::baileys;
  std::string account;
  std::string id;

  friend bool operator==(const external_name&, const external_name&) = default;
};

/// What `external_id` was made of; nothing when it is a hash, or another
/// channel's.
[[nodiscard]] std::optional<external_name>
parse_external_id(std::string_view external_id);

/// What is sent to one customer through one provider: `whatsapp:<p>:<address>`.
[[nodiscard]] std::string lane_of(provider p, std::string_view address);
/// What came in and waits for what it is about, or could not be handled.
[[nodiscard]] std::string intake_lane(provider p);
/// Files that still have to be fetched.
[[nodiscard]] std::string files_lane(provider p);

struct lane_place {
  provider via = provider::baileys;
  std::string address;

  friend bool operator==(const lane_place&, const lane_place&) = default;
};

/// What `lane_of` was made of; nothing for any other lane.
[[nodiscard]] std::optional<lane_place> parse_lane(std::string_view lane);

} // namespace switchboard::channels::whatsapp
