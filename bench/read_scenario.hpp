#pragma once

#include "bench/scenario.hpp"
#include "bench/text_list.hpp"

#include <random>
#include <string>

namespace switchboard::bench {

/// Every request reads the thread of a ticket that exists, picked at random. An
/// answer that does not name the ticket is wrong.
class read_scenario : public scenario {
public:
  /// `refs` must not be empty and must outlive this.
  read_scenario(std::string_view host, std::uint64_t seed,
                const text_list& refs);

  [[nodiscard]] std::vector<std::string_view> kinds() const override;
  outgoing next() override;
  bool accept(std::uint32_t token, const answer& reply) override;
  void lose(std::uint32_t token) override;

private:
  const text_list& refs_;
  std::mt19937_64 random_;
  std::string tail_; ///< what follows the ref in each request
  std::string request_;
};

} // namespace switchboard::bench
