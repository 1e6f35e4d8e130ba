#pragma once

#include "bench/client_socket.hpp"
#include "bench/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::bench {

/// How many tickets a page has when there are as many.
inline constexpr std::size_t queue_page_size = 50;

/// An agent looks at the queue: its first page, and the page behind the one
/// that was read last, in turns; behind the last page it begins anew. A page is
/// right when it is full (but for the last one) and its most urgent tickets
/// come first.
class queue_scenario : public scenario {
public:
  queue_scenario(std::string_view host, std::string_view key);

  [[nodiscard]] std::vector<std::string_view> kinds() const override;
  outgoing next() override;
  bool accept(std::uint32_t token, const answer& reply) override;
  void lose(std::uint32_t token) override;

private:
  std::string host_;
  std::string key_;    ///< a header line
  std::string cursor_; ///< of the next page; empty: begin anew
  std::string request_;
  bool turns_page_ = false;
};

/// Makes an agent and a key that may read tickets, and returns the key. Throws
/// std::runtime_error when the server does not want them.
std::string make_agent_key(const endpoint& server, std::string_view admin_key);

} // namespace switchboard::bench
