#pragma once

#include "domain/time.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>

namespace switchboard::api::whatsapp {

/// Remembers when the newest of the effects that undo each other was sent (the
/// edits of a message, somebody's reactions to it), so that an older one which
/// comes late, or had to wait, undoes nothing. Only in memory, and of the
/// latest ones: it is a matter of minutes. Not thread-safe.
class newest {
public:
  explicit newest(std::size_t size_max = 10'000) : size_max_{size_max} {}

  /// Whether a newer one than that is known. Who does not tell the time (0) is
  /// believed to be the newest.
  [[nodiscard]] bool is_late(const std::string& what,
                             domain::timestamp sent_at) const;
  void note(const std::string& what, domain::timestamp sent_at);

private:
  std::size_t size_max_;
  std::unordered_map<std::string, domain::timestamp> known_;
  std::deque<std::string> order_; ///< of their coming
};

} // namespace switchboard::api::whatsapp
