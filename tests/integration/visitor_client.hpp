#pragma once

#include "tests/integration/rest_client.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::test {

/// A visitor of the website: a session with its token. As many threads as like,
/// once it has begun.
class visitor_client {
public:
  /// Begins a session; a test failure when that is not answered with 201.
  explicit visitor_client(test_server& server, const json::object& body = {});

  [[nodiscard]] http_reply send(verb method, std::string_view rest,
                                std::string_view body = {},
                                const header_list& headers = {}) const;
  /// Says something; the answer, whatever it is.
  [[nodiscard]] http_reply say(const json::object& message,
                               const header_list& headers = {}) const;
  /// Says something that must be taken; the answer's body.
  json::value write(std::string_view words, std::string_view client_id = {});
  [[nodiscard]] json::value read(std::string_view after = {}) const;
  [[nodiscard]] std::vector<std::string> bodies() const;
  [[nodiscard]] http_reply close(std::string_view ticket) const;

  /// `/api/session/<id><rest>`
  [[nodiscard]] std::string path(std::string_view rest = {}) const;
  [[nodiscard]] header_list headers() const {
    return as_key(token_);
  }
  [[nodiscard]] const std::string& id() const noexcept {
    return id_;
  }
  [[nodiscard]] const std::string& token() const noexcept {
    return token_;
  }

private:
  test_server& server_;
  std::string id_;
  std::string token_;
};

/// `ticket_id` of what `visitor_client::write` gave, as text.
std::string ticket_of(const json::value& sent);

} // namespace switchboard::test
