#pragma once

#include "net/message.hpp"
#include "net/stream_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::net {

/// Answers at once, on the connection's strand: for what needs no waiting.
using sync_handler = std::function<response(request&)>;
/// Answers when its coroutine ends.
using async_handler = std::function<boost::asio::awaitable<response>(request&)>;

struct route {
  boost::beast::http::verb method{};
  std::string pattern; ///< segments; `:name` matches one non-empty segment
  sync_handler sync;   ///< one of the three is set
  async_handler async;
  /// Overrides the server's body limit for this route when not 0.
  std::size_t body_bytes_max = 0;
  stream_handler stream{}; ///< for GET only
};

/// Finds the route of a request. Literal segments win over `:names`. Built
/// once, then read by all connections without locks.
class router {
public:
  router();
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// Adds a route; asserts that method and pattern are new.
  void add(route r);
  void get(std::string pattern, sync_handler h);
  void get(std::string pattern, async_handler h);
  void post(std::string pattern, sync_handler h);
  void post(std::string pattern, async_handler h);
  void put(std::string pattern, sync_handler h);
  void put(std::string pattern, async_handler h);
  void patch(std::string pattern, sync_handler h);
  void patch(std::string pattern, async_handler h);
  void del(std::string pattern, sync_handler h);
  void del(std::string pattern, async_handler h);
  /// A route for GET that serves server-sent events, or speaks WebSocket with a
  /// client that asks for it.
  void stream(std::string pattern, stream_handler h);

  struct match {
    const route* found = nullptr;
    bool path_known = false; ///< some method is served there: 405, not 404
    std::string_view allow;  ///< the `Allow` header then, e.g. `GET, HEAD`
  };

  /// Looks up method and path (still percent-encoded, without query) and fills
  /// `params` with the decoded values. HEAD is served by GET. A path with an
  /// empty or undecodable segment matches nothing.
  match find(boost::beast::http::verb method, std::string_view path,
             std::vector<std::string>& params) const;

  [[nodiscard]] std::vector<const route*> routes() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace switchboard::net
