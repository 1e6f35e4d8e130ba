#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api {

/// Keeps secrets that must be read again (the keys of webhooks) unreadable to
/// who has only the data folder's rows: XSalsa20-Poly1305 under a key of its
/// own. Immutable; any thread.
class sealed_box {
public:
  /// The key is derived from `secret`, which must be unguessable.
  explicit sealed_box(std::string_view secret);
  sealed_box(const sealed_box&) = delete;
  sealed_box& operator=(const sealed_box&) = delete;
  ~sealed_box();

  [[nodiscard]] std::string seal(std::string_view text) const;
  /// Nothing when it was sealed under another key, or has been touched.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed) const;

private:
  std::array<unsigned char, 32> key_{};
};

} // namespace switchboard::api
