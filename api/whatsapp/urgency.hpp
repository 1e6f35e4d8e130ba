#pragma once

#include "domain/status.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::api::whatsapp {

/// How urgent a ticket is, by the words of its first message. Made of the lines
/// of the configuration (`urgent: refund|not working`); a line that is none is
/// passed over. A plain value.
class urgency_rules {
public:
  explicit urgency_rules(domain::priority otherwise = domain::priority::medium,
                         std::span<const std::string> lines = {});

  /// Of the first line one of whose words stands in the text, in any case of
  /// the letters from A to Z. A word stands alone there: `art` is not in
  /// `start`; but in scripts that this file cannot tell letters from, it may
  /// stand within others.
  [[nodiscard]] domain::priority of(std::string_view text) const;

private:
  struct rule {
    domain::priority to{};
    std::vector<std::string> words; ///< in lower case
  };

  domain::priority otherwise_;
  std::vector<rule> rules_;
};

} // namespace switchboard::api::whatsapp
