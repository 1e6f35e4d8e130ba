#pragma once

#include "net/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::net {

/// Which pages of other websites may call, and what.
struct cors_options {
  /// Origins as browsers send them, `https://shop.example` with a port unless
  /// it is the scheme's own; `*` stands for all. Empty: none may.
  std::vector<std::string> origins;
  /// The paths that they may call: `*` stands for one segment, or for at least
  /// one when it is the last.
  std::vector<std::string> paths;
};

/// The rules of cross-origin sharing (Fetch standard, section 3.2). Browsers
/// hold pages to them; other clients are not concerned. Cookies and HTTP
/// logins never take part, so what a page may do depends on the token that it
/// shows alone.
///
/// A value that does not change; thread-safe.
class cors {
public:
  using header_list = std::vector<std::pair<std::string, std::string>>;

  explicit cors(cors_options options) : options_{std::move(options)} {}

  /// Adds to any answer what lets the page that asked read it, and what tells
  /// caches that the answer depends on who asks.
  void add_to(header_list& headers, const request& asked) const;

  /// The answer to an OPTIONS request by which a browser asks first, when it
  /// is one that is granted. `allow` are the path's methods.
  [[nodiscard]] std::optional<response> preflight(const request& asked,
                                                  std::string_view allow) const;

  /// Whether a WebSocket may be opened: browsers let any page try, so it is
  /// for the server to look. Pages of this very host may, and so may what is
  /// no page.
  [[nodiscard]] bool lets_upgrade(const request& asked) const;

private:
  [[nodiscard]] bool off() const noexcept {
    return options_.origins.empty();
  }
  [[nodiscard]] bool covers(std::string_view path) const;
  [[nodiscard]] bool knows_all() const;
  [[nodiscard]] bool knows(std::string_view origin) const;

  cors_options options_;
};

} // namespace switchboard::net
