#pragma once

#include "domain/result.hpp"
#include "persistence/batch_builder.hpp"
#include "persistence/rocks_journal.hpp"
#include "persistence/row_cache.hpp"
#include "persistence/rows.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace switchboard::persistence {

/// The RocksDB database of a journal: opening with all its checks, reading,
/// writing one batch. Reads are thread-safe; one thread writes. A read that
/// fails calls `hooks.fatal`: "not found" would be a lie with consequences.
class rocks_store final : public row_reader {
public:
  [[nodiscard]] static domain::result<std::unique_ptr<rocks_store>>
  open(const rocks_journal_options& options, const rocks_journal_hooks& hooks);

  rocks_store(const rocks_store&) = delete;
  rocks_store& operator=(const rocks_store&) = delete;
  ~rocks_store() override;

  bool get(family where, std::string_view key,
           std::string& value) const override;
  void
  scan(family where, std::string_view from, std::string_view to,
       const std::function<bool(std::string_view, std::string_view)>& visit)
    const override;
  void scan_back(family where, std::string_view from, std::string_view to,
                 const std::function<bool(std::string_view, std::string_view)>&
                   visit) const override;

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(family where) const {
    return handles_[static_cast<std::size_t>(where)];
  }

  [[nodiscard]] rocksdb::Status write(rocksdb::WriteBatch& batch, bool sync);

  [[nodiscard]] domain::result<void>
  checkpoint(const std::filesystem::path& folder) const;
  [[nodiscard]] std::optional<std::string> check_files() const;
  [[nodiscard]] std::vector<std::pair<std::string, double>> figures() const;

private:
  explicit rocks_store(std::function<void(std::string)> fatal)
    : fatal_(std::move(fatal)) {}

  /// The version that the store was written by.
  [[nodiscard]] domain::result<std::uint64_t> check_schema(bool fresh);
  [[nodiscard]] domain::result<void> set_schema();
  /// Writes what a store of an older version lacks.
  [[nodiscard]] domain::result<void> upgrade(std::uint64_t from);
  [[nodiscard]] domain::result<void> write_rows(rocksdb::WriteBatch& batch,
                                                bool sync);
  void check_read(const rocksdb::Status& status, family where) const;

  std::function<void(std::string)> fatal_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

/// A batch that is being built. The rows of one family stand together, so that
/// RocksDB's insertions stay within one skip list while it is in the cache; the
/// bytes are those of a WriteBatch (drawn in rocksdb's write_batch.cc):
///
///   sequence (8, given later) | count (4, little-endian) | records
///   record: 5 | family id | size | key | size | value    (sizes are varints)
///           4 | family id | size | key                   (a removal)
class rocks_batch final : public row_sink {
public:
  explicit rocks_batch(const rocks_store& store);

  void put(family where, std::string_view key, std::string_view value) override;
  void remove(family where, std::string_view key) override;

  /// The finished batch. Begin the next one with `clear`.
  [[nodiscard]] rocksdb::WriteBatch take();

  [[nodiscard]] std::size_t bytes() const noexcept;
  void clear();

  /// Tells a cache of the batch's rows, taken or not; they must be durable.
  void show(row_cache& cache) const;

private:
  /// A row that a cache may hold, as a place in `records_`.
  struct touched_row {
    family where{};
    bool removed = false;
    std::size_t key_at = 0;
    std::size_t key_size = 0;
    std::size_t value_at = 0;
    std::size_t value_size = 0;
  };

  std::array<std::string, family_count> records_;
  std::array<std::uint32_t, family_count> ids_{};
  std::vector<touched_row> touched_;
  std::uint32_t count_ = 0;
};

} // namespace switchboard::persistence
