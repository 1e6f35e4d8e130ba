#pragma once

#include "bench/answer_parser.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// The next request of a run.
struct outgoing {
  std::string_view bytes;  ///< the whole request; valid until the next `next`
  std::uint32_t token = 0; ///< comes back with the answer
  std::uint32_t kind = 0;  ///< an index into `scenario::kinds`
};

/// What is asked of the server and what is a right answer. Knows nothing of
/// sockets and time. Used by one thread.
class scenario {
public:
  virtual ~scenario() = default;

  /// Names of the kinds of requests, each measured on its own.
  [[nodiscard]] virtual std::vector<std::string_view> kinds() const = 0;

  /// Never runs out. What it gives is sent at once.
  virtual outgoing next() = 0;

  /// Takes the answer to the request of `token`; false when it is not the right
  /// one.
  virtual bool accept(std::uint32_t token, const answer& reply) = 0;

  /// `token` will not be answered any more.
  virtual void lose(std::uint32_t token) = 0;
};

} // namespace switchboard::bench
