#pragma once

#include "domain/ids.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace switchboard::persistence {

/// The last sequences of the entities that committed lately, so that the writer
/// rarely reads a state row. Direct-mapped: an entity has one slot, and whoever
/// came last sits in it. Entities of the running batch are never forgotten,
/// since the store does not know them yet: the ones that lose their slot wait
/// aside until `end_batch`. Bounded memory (48 bytes a slot). One thread.
class sequence_cache {
public:
  explicit sequence_cache(std::size_t slots_log2 = 14)
    : mask_((std::size_t{1} << slots_log2) - 1), slots_(mask_ + 1) {}

  [[nodiscard]] std::optional<domain::sequence>
  find(domain::entity_kind kind, const domain::uuid& id) const {
    const slot& s = slots_[index_of(id)];
    if (s.used && s.kind == kind && s.id == id)
      return s.last;
    if (aside_.empty())
      return std::nullopt;
    const auto found = aside_.find(id);
    return found != aside_.end() && found->second.kind == kind
             ? std::optional{found->second.last}
             : std::nullopt;
  }

  void put(domain::entity_kind kind, const domain::uuid& id,
           domain::sequence last) {
    slot& s = slots_[index_of(id)];
    if (s.used && s.batch == batch_ && s.id != id)
      aside_.insert_or_assign(s.id, s);
    s = {id, last, batch_, kind, true};
  }

  void end_batch() {
    ++batch_;
    aside_.clear();
  }

private:
  struct slot {
    domain::uuid id;
    domain::sequence last{};
    std::uint64_t batch = 0;
    domain::entity_kind kind{};
    bool used = false;
  };

  [[nodiscard]] std::size_t index_of(const domain::uuid& id) const noexcept {
    return std::hash<domain::uuid>{}(id)&mask_;
  }

  std::size_t mask_;
  std::vector<slot> slots_;
  std::unordered_map<domain::uuid, slot> aside_;
  std::uint64_t batch_ = 1;
};

} // namespace switchboard::persistence
