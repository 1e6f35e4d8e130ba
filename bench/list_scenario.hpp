#pragma once

#include "bench/scenario.hpp"

#include <string>
#include <vector>

namespace switchboard::bench {

/// Lists of tickets and the agents' queue, one filter after the other, and next
/// pages. An answer that is no page is wrong.
class list_scenario : public scenario {
public:
  list_scenario(std::string_view host, std::string_view key);

  [[nodiscard]] std::vector<std::string_view> kinds() const override;
  outgoing next() override;
  bool accept(std::uint32_t token, const answer& reply) override;
  void lose(std::uint32_t token) override;

private:
  void make(std::size_t kind);

  std::string host_;
  std::string key_; ///< a header line
  // By kind.
  std::vector<std::string> requests_;
  std::vector<std::string> cursors_; ///< of the next page; empty: begin anew
  std::size_t at_ = 0;
};

} // namespace switchboard::bench
