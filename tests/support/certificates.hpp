#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace switchboard::support {

/// A certificate and its private key, both as PEM.
struct identity {
  std::string certificate;
  std::string key;
};

/// An authority that lives in memory and signs server certificates for a day.
class certificate_authority {
public:
  certificate_authority();
  certificate_authority(const certificate_authority&) = delete;
  certificate_authority& operator=(const certificate_authority&) = delete;
  ~certificate_authority();

  [[nodiscard]] const std::string& certificate() const noexcept;

  /// `names` as OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`.
  [[nodiscard]] identity issue(std::string_view names) const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A server certificate that nobody but itself vouches for.
identity self_signed(std::string_view names);

} // namespace switchboard::support
