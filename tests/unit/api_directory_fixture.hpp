#pragma once

#include "api/directory_routes.hpp"
#include "api/gate.hpp"
#include "api/key_routes.hpp"
#include "api/sealed_box.hpp"
#include "net/router.hpp"
#include "persistence/memory_journal.hpp"
#include "tests/unit/api_fake_request.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::api::testing {

namespace json = boost::json;
using boost::beast::http::verb;
using header_list = std::vector<std::pair<std::string, std::string>>;

inline constexpr const char* admin_key = "the-admin-key";

/// A call on its way: its request, and its answer when it has come.
struct pending_call {
  std::string target;
  std::string body;
  fake_request req;
  std::optional<net::response> answer;
};

inline std::string header_of(const net::response& reply,
                             std::string_view name) {
  for (const auto& [key, value] : reply.headers)
    if (key == name)
      return value;
  return {};
}

inline json::value parsed(const net::response& reply) {
  boost::system::error_code problem;
  auto out = json::parse(reply.body, problem);
  EXPECT_FALSE(problem) << reply.status << ' ' << reply.body;
  return out;
}

/// The fields that an error names, in their order.
inline std::vector<std::string> wrong_fields(const net::response& reply) {
  std::vector<std::string> out;
  const auto body = parsed(reply);
  boost::system::error_code problem;
  const auto* details = body.find_pointer("/error/details", problem);
  if (details == nullptr)
    return out;
  for (const auto& one : details->as_array())
    out.emplace_back(one.at("field").as_string());
  return out;
}

/// The routes of users, groups and keys behind their gate, on a journal in
/// memory, at a time that stands still. Calls come as the admin unless told
/// otherwise.
class directory_world : public ::testing::Test {
protected:
  directory_world() {
    directory.add_to(router, door);
    keys.add_to(router);
  }

  /// Begins a call, which goes on with `io`.
  std::unique_ptr<pending_call>
  start(verb method, std::string target, std::string body = {},
        header_list headers = {}, const std::string& key = admin_key) {
    auto out = std::make_unique<pending_call>();
    out->target = std::move(target);
    out->body = std::move(body);
    auto& req = out->req;
    const std::string_view whole{out->target};
    req.method = method;
    req.path = whole.substr(0, whole.find('?'));
    req.query = whole.substr(std::min(req.path.size() + 1, whole.size()));
    req.body = out->body;
    req.client_address = "192.0.2.1";
    req.headers = std::move(headers);
    req.headers.emplace_back("Authorization", "Bearer " + key);
    req.headers.emplace_back("Content-Type", "application/json");
    const auto match = router.find(method, req.path, req.params);
    EXPECT_NE(match.found, nullptr) << out->target;
    if (match.found == nullptr)
      return out;
    req.route = match.found->pattern;
    if (match.found->sync) {
      out->answer = match.found->sync(req);
      return out;
    }
    boost::asio::co_spawn(io, match.found->async(req),
                          [call = out.get()](const std::exception_ptr& thrown,
                                             net::response reply) {
                            EXPECT_FALSE(thrown);
                            call->answer = std::move(reply);
                          });
    return out;
  }

  net::response finish(pending_call& call) {
    io.restart();
    io.run();
    EXPECT_TRUE(call.answer) << call.target;
    return call.answer.value_or(net::response{});
  }

  net::response call(verb method, std::string target, std::string body = {},
                     header_list headers = {},
                     const std::string& key = admin_key) {
    const auto made = start(method, std::move(target), std::move(body),
                            std::move(headers), key);
    return finish(*made);
  }

  net::response get(std::string target, std::string key = admin_key) {
    return call(verb::get, std::move(target), {}, {}, std::move(key));
  }
  net::response post(std::string target, std::string body,
                     header_list headers = {},
                     const std::string& key = admin_key) {
    return call(verb::post, std::move(target), std::move(body),
                std::move(headers), std::move(key));
  }
  net::response patch(std::string target, std::string body,
                      header_list headers = {}) {
    return call(verb::patch, std::move(target), std::move(body),
                std::move(headers));
  }
  net::response del(std::string target) {
    return call(verb::delete_, std::move(target));
  }

  /// Makes a key and gives its text.
  std::string make_key(const std::string& body) {
    const auto reply = post("/api/v1/api-keys", body);
    EXPECT_EQ(reply.status, 201U) << reply.body;
    return std::string{parsed(reply).at("key").as_string()};
  }

  static std::string id_of_key(std::string_view key) {
    return std::string{key.substr(3, key.find('_', 3) - 3)};
  }

  domain::timestamp now{std::chrono::hours{24 * 365 * 56}};
  persistence::memory_journal journal{[this] { return now; }};
  secret admin{admin_key};
  gate door{journal, admin, [this] { return now; }, gate_options{0, 0}};
  sealed_box box{"a secret of the tests"};
  directory_routes directory{journal, [this] { return now; }};
  key_routes keys{door, journal, [this] { return now; }, box};
  net::router router;
  boost::asio::io_context io;
};

} // namespace switchboard::api::testing
