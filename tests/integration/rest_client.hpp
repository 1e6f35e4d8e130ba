#pragma once

#include "tests/integration/server_fixture.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::test {

header_list as_key(const std::string& key);
header_list once(const std::string& idempotency_key);
header_list if_match(const std::string& etag);

/// A client of REST v1 with a key of its own. It asks the server for its port
/// each time, so it goes on after a restart. As many threads as like.
class rest_client {
public:
  explicit rest_client(const test_server& server, std::string key = admin_key);

  [[nodiscard]] http_reply send(verb method, std::string_view target,
                                std::string_view body = {},
                                const header_list& headers = {}) const;
  [[nodiscard]] http_reply get(std::string_view target) const {
    return send(verb::get, target);
  }
  [[nodiscard]] http_reply post(std::string_view target,
                                std::string_view body = {},
                                const header_list& headers = {}) const {
    return send(verb::post, target, body, headers);
  }
  [[nodiscard]] http_reply put(std::string_view target, std::string_view body,
                               const header_list& headers = {}) const {
    return send(verb::put, target, body, headers);
  }

  // Test failures when the answer is no 200 or 201; its body.
  [[nodiscard]] json::value read(std::string_view target) const;
  // NOLINTBEGIN(modernize-use-nodiscard): their effect may be all one wants
  json::value make(std::string_view target, const json::object& body,
                   const header_list& headers = {}) const;
  json::value change(std::string_view target, std::string_view body) const;
  json::value act(std::string_view target, std::string_view body = {}) const;
  // NOLINTEND(modernize-use-nodiscard)

  /// All items of a list, page by page.
  [[nodiscard]] std::vector<json::value> read_all(std::string_view target,
                                                  std::size_t limit) const;

  [[nodiscard]] const std::string& key() const noexcept {
    return key_;
  }

private:
  const test_server& server_;
  std::string key_;
};

/// A ticket with this title and what else is given.
json::value make_ticket(const rest_client& client, std::string_view title,
                        const json::object& more = {});
std::int64_t make_user(const rest_client& admin, std::string_view name,
                       const json::object& more = {});
/// A key with these scopes, of a user when one is given.
std::string make_key(const rest_client& admin,
                     const std::vector<std::string>& scopes,
                     std::optional<std::int64_t> owner = {});

/// `/api/v1/tickets/<id><rest>`
std::string path_of(const json::value& ticket, std::string_view rest = {});
std::vector<std::string> texts_of(const std::vector<json::value>& items,
                                  std::string_view pointer);
/// The items of a page.
std::vector<json::value> items_of(const json::value& page);

/// A suite with one server and the admin's client.
template <class Suite>
class rest_test : public shared_server_test<Suite> {
protected:
  static rest_client admin() {
    return rest_client{shared_server_test<Suite>::server()};
  }
  static rest_client with_scopes(const std::vector<std::string>& scopes,
                                 std::optional<std::int64_t> owner = {}) {
    return rest_client{shared_server_test<Suite>::server(),
                       make_key(admin(), scopes, owner)};
  }
};

} // namespace switchboard::test
