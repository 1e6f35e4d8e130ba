#include "net/request_reader.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace switchboard::net {

namespace http = boost::beast::http;

namespace {

using beast_view = boost::beast::string_view;

constexpr std::size_t room_min = 512;
constexpr std::size_t chunks_kept_max = 4096;

bool is_number(beast_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= '0' && c <= '9';
  });
}

constexpr request_refusal malformed{400, "bad_request",
                                    "the request is not valid HTTP"};
constexpr request_refusal head_too_large{431, "headers_too_large",
                                         "the request's headers are too large"};
constexpr request_refusal target_too_long{414, "uri_too_long",
                                          "the request's target is too long"};
constexpr request_refusal body_too_large{413, "payload_too_large",
                                         "the request's body is too large"};

} // namespace

/// What Beast calls while it parses. Only heads and chunks come through here.
class request_reader::head_parser final : public http::basic_parser<true> {
public:
  explicit head_parser(request_reader& owner) : owner_{&owner} {
    body_limit(boost::none); // each route has its own
    header_limit(static_cast<std::uint32_t>(owner.header_bytes_max_));
  }

  [[nodiscard]] bool framing_is_plain() const {
    const bool modern = owner_->version_ == 11;
    return length_count_ <= 1 && coding_count_ + length_count_ <= 1
           && (coding_count_ == 0 || (modern && chunked())) && host_count_ <= 1
           && (host_count_ == 1 || !modern);
  }

protected:
  using error_code = boost::beast::error_code;

  void on_request_impl(http::verb method, beast_view, beast_view target,
                       int version, error_code&) override {
    owner_->method_ = method;
    owner_->version_ = version;
    owner_->target_at_ = offset(target);
    owner_->target_size_ = static_cast<std::uint32_t>(target.size());
  }

  void on_field_impl(http::field name, beast_view name_text, beast_view value,
                     error_code& problem) override {
    if (owner_->head_size_ != 0)
      return; // a trailer: nobody has asked for it
    if (owner_->fields_.size() == field_count_max) {
      problem = http::error::header_limit;
      return;
    }
    if (!value.empty() && !holds(value)) {
      problem = http::error::bad_obs_fold; // Beast has put it together
      return;
    }
    note(name, value, problem);
    owner_->fields_.push_back({offset(name_text),
                               static_cast<std::uint32_t>(name_text.size()),
                               value.empty() ? 0 : offset(value),
                               static_cast<std::uint32_t>(value.size())});
  }

  void on_chunk_header_impl(std::uint64_t size, beast_view,
                            error_code& problem) override {
    if (size > owner_->body_bytes_max_ - owner_->chunks_.size())
      problem = http::error::body_limit;
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast_view piece,
                                 error_code&) override {
    owner_->chunks_.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&,
                         error_code&) override {}
  // Bodies with a length are taken from the buffer without the parser.
  std::size_t on_body_impl(beast_view, error_code&) override {
    return 0;
  }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, beast_view, int, error_code&) override {}

private:
  [[nodiscard]] bool holds(beast_view part) const {
    const auto* base = owner_->data_.get();
    return std::less_equal<>{}(base, part.data())
           && std::less_equal<>{}(part.data() + part.size(),
                                  base + owner_->end_);
  }

  [[nodiscard]] std::uint32_t offset(beast_view part) const {
    return static_cast<std::uint32_t>(
      part.data() - owner_->data_.get()
      - static_cast<std::ptrdiff_t>(owner_->begin_));
  }

  void note(http::field name, beast_view value, error_code& problem) {
    switch (name) {
      case http::field::content_length:
        ++length_count_;
        if (!is_number(value))
          problem = http::error::bad_content_length;
        break;
      case http::field::transfer_encoding:
        ++coding_count_;
        if (!boost::beast::iequals(value, "chunked"))
          problem = http::error::bad_transfer_encoding;
        break;
      case http::field::host: ++host_count_; break;
      case http::field::expect:
        owner_->expects_continue_
          |= boost::beast::iequals(value, "100-continue");
        break;
      default: break;
    }
  }

  request_reader* owner_;
  int length_count_ = 0;
  int coding_count_ = 0;
  int host_count_ = 0;
};

request_reader::request_reader(std::size_t header_bytes_max)
  : header_bytes_max_{header_bytes_max} {}

request_reader::~request_reader() = default;

boost::asio::mutable_buffer request_reader::prepare() {
  if (begin_ == end_ && !started_) {
    begin_ = parsed_ = end_ = 0;
    if (capacity_ != buffer_size_min)
      resize(buffer_size_min);
  } else if (capacity_ - end_ < room_min) {
    resize(begin_ >= room_min ? capacity_ : capacity_ * 2);
  }
  return {data_.get() + end_, capacity_ - end_};
}

void request_reader::resize(std::size_t capacity) {
  const auto size = end_ - begin_;
  if (capacity == capacity_) {
    std::memmove(data_.get(), data_.get() + begin_, size);
  } else {
    // A vector would write zeros first.
    // NOLINTNEXTLINE(modernize-avoid-c-arrays)
    auto fresh = std::make_unique_for_overwrite<char[]>(capacity);
    if (size > 0)
      std::memcpy(fresh.get(), data_.get() + begin_, size);
    data_ = std::move(fresh);
    capacity_ = capacity;
  }
  parsed_ -= begin_;
  end_ = size;
  begin_ = 0;
}

