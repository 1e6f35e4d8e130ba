#pragma once

#include "bench/scenario.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace switchboard::bench {

struct mixed_options {
  std::string host;
  std::string inbound_key; ///< for `x-api-key` of `/api/ticket/inbound`
  std::string agent_phone; ///< the manager's, as the server knows it
  std::uint64_t seed = 1;
  /// Conversations that go on at the same time; more are begun only when each
  /// of these waits for an answer.
  std::size_t conversations = 200;
  /// Whether a read must show the ref and the last message that was
  /// acknowledged. Off for a peer that answers with constants.
  bool check_content = true;
};

/// Whole conversations: a customer files a ticket and reads it, the manager
/// answers from WhatsApp, the customer writes back, the manager answers
/// again; after each message the thread is read and must show it.
///
///   create, read, (manager, read), (customer, read), (manager, read)
class mixed_scenario : public scenario {
public:
  explicit mixed_scenario(mixed_options options);

  [[nodiscard]] std::vector<std::string_view> kinds() const override;
  outgoing next() override;
  bool accept(std::uint32_t token, const answer& reply) override;
  void lose(std::uint32_t token) override;

  /// Conversations that went through to their end.
  [[nodiscard]] std::uint64_t finished() const noexcept {
    return finished_;
  }

private:
  struct conversation {
    std::uint64_t number = 0;
    std::size_t step = 0;
    std::string ref;
    std::string customer_phone;
    std::string last_message;
  };

  std::uint32_t ready_conversation();
  void begin(conversation& which);
  void format_create(conversation& which);
  void format_inbound(conversation& which, bool from_manager);
  [[nodiscard]] bool is_right(const conversation& which,
                              const answer& reply) const;

  mixed_options options_;
  std::mt19937_64 random_;
  std::string inbound_headers_;
  std::string run_name_; ///< keeps the external ids of two runs apart
  std::vector<conversation> slots_;
  std::vector<std::uint32_t> ready_; ///< wait for their next request
  std::uint64_t begun_ = 0;
  std::uint64_t finished_ = 0;
  std::string request_;
};

} // namespace switchboard::bench
