#pragma once

#include "domain/time.hpp"
#include "persistence/event_block.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"
#include "persistence/sequence_cache.hpp"

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>

namespace switchboard::persistence {

/// Where a batch's rows go.
class row_sink {
public:
  virtual ~row_sink() = default;
  virtual void put(family where, std::string_view key, std::string_view value)
    = 0;
  virtual void remove(family where, std::string_view key) = 0;
};

/// The rules of a commit, shared by every journal: checks the expected sequence
/// and the unique claims of each `changes` against the store and against the
/// batch so far, gives offsets and delivery ids, and turns what passes into
/// rows. What is refused leaves no trace.
///
///   begin(sink, now) → add(changes)… → end() → the sink's rows become durable
///
/// Every batch that ends must become durable (or the process must end): the
/// counters and the cache have moved on. Used by one thread at a time.
class batch_builder {
public:
  /// Reads the counters from `rows`, which must outlive this.
  explicit batch_builder(const row_reader& rows);

  void begin(row_sink& sink, domain::timestamp now);

  /// `committed` holds from the moment when the batch is durable.
  commit_outcome add(const changes& what);

  /// Writes the rows that belong to the batch as a whole.
  void end();

  /// Whether the batch has anything to write.
  [[nodiscard]] bool empty() const noexcept {
    return accepted_ == 0;
  }

  [[nodiscard]] std::size_t accepted() const noexcept {
    return accepted_;
  }

  [[nodiscard]] std::uint64_t event_count() const noexcept {
    return block_.count();
  }

  /// After `end`: what the batch handler is told.
  [[nodiscard]] const batch_summary& summary() const noexcept {
    return summary_;
  }

private:
  [[nodiscard]] bool is_stale(const changes& what);
  [[nodiscard]] std::optional<conflict> find_conflict(const changes& what);
  [[nodiscard]] std::optional<std::string_view>
  find_claim(std::string_view key);
  [[nodiscard]] std::string& newest_of(domain::entity_kind kind) {
    return newest_.at(static_cast<std::size_t>(kind));
  }
  [[nodiscard]] std::string_view keep(std::string_view text);
  void write_row(const row_change& row);
  void add_lane(std::string_view lane);
  void write_entity(const changes::subject& entity);
  void write_claims(const changes& what);
  void write_deliveries(const changes& what, committed& out);
  void write_timers(const changes& what);

  const row_reader& rows_;
  row_sink* sink_ = nullptr;
  domain::timestamp now_{};
  sequence_cache sequences_;
  // The highest key of each kind of entity: what is above it does not exist.
  std::array<std::string, 16> newest_;
  std::uint64_t next_offset_ = 1;
  std::uint64_t next_delivery_ = 1;
  std::uint64_t first_offset_ = 1;
  std::uint64_t first_delivery_ = 1;
  std::size_t accepted_ = 0;
  event_block_builder block_;
  batch_summary summary_;
  // Claims of the running batch; the memory is reused from batch to batch.
  std::array<std::byte, 65536> claim_space_;
  std::pmr::monotonic_buffer_resource claim_memory_{claim_space_.data(),
                                                    claim_space_.size()};
  std::pmr::unordered_map<std::string_view, std::string_view> claims_{
    &claim_memory_};
  std::string key_;
  std::string value_;
};

} // namespace switchboard::persistence
