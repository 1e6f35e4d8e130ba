#pragma once

#include <string>
#include <string_view>

namespace switchboard::api {

/// The API's description, OpenAPI 3.1. It is written by hand in the JSON files
/// beside this one, one for each group of routes: `paths`, `webhooks` and the
/// sections of `components` of all files are put together. Whoever adds a route
/// adds it there; the tests compare the two.
class openapi_document {
public:
  /// Puts the parts together. Throws std::logic_error when two of them define
  /// the same thing, which a test sees before anyone else does.
  openapi_document();

  /// The document for a server that clients reach at `public_url`.
  [[nodiscard]] std::string text(std::string_view public_url) const;

private:
  // The address is all that differs from server to server.
  std::string before_url_;
  std::string after_url_;
};

} // namespace switchboard::api
