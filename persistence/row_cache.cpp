#include "persistence/row_cache.hpp"

namespace switchboard::persistence {

namespace {

// What a list node, an index node and their strings cost beside the bytes.
constexpr std::size_t entry_overhead = 160;

} // namespace

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
  const auto found = in.index.find(row);
  if (found == in.index.end() || found->second->key != key)
    return false;
  in.order.splice(in.order.begin(), in.order, found->second);
  value = found->second->value;
  return true;
}

void row_cache::put(name row, std::string_view key, std::string_view value,
                    ticket stamp) {
  if (value.size() > value_size_max)
    return;
  part& in = part_of(row);
  const std::lock_guard lock{in.mutex};
  if (in.stamp != stamp)
    return;
  if (const auto found = in.index.find(row); found != in.index.end())
    remove(in, found->second);
  in.order.push_front({row, std::string{key}, std::string{value}});
  in.index.emplace(row, in.order.begin());
  in.bytes += size_of(in.order.front());
  while (in.bytes > part_bytes_max_ && !in.order.empty())
    remove(in, std::prev(in.order.end()));
}

void row_cache::forget(std::span<const name> rows) {
  for (const name row : rows) {
    part& in = part_of(row);
    const std::lock_guard lock{in.mutex};
    ++in.stamp;
    if (const auto found = in.index.find(row); found != in.index.end())
      remove(in, found->second);
  }
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
  return entry_overhead + e.key.size() + e.value.size();
}

void row_cache::remove(part& from, entries::iterator which) {
  from.bytes -= size_of(*which);
  from.index.erase(which->row);
  from.order.erase(which);
}

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
