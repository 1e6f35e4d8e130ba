#pragma once

#include "tests/support/http_call.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::faults {

/// The `x-api-key` of inbound messages in these tests.
inline constexpr const char* inbound_key = "inbound-key-of-the-fault-tests";

/// A ticket as its customer knows it. Every text in it, the `Idempotency-Key`
/// and the `externalId`s are made of words that exist once in a whole run.
struct known_ticket {
  std::string word;
  std::string phone;
  std::string ref; ///< empty until the creation was acknowledged
  std::string id;
  std::vector<std::string> messages; ///< the acknowledged ones, in order
};

/// What the thread view says of a ticket.
struct seen_thread {
  std::string ref;
  std::string subject;
  std::string name;
  std::vector<std::string> bodies;
};

std::optional<seen_thread> parse_thread(std::string_view json);

/// Somebody who creates tickets and writes to them, one request at a time, and
/// sends a request that was not acknowledged again, with the same key, until it
/// is. It remembers what was acknowledged, outside of the server, and compares
/// it with what the server says.
///
/// Thread contract: one thread at a time.
class customer {
public:
  customer(unsigned index, std::uint64_t seed);

  /// Works on a keep-alive connection until `stop`, or until it breaks. An
  /// answer that comes after `stop` acknowledges nothing.
  void work(std::uint16_t port, const std::atomic<bool>& stop);

  /// After a restart: what was acknowledged since the last call is there, once;
  /// then has the open request acknowledged, sends some others again, and looks
  /// whether that has added anything.
  void settle(std::uint16_t port);

  /// Compares all tickets ever created.
  void check_all(std::uint16_t port);

  [[nodiscard]] const std::vector<known_ticket>& tickets() const noexcept {
    return tickets_;
  }
  [[nodiscard]] std::size_t message_count() const noexcept {
    return message_count_;
  }
  [[nodiscard]] std::size_t acknowledged() const noexcept {
    return acknowledged_;
  }
  /// Answers with status 503, each with a `Retry-After`.
  [[nodiscard]] std::size_t refused() const noexcept {
    return refused_;
  }
  /// Whether the connection broke before `stop` in the last `work`.
  [[nodiscard]] bool broke_off() const noexcept {
    return broke_off_;
  }
  /// What was wrong; of very many, the first.
  [[nodiscard]] const std::vector<std::string>& problems() const noexcept {
    return problems_;
  }

private:
  enum class outcome : std::uint8_t { acknowledged, refused, broken, wrong };

  struct operation {
    std::size_t ticket;
    std::optional<std::string> message; ///< its word; nothing: the creation
  };

  std::string next_word();
  operation choose();
  outcome perform(support::http_connection& to, const operation& what);
  outcome judge(const support::http_reply& reply, int wanted,
                const operation& what);
  outcome create(support::http_connection& to, const operation& what);
  outcome say(support::http_connection& to, const operation& what);
  void finish_open_request(support::http_connection& to);
  void resend_some(support::http_connection& to);
  void check(support::http_connection& to, std::size_t ticket);
  void note(std::string problem);

  std::string prefix_;
  std::mt19937_64 random_;
  std::uint64_t serial_ = 0;
  std::vector<known_ticket> tickets_;
  std::optional<operation> open_;           ///< sent, and not acknowledged
  const std::atomic<bool>* stop_ = nullptr; ///< while it works
  std::set<std::size_t> touched_; ///< tickets, since the last `settle`
  std::size_t message_count_ = 0;
  std::size_t acknowledged_ = 0;
  std::size_t refused_ = 0;
  bool broke_off_ = false;
  std::vector<std::string> problems_;
};

} // namespace switchboard::faults
