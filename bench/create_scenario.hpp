#pragma once

#include "bench/scenario.hpp"
#include "bench/text_list.hpp"

#include <string>
#include <vector>

namespace switchboard::bench {

/// Every request files a ticket. A thousand different requests are formatted
/// beforehand and take turns, so that sending one costs nothing.
class create_scenario : public scenario {
public:
  /// `refs`, when given, gathers the refs of the tickets; it must outlive this.
  create_scenario(std::string_view host, std::uint64_t seed, text_list* refs);

  [[nodiscard]] std::vector<std::string_view> kinds() const override;
  outgoing next() override;
  bool accept(std::uint32_t token, const answer& reply) override;
  void lose(std::uint32_t token) override;

private:
  std::vector<std::string> requests_;
  std::size_t at_ = 0;
  text_list* refs_;
};

} // namespace switchboard::bench
