#include "persistence/row_cache.hpp"

namespace switchboard::persistence {

namespace {

// What a node of the index costs beside the bytes.
constexpr std::size_t entry_overhead = 112;
constexpr std::size_t value_size_max = std::size_t{16} * 1024;

} // namespace

// -- one part -----------------------------------------------------------------

row_cache::part::part() {
  ends_.older = ends_.newer = &ends_;
}

const row_cache::entry* row_cache::part::find(name row, std::string_view key) {
  const auto found = entries_.find(row);
  if (found == entries_.end())
    return nullptr;
  auto& e = found->second;
  if (std::string_view{e.bytes}.substr(0, e.key_size) != key)
    return nullptr;
  unlink(e);
  link_newest(e);
  return &e;
}

void row_cache::part::keep(name row, std::string_view key,
                           std::string_view value) {
  if (value.size() > value_size_max) {
    drop(row);
    return;
  }
  const auto [place, is_new] = entries_.try_emplace(row);
  auto& e = place->second;
  if (!is_new) {
    bytes -= size_of(e);
    unlink(e);
  }
  e.row = row;
  e.key_size = key.size();
  e.bytes.clear();
  e.bytes.reserve(key.size() + value.size());
  e.bytes.append(key).append(value);
  bytes += size_of(e);
  link_newest(e);
}

void row_cache::part::drop(name row) {
  const auto found = entries_.find(row);
  if (found == entries_.end())
    return;
  bytes -= size_of(found->second);
  unlink(found->second);
  entries_.erase(found);
}

void row_cache::part::shrink_to(std::size_t bytes_max) {
  while (bytes > bytes_max && ends_.newer != &ends_)
    drop(ends_.newer->row);
}

void row_cache::part::unlink(entry& e) noexcept {
  e.older->newer = e.newer;
  e.newer->older = e.older;
}

void row_cache::part::link_newest(entry& e) noexcept {
  e.newer = &ends_;
  e.older = ends_.older;
  e.older->newer = &e;
  ends_.older = &e;
}

// -- the cache ----------------------------------------------------------------

row_cache::row_cache(std::size_t bytes_max)
  : part_bytes_max_(bytes_max >> part_bits) {}

row_cache::name row_cache::name_of(family where,
                                   std::string_view key) noexcept {
  // Mixed once more, since the upper bits choose the part.
  const auto hash = static_cast<std::uint64_t>(
    std::hash<std::string_view>{}(key) + static_cast<std::size_t>(where));
  return hash * 0x9E3779B97F4A7C15U;
}

bool row_cache::get(name row, std::string_view key, std::string& value,
                    ticket& stamp) {
  part& in = part_of(row);
  const std::lock_guard lock{in.mutex};
  stamp = in.stamp;
  const auto* found = in.find(row, key);
  if (found == nullptr)
    return false;
  value.assign(found->bytes, found->key_size);
  return true;
}

void row_cache::put(name row, std::string_view key, std::string_view value,
                    ticket stamp) {
  part& in = part_of(row);
  const std::lock_guard lock{in.mutex};
  if (in.stamp != stamp)
    return;
  in.keep(row, key, value);
  in.shrink_to(part_bytes_max_);
}

void row_cache::update(name row, std::string_view key, std::string_view value) {
  part& in = part_of(row);
  const std::lock_guard lock{in.mutex};
  ++in.stamp;
  in.keep(row, key, value);
  in.shrink_to(part_bytes_max_);
}

void row_cache::forget(name row) {
  part& in = part_of(row);
  const std::lock_guard lock{in.mutex};
  ++in.stamp;
  in.drop(row);
}

std::size_t row_cache::bytes() const {
  std::size_t sum = 0;
  for (const auto& p : parts_) {
    const std::lock_guard lock{p.mutex};
    sum += p.bytes;
  }
  return sum;
}

std::size_t row_cache::size_of(const entry& e) noexcept {
  return entry_overhead + e.bytes.capacity();
}

// -- cached_rows --------------------------------------------------------------

bool cached_rows::get(family where, std::string_view key,
                      std::string& value) const {
  if (!row_cache::keeps(where))
    return store_.get(where, key, value);
  const auto row = row_cache::name_of(where, key);
  row_cache::ticket stamp = 0;
  if (cache_.get(row, key, value, stamp))
    return true;
  if (!store_.get(where, key, value))
    return false;
  cache_.put(row, key, value, stamp);
  return true;
}

} // namespace switchboard::persistence
