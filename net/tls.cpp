#include "net/tls.hpp"

#include <boost/system/error_code.hpp>

#include <openssl/ssl.h>

#include <stdexcept>

namespace switchboard::net {

namespace {

namespace ssl = boost::asio::ssl;

[[noreturn]] void fail(const std::string& what,
                       const boost::system::error_code& why) {
  throw std::runtime_error{"TLS: " + what + ": " + why.message()};
}

} // namespace

ssl::context make_server_tls(const std::string& cert_file,
                             const std::string& key_file) {
  ssl::context context{ssl::context::tls_server};
  context.set_options(ssl::context::default_workarounds
                      | ssl::context::no_compression
                      | ssl::context::single_dh_use);
  auto* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // Renegotiation lets a client make the server work for nothing. Idle
  // connections give their buffers back.
  SSL_CTX_set_options(
    native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code problem;
  context.use_certificate_chain_file(cert_file, problem);
  if (problem)
    fail("cannot use the certificate '" + cert_file + "'", problem);
  context.use_private_key_file(key_file, ssl::context::pem, problem);
  if (problem)
    fail("cannot use the key '" + key_file + "'", problem);
  if (SSL_CTX_check_private_key(native) != 1)
    throw std::runtime_error{"TLS: the key '" + key_file
                             + "' does not belong to the certificate '"
                             + cert_file + "'"};
  return context;
}

} // namespace switchboard::net
