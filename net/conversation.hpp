#pragma once

#include "net/asker.hpp"
#include "net/outgoing.hpp"
#include "net/request_reader.hpp"
#include "net/server_core.hpp"
#include "net/server_request.hpp"
#include "net/stream_lines.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace switchboard::net {

/// What a connection says and hears, without its socket: requests in, handlers
/// called, answers out, in order. It decides nothing about time but takes the
/// moments by which others do.
///
/// Thread contract: all calls on the connection's executor, where the handlers
/// then run.
class conversation {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class step : std::uint8_t {
    read,   ///< write what there is, then more bytes are needed
    write,  ///< there is too much to write
    wait,   ///< write what there is, then await `answering` and `finish`
    stream, ///< write what there is, then serve `take_stream`, and no more
    end,    ///< write what there is, then no more
  };

  conversation(server_core& core, asker& actors,
               const boost::asio::ip::address& peer);

  /// Answers what can be answered at once and returns what to do next.
  step next();

  boost::asio::mutable_buffer prepare() {
    return reader_.prepare();
  }
  void received(std::size_t size);
  [[nodiscard]] boost::asio::awaitable<response> answering();
  void finish(response answer);
  [[nodiscard]] stream_opening take_stream() noexcept {
    return std::move(stream_);
  }
  /// What to answer when a handler has thrown.
  response failed(std::string_view why);

  /// The request at hand did not arrive in time.
  void give_up();
  /// Says with the next answer that it is the last.
  void wind_up() noexcept {
    winding_up_ = true;
  }

  outgoing& out() noexcept {
    return out_;
  }
  /// No request has begun that was not answered.
  [[nodiscard]] bool idle() const noexcept {
    return reader_.empty();
  }
  /// Some request was refused, and its sender may not have stopped sending.
  [[nodiscard]] bool refused() const noexcept {
    return refused_;
  }
  [[nodiscard]] time_point began() const noexcept {
    return began_;
  }
  [[nodiscard]] time_point finished() const noexcept {
    return finished_;
  }

private:
  void judge_head();
  void find_client();
  response answer_now();
  void refuse(const request_refusal& why);
  void put(response answer, bool stays);
  void note_answer(unsigned status);
  bool open_stream();
  [[nodiscard]] std::optional<response> refuse_websocket() const;
  void begin_events(stream_answer::header_list headers);
  void begin_websocket(stream_answer::header_list headers);

  server_core& core_;
  boost::asio::ip::address peer_;
  bool proxied_; ///< the peer is believed when it names its client
  request_reader reader_;
  server_request request_;
  router::match match_;
  outgoing out_;
  stream_opening stream_;
  time_point began_;    ///< the current request, by its first byte
  time_point finished_; ///< the last answer; at first, the start
  bool judged_ = false; ///< the current request's head
  bool ended_ = false;
  bool refused_ = false;
  bool winding_up_ = false;
};

} // namespace switchboard::net
