#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Outgoing webhooks as "Standard Webhooks" 1.0.0 has them. Pure functions and
/// values: no sockets, clock or randomness.
namespace switchboard::channels::webhooks {

/// The key that an endpoint and its receiver share: 24 to 64 random bytes. A
/// plain value; it never writes itself anywhere unless `text` is asked for.
class webhook_secret {
public:
  static constexpr std::size_t size_min = 24;
  static constexpr std::size_t size_max = 64;
  /// What new secrets should have.
  static constexpr std::size_t size_default = 32;
  static constexpr std::string_view prefix = "whsec_";

  /// The bytes must come from a cryptographic generator; nullopt when there
  /// are too few or too many.
  static std::optional<webhook_secret> from_bytes(std::string_view random);
  /// Reads padded base64, with or without the prefix.
  static std::optional<webhook_secret> parse(std::string_view text);

  /// `whsec_` and base64: what the owner is shown, once.
  [[nodiscard]] std::string text() const;

  /// The raw bytes, which are the HMAC's key.
  [[nodiscard]] std::string_view bytes() const noexcept {
    return {bytes_.data(), size_};
  }

private:
  webhook_secret() = default;

  std::array<char, size_max> bytes_{};
  std::size_t size_ = 0;
};

/// What one signature covers besides the body.
struct signed_head {
  std::string_view id;        ///< `webhook-id`; holds no dot
  std::int64_t timestamp = 0; ///< `webhook-timestamp`, in seconds
};

/// The value of `webhook-signature`: one `v1,<base64>` for each secret, with
/// spaces in between, so that receivers pass with the old and the new secret
/// while they change.
std::string sign(std::span<const webhook_secret> secrets,
                 const signed_head& head, std::string_view body);

/// The three headers as they came; an empty one counts as missing.
struct received_headers {
  std::string_view id;
  std::string_view timestamp;
  std::string_view signature;
};

enum class signature_check : std::uint8_t {
  valid,
  missing_header,
  bad_timestamp, ///< no decimal number of seconds
  too_old,
  too_new,
  no_match, ///< none of the signatures is by one of the secrets
};

std::string_view to_string(signature_check c) noexcept;

inline constexpr std::int64_t timestamp_tolerance_s = 300;

/// Whether one of the secrets signed exactly this. Signatures of versions that
/// are not known and malformed ones are passed over. The comparison takes the
/// same time wherever two signatures differ.
signature_check verify(std::span<const webhook_secret> secrets,
                       const received_headers& headers, std::string_view body,
                       std::int64_t now,
                       std::int64_t tolerance = timestamp_tolerance_s);

} // namespace switchboard::channels::webhooks
