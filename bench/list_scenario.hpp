#pragma once

#include "bench/scenario.hpp"

#include <string>
#include <vector>

namespace switchboard::bench {

/// Lists of tickets, one filter after the other, and next pages. An answer that
/// is no page is wrong.
class list_scenario : public scenario {
public:
  list_scenario(std::string_view host, std::string_view key);

  [[nodiscard]] std::vector<std::string_view> kinds() const override;
  outgoing next() override;
  bool accept(std::uint32_t token, const answer& reply) override;
  void lose(std::uint32_t token) override;

private:
  std::string host_;
  std::string key_;                   ///< a header line
  std::vector<std::string> requests_; ///< by kind; the last one's is made anew
  std::size_t at_ = 0;
  std::string cursor_; ///< of the newest page seen; empty: begin anew
};

} // namespace switchboard::bench
