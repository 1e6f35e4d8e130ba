#pragma once

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace switchboard::net {

/// The bytes that a connection has to write: text that answers are put together
/// in, and at most one large body behind it, which is not copied.
class outgoing {
public:
  static constexpr std::size_t copied_body_max = std::size_t{8} * 1024;
  static constexpr std::size_t text_max
    = std::size_t{64} * 1024; ///< full beyond
  static constexpr std::size_t text_kept_max = std::size_t{4} * 1024;

  /// To append to. Not while it is full.
  std::string& text() noexcept {
    return text_;
  }
  void add_body(std::string body);

  [[nodiscard]] bool empty() const noexcept {
    return text_.empty() && body_.empty();
  }
  /// Must be written before more comes.
  [[nodiscard]] bool full() const noexcept {
    return text_.size() > text_max || !body_.empty();
  }

  /// What is left of the text; all there is, unless `has_body`.
  [[nodiscard]] boost::asio::const_buffer text_buffer() const;
  [[nodiscard]] bool has_body() const noexcept {
    return !body_.empty();
  }
  /// All that is left, the text first.
  [[nodiscard]] std::array<boost::asio::const_buffer, 2> buffers() const;
  /// Takes away what was written.
  void consume(std::size_t size);

private:
  std::string text_;
  std::string body_;
  std::size_t written_ = 0; ///< of both
};

} // namespace switchboard::net
