#pragma once

#include "api/openapi/document.hpp"
#include "net/router.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace switchboard::api {

/// `GET /openapi.json`, and `GET /docs` with the files of its page, which loads
/// nothing from elsewhere. Public. Handlers run on any thread.
class docs_routes {
public:
  /// `public_url` says where clients reach this server; asked each time, since
  /// with port 0 it is known only when the server listens.
  explicit docs_routes(std::function<const std::string&()> public_url);

  void add_to(net::router& router);

private:
  [[nodiscard]] net::response on_document(const net::request& req) const;
  static net::response on_page(const net::request& req);
  static net::response on_file(const net::request& req);

  openapi_document document_;
  std::function<const std::string&()> public_url_;
};

} // namespace switchboard::api
