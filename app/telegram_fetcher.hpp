#pragma once

#include "app/remote_files.hpp"
#include "app/telegram_files.hpp"
#include "channels/http_exchange.hpp"
#include "channels/telegram/answer.hpp"
#include "persistence/deliveries.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace switchboard::app {

/// Fetches one file after the other, or several at once: the work behind
/// `telegram_files`. Its coroutines run on the io_context, keep it alive, and
/// wait for the network, the disk and the journal; none of them blocks.
class telegram_files::fetcher
  : public std::enable_shared_from_this<telegram_files::fetcher> {
public:
  explicit fetcher(const parts& p);

  using done_handler = std::function<void(channels::http_answer)>;

  /// `done` is called exactly once, on a thread of the io_context: 200 when the
  /// attachment is settled; 503 or 429 to be asked again; 400 never.
  void fetch(persistence::delivery what, done_handler done);

  [[nodiscard]] bool knows(std::string_view lane) const {
    return tokens_.contains(lane);
  }
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>&
  tokens() const noexcept {
    return tokens_;
  }

private:
  template <class T>
  using task = boost::asio::awaitable<T>;

  task<channels::http_answer> serve(persistence::delivery what);
  task<file_result<std::string>> obtain(domain::attachment file,
                                        std::string token);
  task<file_result<channels::telegram::file_place>> locate(std::string file_id,
                                                           std::string token);
  task<file_result<std::string>> download(channels::telegram::file_place place,
                                          std::string token);

  net::http_client& client_;
  boost::asio::io_context& io_;
  remote_files files_;
  std::string api_url_;
  std::size_t bytes_max_;
  std::map<std::string, std::string, std::less<>> tokens_; ///< by lane
};

} // namespace switchboard::app