void request_reader::commit(std::size_t size) {
  end_ += size;
}

request_reader::progress request_reader::advance() {
  if (!refusal_.code.empty())
    return progress::refused;
  if (head_size_ == 0)
    return advance_head();
  return advance_body();
}

/// Some clients send an empty line after a body; it is no part of a request.
bool request_reader::start() {
  while (end_ - begin_ >= 2 && data_[begin_] == '\r'
         && data_[begin_ + 1] == '\n')
    begin_ += 2;
  parsed_ = begin_;
  if (begin_ == end_ || (end_ - begin_ == 1 && data_[begin_] == '\r'))
    return false;
  if (parser_ == nullptr)
    parser_ = std::make_unique<head_parser>(*this);
  else
    *parser_ = head_parser{*this};
  started_ = true;
  return true;
}

request_reader::progress request_reader::advance_head() {
  if (!started_ && !start())
    return progress::need_more;
  boost::beast::error_code problem = http::error::need_more;
  if (parsed_ < end_) {
    const boost::asio::const_buffer fresh{data_.get() + parsed_,
                                          end_ - parsed_};
    parsed_ += parser_->put(fresh, problem);
  }
  if (!problem)
    return finish_head();
  if (problem != http::error::need_more)
    return refuse_parse(problem);
  if (end_ - begin_ < header_bytes_max_)
    return progress::need_more;
  return refuse_parse(http::error::header_limit);
}

request_reader::progress request_reader::finish_head() {
  head_size_ = parsed_ - begin_;
  if (head_size_ > header_bytes_max_)
    return refuse_with(head_too_large);
  if ((version_ != 10 && version_ != 11) || !parser_->framing_is_plain())
    return refuse_with(malformed);
  chunked_ = parser_->chunked();
  if (const auto length = parser_->content_length(); length && !chunked_)
    body_size_ = static_cast<std::size_t>(*length);
  return progress::head;
}

bool request_reader::take_body(std::size_t bytes_max) {
  body_bytes_max_ = bytes_max;
  if (body_size_ <= bytes_max)
    return true;
  refusal_ = body_too_large;
  return false;
}

void request_reader::refuse(request_refusal why) {
  refusal_ = why;
}

request_reader::progress request_reader::advance_body() {
  if (chunked_)
    return advance_chunks();
  if (end_ - begin_ - head_size_ < body_size_)
    return progress::need_more;
  parsed_ = begin_ + head_size_ + body_size_;
  return progress::complete;
}

request_reader::progress request_reader::advance_chunks() {
  const auto body_at = begin_ + head_size_;
  boost::beast::error_code problem;
  parser_->eager(true);
  while (!problem && !parser_->is_done() && parsed_ < end_) {
    const boost::asio::const_buffer fresh{data_.get() + parsed_,
                                          end_ - parsed_};
    parsed_ += parser_->put(fresh, problem);
  }
  if (problem && problem != http::error::need_more)
    return refuse_parse(problem);
  // What was read has been copied; so a long body does not fill the buffer.
  const auto rest = end_ - parsed_;
  std::memmove(data_.get() + body_at, data_.get() + parsed_, rest);
  parsed_ = body_at;
  end_ = body_at + rest;
  if (parser_->is_done())
    return progress::complete;
  if (rest >= header_bytes_max_) // the line of a chunk, or trailers
    return refuse_with(head_too_large);
  return progress::need_more;
}

request_reader::progress request_reader::refuse_with(request_refusal why) {
  refusal_ = why;
  return progress::refused;
}

request_reader::progress
request_reader::refuse_parse(boost::beast::error_code problem) {
  if (problem == http::error::body_limit)
    return refuse_with(body_too_large);
  if (problem == http::error::header_limit) {
    // Beast may not have looked at the first line before the last.
    const bool has_line
      = view(0, end_ - begin_).find('\n') != std::string::npos;
    return refuse_with(has_line ? head_too_large : target_too_long);
  }
  return refuse_with(malformed);
}

void request_reader::next() {
  begin_ = parsed_;
  fields_.clear();
  method_ = http::verb::unknown;
  version_ = 11;
  target_at_ = target_size_ = 0;
  head_size_ = body_size_ = body_bytes_max_ = 0;
  started_ = chunked_ = expects_continue_ = false;
  if (chunks_.capacity() > chunks_kept_max)
    std::string{}.swap(chunks_);
  else
    chunks_.clear();
}

std::string_view request_reader::target() const noexcept {
  return view(target_at_, target_size_);
}

bool request_reader::keep_alive() const {
  return parser_->keep_alive();
}

bool request_reader::wants_continue() const noexcept {
  if (!expects_continue_ || version_ != 11)
    return false;
  const auto received = end_ - begin_ - head_size_;
  return chunked_ ? received == 0 : received < body_size_;
}

std::string_view request_reader::body() const noexcept {
  return chunked_ ? std::string_view{chunks_} : view(head_size_, body_size_);
}

} // namespace switchboard::net
