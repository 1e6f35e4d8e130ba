#include "net/outgoing.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::net {

void outgoing::add_body(std::string body) {
  if (body.size() <= copied_body_max)
    text_ += body;
  else
    body_ = std::move(body);
}

boost::asio::const_buffer outgoing::text_buffer() const {
  const auto from = std::min(written_, text_.size());
  return {text_.data() + from, text_.size() - from};
}

std::array<boost::asio::const_buffer, 2> outgoing::buffers() const {
  const auto text = text_buffer();
  const auto from = std::max(written_, text_.size()) - text_.size();
  const boost::asio::const_buffer body{body_.data() + from,
                                       body_.size() - from};
  // An empty buffer in front would make TLS write nothing.
  if (text.size() == 0)
    return {body, text};
  return {text, body};
}

void outgoing::consume(std::size_t size) {
  written_ += size;
  if (written_ < text_.size() + body_.size())
    return;
  written_ = 0;
  if (text_.capacity() > text_kept_max)
    std::string{}.swap(text_);
  else
    text_.clear();
  if (!body_.empty())
    std::string{}.swap(body_);
}

} // namespace switchboard::net
