#pragma once

#include "persistence/rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace switchboard::persistence {

/// The rows that were read or written lately, so that a hot ticket costs a
/// tenth of what RocksDB takes to find it. Bounded in bytes, least recently
/// used goes first; it never holds "there is no such row".
///
/// Whoever writes a row calls `update` or `forget` after it is durable and
/// before anybody is told. A reader that found the old value in the store
/// meanwhile may not put it in afterwards, hence the ticket: a stamp that these
/// two make worthless. Thread-safe; 16 parts with a lock each.
class row_cache {
public:
  /// Names a row; of two rows that share one, the later takes the place.
  using name = std::uint64_t;
  using ticket = std::uint64_t;

  explicit row_cache(std::size_t bytes_max);

  /// Whether rows of this family are kept.
  [[nodiscard]] static bool keeps(family where) noexcept {
    return where == family::entities || where == family::messages
           || where == family::unique || where == family::places;
  }

  [[nodiscard]] static name name_of(family where,
                                    std::string_view key) noexcept;

  /// Fills `value` and returns true, or gives the ticket for a later `put`.
  bool get(name row, std::string_view key, std::string& value, ticket& stamp);
  /// The row has been read.
  void put(name row, std::string_view key, std::string_view value,
           ticket stamp);
  /// The row has been written.
  void update(name row, std::string_view key, std::string_view value);
  /// The row has been removed.
  void forget(name row);

  [[nodiscard]] std::size_t bytes() const;

private:
  struct entry {
    std::string bytes; ///< the key, then the value
    std::size_t key_size = 0;
    name row = 0;
    entry* older = nullptr; ///< of a ring, see `part::ends_`
    entry* newer = nullptr;
  };

  class part {
  public:
    part();
    part(const part&) = delete;
    part& operator=(const part&) = delete;
    ~part() = default;

    [[nodiscard]] const entry* find(name row, std::string_view key);
    void keep(name row, std::string_view key, std::string_view value);
    void drop(name row);
    void shrink_to(std::size_t bytes_max);

    mutable std::mutex mutex; ///< for all else
    std::size_t bytes = 0;
    ticket stamp = 0;

  private:
    static void unlink(entry& e) noexcept;
    void link_newest(entry& e) noexcept;

    std::unordered_map<name, entry> entries_;
    entry ends_; ///< stands between the newest, which is older, and the oldest
  };

  static constexpr std::size_t part_bits = 4;

  [[nodiscard]] part& part_of(name row) noexcept {
    return parts_[row >> (64U - part_bits)];
  }

  [[nodiscard]] static std::size_t size_of(const entry& e) noexcept;

  std::size_t part_bytes_max_;
  std::array<part, std::size_t{1} << part_bits> parts_;
};

/// Reads through a cache.
class cached_rows final : public row_reader {
public:
  cached_rows(const row_reader& store, row_cache& cache)
    : store_(store), cache_(cache) {}

  bool get(family where, std::string_view key,
           std::string& value) const override;

  void
  scan(family where, std::string_view from, std::string_view to,
       const std::function<bool(std::string_view, std::string_view)>& visit)
    const override {
    store_.scan(where, from, to, visit);
  }

  void scan_back(family where, std::string_view from, std::string_view to,
                 const std::function<bool(std::string_view, std::string_view)>&
                   visit) const override {
    store_.scan_back(where, from, to, visit);
  }

private:
  const row_reader& store_;
  row_cache& cache_;
};

} // namespace switchboard::persistence
