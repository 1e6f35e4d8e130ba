#pragma once

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace switchboard::net {

/// A server's TLS context: TLS 1.2 at least, the certificate chain and the key
/// from PEM files. Throws std::runtime_error with a sentence for the operator
/// when one cannot be read, or they do not belong together.
boost::asio::ssl::context make_server_tls(const std::string& cert_file,
                                          const std::string& key_file);

} // namespace switchboard::net
