#pragma once

#include "tests/support/http_call.hpp"
#include "tests/support/json_schema.hpp"

#include <boost/beast/http/verb.hpp>
#include <boost/json/value.hpp>

#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::support {

/// One operation of an API. In `path` each parameter is `{}`, since documents
/// and routers name them as they like.
struct operation_name {
  std::string method; ///< e.g. `GET`
  std::string path;

  friend auto operator<=>(const operation_name&, const operation_name&)
    = default;
};

/// `{id}` and `:id` are parameters.
std::string without_parameter_names(std::string_view path);

/// An API's description, to hold answers against. Only reads, so any number of
/// threads may.
class openapi_check {
public:
  explicit openapi_check(boost::json::value document);
  openapi_check(const openapi_check&) = delete;
  openapi_check& operator=(const openapi_check&) = delete;

  /// All operations under `paths`.
  [[nodiscard]] const std::set<operation_name>& operations() const noexcept {
    return operations_;
  }

  /// What the description and an answer to `method` `target` disagree about:
  /// whether there is such an operation, its statuses, headers, content types
  /// and bodies. An answer without any (`status` 0) is not judged.
  ///
  /// Statuses that an operation does not name pass as its `default` when they
  /// are of the transport (408, 413, 414, 431, 500); what is said of a path or
  /// a method that is not described must be a 404 or a 405 with `Allow`.
  [[nodiscard]] std::vector<std::string> judge(boost::beast::http::verb method,
                                               std::string_view target,
                                               const http_reply& reply) const;

  [[nodiscard]] const boost::json::value& document() const noexcept {
    return document_;
  }
  [[nodiscard]] const json_schema& schemas() const noexcept {
    return schemas_;
  }

private:
  struct place {
    const boost::json::object* item = nullptr; ///< null: no such path
    std::string path;
  };

  [[nodiscard]] place find_path(std::string_view target) const;
  [[nodiscard]] std::string allowed_methods(const place& at) const;
  [[nodiscard]] std::vector<std::string>
  judge_foreign(const place& at, const http_reply& reply) const;

  boost::json::value document_;
  json_schema schemas_;
  std::set<operation_name> operations_;
};

} // namespace switchboard::support
