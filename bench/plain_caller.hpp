#pragma once

#include "bench/client_socket.hpp"

#include <string>
#include <string_view>

namespace switchboard::bench {

/// Asks the server for one thing after the other and waits each time: for what
/// has to be there before a measurement.
class plain_caller {
public:
  /// `headers` go with each call: complete lines that end in CRLF.
  plain_caller(const endpoint& server, std::string headers);

  /// The body; throws std::runtime_error when the status is another.
  std::string call(std::string_view method, std::string_view target,
                   std::string_view body, unsigned wanted);

private:
  std::string host_;
  std::string headers_;
  descriptor socket_;
};

/// The header line by which a key is shown.
std::string bearer(std::string_view key);

} // namespace switchboard::bench
