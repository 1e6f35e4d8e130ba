#include "tests/support/loopback_server.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace switchboard::support {

namespace {

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

SSL_CTX* make_context(const identity& from) {
  auto* out = ::SSL_CTX_new(::TLS_server_method());
  auto* certificate_text = ::BIO_new_mem_buf(
    from.certificate.data(), static_cast<int>(from.certificate.size()));
  auto* key_text
    = ::BIO_new_mem_buf(from.key.data(), static_cast<int>(from.key.size()));
  auto* certificate
    = ::PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  auto* key = ::PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  const auto good = ::SSL_CTX_use_certificate(out, certificate) == 1
                    && ::SSL_CTX_use_PrivateKey(out, key) == 1;
  ::X509_free(certificate);
  ::EVP_PKEY_free(key);
  ::BIO_free_all(certificate_text);
  ::BIO_free_all(key_text);
  if (good)
    return out;
  ::SSL_CTX_free(out);
  throw std::runtime_error{"the test server's certificate cannot be used"};
}

/// OpenSSL writes without MSG_NOSIGNAL; the signal would end the test.
void block_sigpipe() {
  sigset_t pipe{};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

} // namespace

std::string raw_request::header(std::string_view name) const {
  const auto key = "\r\n" + lower(name) + ":";
  const auto at = lower(head).find(key);
  if (at == std::string::npos)
    return {};
  const auto begin = head.find_first_not_of(' ', at + key.size());
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

loopback_peer::loopback_peer(socket_handle socket, std::size_t index,
                             ssl_ctx_st* tls)
  : socket_{std::move(socket)}, index_{index} {
  if (tls == nullptr)
    return;
  const timeval limit{patience.count() / 1000, 0};
  ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit,
               sizeof(limit));
  ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &limit,
               sizeof(limit));
  tls_ = ::SSL_new(tls);
  ::SSL_set_fd(tls_, socket_.descriptor());
}

loopback_peer::~loopback_peer() {
  ::SSL_free(tls_);
}

void loopback_peer::close() {
  const std::lock_guard lock{mutex_};
  socket_.close();
}

void loopback_peer::reset() {
  const std::lock_guard lock{mutex_};
  socket_.reset();
}

void loopback_peer::shut_down() {
  const std::lock_guard lock{mutex_};
  socket_.shut_down();
}

bool loopback_peer::receive_more() {
  if (!usable_)
    return false;
  if (tls_ == nullptr)
    return socket_.receive_some(unread_);
  if (!::SSL_is_init_finished(tls_) && ::SSL_accept(tls_) != 1)
    return usable_ = false;
  std::string chunk(16'384, '\0');
  const auto got
    = ::SSL_read(tls_, chunk.data(), static_cast<int>(chunk.size()));
  if (got <= 0)
    return usable_ = false;
  unread_.append(chunk, 0, static_cast<std::size_t>(got));
  return true;
}

std::optional<raw_request> loopback_peer::read_request() {
  auto end = unread_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!receive_more())
      return std::nullopt;
    end = unread_.find("\r\n\r\n");
  }
  raw_request out;
  out.head = unread_.substr(0, end + 2);
  unread_.erase(0, end + 4);
  const auto space = out.head.find(' ');
  const auto space2 = out.head.find(' ', space + 1);
  out.method = out.head.substr(0, space);
  out.target = out.head.substr(space + 1, space2 - space - 1);
  const auto length = out.header("Content-Length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  while (unread_.size() < size) {
    if (!receive_more())
      return std::nullopt;
  }
  out.body = unread_.substr(0, size);
  unread_.erase(0, size);
  return out;
}

bool loopback_peer::write(std::string_view bytes) {
  if (tls_ == nullptr)
    return socket_.send_all(bytes);
  return usable_
         && ::SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool loopback_peer::answer(int status, std::string_view body,
                           std::string_view more_headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " Text\r\n";
  out.append(more_headers);
  out.append("Content-Length: ").append(std::to_string(body.size()));
  out.append("\r\n\r\n").append(body);
  return write(out);
}

loopback_server::loopback_server(script play)
  : play_{std::move(play)}, thread_{[this] { accept_all(); }} {}

loopback_server::loopback_server(script play, const identity& tls)
  : play_{std::move(play)}, tls_{make_context(tls)}, thread_{[this] {
      accept_all();
    }} {}

loopback_server::~loopback_server() {
  stopping_ = true;
  listener_.shut_down();
  thread_.join();
  const std::lock_guard lock{mutex_};
  for (auto& one : visits_)
    one.peer->shut_down();
  for (auto& one : visits_)
    one.thread.join();
}

std::string loopback_server::url(std::string_view path) const {
  std::string out = tls_ ? "https" : "http";
  return out.append("://127.0.0.1:")
    .append(std::to_string(port()))
    .append(path);
}

void loopback_server::accept_all() {
  while (!stopping_) {
    auto socket = listener_.accept();
    if (!socket.is_open())
      continue;
    const std::lock_guard lock{mutex_};
    auto& one = visits_.emplace_back();
    one.peer = std::make_unique<loopback_peer>(std::move(socket), accepted_++,
                                               tls_.get());
    one.thread = std::thread{[this, peer = one.peer.get()] {
      block_sigpipe();
      play_(*peer);
      peer->close();
    }};
  }
}

void loopback_server::free_context::operator()(ssl_ctx_st* x) const noexcept {
  ::SSL_CTX_free(x);
}

} // namespace switchboard::support
