#pragma once

#include "tests/simulators/telegram_world.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace switchboard::simulators::telegram {

/// Brings updates to webhooks: of each queue one at a time, of each bot at most
/// `max_connections` at once, and again after a growing delay when it fails.
/// Lives on the server's thread.
class delivery {
public:
  delivery(world& all, boost::asio::io_context& io) : all_{all}, io_{io} {}

  /// Sends what is due. Locks the world.
  void pump();

private:
  /// An update on its way, with what it needs outside the lock.
  struct parcel {
    std::int64_t bot_id = 0;
    std::int64_t update_id = 0;
    std::string host;
    std::string target;
    std::uint16_t port = 80;
    std::string secret;
    std::string body;
  };

  struct line {
    explicit line(boost::asio::io_context& io) : stream{io} {}

    boost::beast::tcp_stream stream;
    boost::beast::flat_buffer buffer;
  };

  struct result {
    int status = 0;
    int retry_after = -1;
    std::string problem;
    std::string body;
  };

  using request = boost::beast::http::request<boost::beast::http::string_body>;

  parcel pack(const bot_state& of, const update_state& what) const;
  void pump_bot(bot_state& of);
  boost::asio::awaitable<void> deliver(parcel what);
  boost::asio::awaitable<bool> connect(line& to, std::uint16_t port);
  boost::asio::awaitable<result> exchange(line& over, const request& what);
  void finish(const parcel& what, const result& answer);
  void note_failure(bot_state& of, update_state& what, const result& answer);
  /// What the webhook's answer asks to be called.
  void run_reply(const bot_state& of, const std::string& body);

  world& all_;
  boost::asio::io_context& io_;
  std::map<std::uint16_t, std::vector<std::unique_ptr<line>>> idle_;
};

} // namespace switchboard::simulators::telegram
