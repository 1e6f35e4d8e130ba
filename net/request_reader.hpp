#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::net {

/// Why a request was not taken; all texts are literals.
struct request_refusal {
  unsigned status = 400;
  std::string_view code;
  std::string_view message;
};

/// Turns received bytes into requests, one after the other; knows no socket.
/// Bytes come in through `prepare` and `commit`; `advance` reads as far as they
/// go. Beast parses the head and the chunks; the head's parts and a body with a
/// length are views into the one buffer, a chunked body is put together beside.
///
/// Stricter than Beast, so that no proxy in front can see other borders between
/// requests than this does: exactly one `Host` in HTTP/1.1, at most one
/// `Content-Length` and it a plain number, no transfer coding but `chunked`,
/// and not in HTTP/1.0, no folded headers.
///
/// Views stay valid until `next` or `prepare`, except that between `head` and
/// `complete` a `prepare` may move them: ask for them again.
///
/// Memory: a buffer of `buffer_size_min`, which grows with what was received,
/// not with what was announced, and goes back when the request is over.
class request_reader {
public:
  static constexpr std::size_t buffer_size_min = 2048;
  static constexpr std::size_t field_count_max = 100;

  enum class progress : std::uint8_t {
    need_more, ///< bytes
    head,      ///< the head is there: judge it, call `take_body`, go on
    complete,  ///< the request is there; `next` when it was answered
    refused,   ///< see `refusal`; the connection cannot go on
  };

  struct field {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t value_at;
    std::uint32_t value_size;
  };

  explicit request_reader(std::size_t header_bytes_max);
  request_reader(const request_reader&) = delete;
  request_reader& operator=(const request_reader&) = delete;
  ~request_reader();

  boost::asio::mutable_buffer prepare();
  void commit(std::size_t size);
  progress advance();

  /// After `head`: allows a body of that many bytes. False: it says already
  /// that it is longer, or its length is wrong; see `refusal`.
  bool take_body(std::size_t bytes_max);
  void refuse(request_refusal why);
  void next();

  /// No byte of a request that has not been answered is here.
  [[nodiscard]] bool empty() const noexcept {
    return begin_ == end_;
  }
  [[nodiscard]] const request_refusal& refusal() const noexcept {
    return refusal_;
  }

  // From `head` on.
  [[nodiscard]] boost::beast::http::verb method() const noexcept {
    return method_;
  }
  [[nodiscard]] std::string_view target() const noexcept;
  [[nodiscard]] bool keep_alive() const;
  /// 10 or 11.
  [[nodiscard]] int version() const noexcept {
    return version_;
  }
  [[nodiscard]] const std::vector<field>& fields() const noexcept {
    return fields_;
  }
  [[nodiscard]] std::string_view name(const field& f) const noexcept {
    return view(f.name_at, f.name_size);
  }
  [[nodiscard]] std::string_view value(const field& f) const noexcept {
    return view(f.value_at, f.value_size);
  }
  /// The client waits for `100 Continue`, as none of the body has come yet.
  [[nodiscard]] bool wants_continue() const noexcept;

  // From `complete` on.
  [[nodiscard]] std::string_view body() const noexcept;
  /// What was received behind the request.
  [[nodiscard]] std::string_view rest() const noexcept {
    return {data_.get() + parsed_, end_ - parsed_};
  }

private:
  class head_parser;

  [[nodiscard]] std::string_view view(std::size_t at,
                                      std::size_t size) const noexcept {
    return {data_.get() + begin_ + at, size};
  }
  bool start();
  progress advance_head();
  progress finish_head();
  progress advance_body();
  progress advance_chunks();
  progress refuse_with(request_refusal why);
  progress refuse_parse(boost::beast::error_code problem);
  void resize(std::size_t capacity);

  std::size_t header_bytes_max_;
  std::unique_ptr<char[]> data_; // NOLINT(modernize-avoid-c-arrays)
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  ///< where the current request begins in `data_`
  std::size_t parsed_ = 0; ///< how far it has been read, from `data_`
  std::size_t end_ = 0;    ///< of the received bytes

  // The current request; offsets count from `begin_`.
  std::unique_ptr<head_parser> parser_;
  std::vector<field> fields_;
  boost::beast::http::verb method_ = boost::beast::http::verb::unknown;
  int version_ = 11;
  std::uint32_t target_at_ = 0;
  std::uint32_t target_size_ = 0;
  std::size_t head_size_ = 0; ///< 0 until it is complete
  std::size_t body_bytes_max_ = 0;
  std::size_t body_size_ = 0; ///< when its length is given
  bool started_ = false;
  bool chunked_ = false;
  bool expects_continue_ = false;
  std::string chunks_; ///< the body when it comes in chunks
  request_refusal refusal_;
};

} // namespace switchboard::net
