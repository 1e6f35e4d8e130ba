#pragma once

#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::net {

class asker;

/// A request as a handler sees it. All views live in the connection's buffer
/// and stay valid until the handler's response has been written.
class request {
public:
  virtual ~request() = default;

  boost::beast::http::verb method = boost::beast::http::verb::unknown;
  std::string_view path; ///< as sent, without the query
  std::string_view
    query; ///< after the `?`, still percent-encoded; may be empty
  std::string_view body;
  std::string_view route; ///< the pattern that matched, e.g. `/api/ticket/:ref`
  /// The client's address: the peer's, or the one that a trusted proxy names.
  std::string client_address;
  std::uint64_t id = 0; ///< unique in this process; stands in the logs
  /// Percent-decoded values of the pattern's `:names`, in order.
  std::vector<std::string> params;

  /// The value of a header (name in any case), or empty when it is absent. A
  /// header that was sent more than once gives its first value.
  [[nodiscard]] virtual std::string_view
  header(std::string_view name) const = 0;
  /// How often a header was sent: secrets must not be sent twice.
  [[nodiscard]] virtual std::size_t
  header_count(std::string_view name) const = 0;
  /// The connection's CAF handle, for `co_await ask<...>(req.actors(), ...)`.
  [[nodiscard]] virtual asker& actors() const = 0;
};

/// `text` with its `%XX` decoded; a broken one stays as it is.
std::string percent_decode(std::string_view text, bool plus_is_space);

/// What a handler answers. No aggregate, on purpose: g++ 12.2 destroys
/// aggregate temporaries twice inside a co_await expression.
class response {
public:
  response() = default;
  response(unsigned status_code, std::string content)
    : status{status_code}, body{std::move(content)} {}
  response(unsigned status_code, std::string content, std::string_view type)
    : status{status_code}, content_type{type}, body{std::move(content)} {}

  unsigned status = 200;
  std::string_view content_type = "application/json"; ///< a literal
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

} // namespace switchboard::net
