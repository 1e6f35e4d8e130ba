#include "persistence/batch_builder.hpp"

#include "persistence/deliveries.hpp"
#include "persistence/keys.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace switchboard::persistence {

batch_builder::batch_builder(const row_reader& rows) : rows_(rows) {
  rows.scan_back(
    family::events, {}, {}, [this](std::string_view, std::string_view value) {
      if (const auto block = parse_event_block(value))
        next_offset_ = static_cast<std::uint64_t>(block->last()) + 1;
      return false;
    });
  for (std::size_t kind = 0; kind < newest_.size(); ++kind) {
    const std::string prefix(1, static_cast<char>(kind));
    rows.scan_back(family::entities, prefix, keys::after_prefix(prefix),
                   [&](std::string_view key, std::string_view) {
                     newest_[kind].assign(key);
                     return false;
                   });
  }
  if (rows.get(family::meta, keys::next_delivery, value_))
    next_delivery_ = keys::read_u64(value_);
  summary_.last = domain::offset{next_offset_ - 1};
}

void batch_builder::begin(row_sink& sink, domain::timestamp now) {
  sink_ = &sink;
  now_ = now;
  accepted_ = 0;
  first_offset_ = next_offset_;
  first_delivery_ = next_delivery_;
  block_.begin(domain::offset{next_offset_});
  summary_.lanes.clear();
  summary_.timers.clear();
  // The map's memory goes back as a whole, so the map must be gone before.
  std::destroy_at(&claims_);
  claim_memory_.release();
  std::construct_at(&claims_, &claim_memory_);
}

commit_outcome batch_builder::add(const changes& what) {
  assert(what.entity || what.events.empty());
  if (what.entity && is_stale(what))
    return commit_failure::stale;
  if (!what.claims.empty())
    if (auto taken = find_conflict(what))
      return std::move(*taken);
  committed out;
  out.first = domain::offset{next_offset_};
  out.event_count = static_cast<std::uint32_t>(what.events.size());
  for (const auto& event : what.events)
    block_.add(event.bytes);
  next_offset_ += what.events.size();
  if (what.entity)
    write_entity(*what.entity);
  for (const auto& row : what.rows)
    write_row(row);
  write_claims(what);
  write_deliveries(what, out);
  write_timers(what);
  ++accepted_;
  return out;
}

void batch_builder::end() {
  if (block_.count() > 0)
    sink_->put(family::events, keys::event_block(domain::offset{first_offset_}),
               block_.bytes());
  if (next_delivery_ != first_delivery_)
    sink_->put(family::meta, keys::next_delivery, keys::u64(next_delivery_));
  sequences_.end_batch();
  summary_.last = domain::offset{next_offset_ - 1};
}

bool batch_builder::is_stale(const changes& what) {
  const auto& entity = *what.entity;
  assert(entity.next >= entity.expected);
  auto last = sequences_.find(entity.kind, entity.id);
  if (!last) {
    key_.assign(1, static_cast<char>(entity.kind)).append(entity.id.view());
    last = domain::sequence{};
    // New ids are the highest, mostly: that saves the look.
    if (key_ <= newest_of(entity.kind)
        && rows_.get(family::entities, key_, value_)) {
      last = last_event_of(value_);
      // A state row that cannot be read must not be written over.
      if (!last)
        return true;
    }
  }
  return *last != entity.expected;
}

std::optional<conflict> batch_builder::find_conflict(const changes& what) {
  for (const auto& claim : what.claims) {
    assert(keys::is_key_word(claim.scope));
    key_.assign(claim.scope).push_back('\0');
    key_.append(claim.id);
    if (const auto result = find_claim(key_))
      return conflict{claim.scope, claim.id, std::string{*result}};
  }
  return std::nullopt;
}

std::optional<std::string_view>
batch_builder::find_claim(std::string_view key) {
  if (const auto found = claims_.find(key); found != claims_.end())
    return found->second;
  if (!rows_.get(family::unique, key, value_)
      || keys::has_expired(value_, now_))
    return std::nullopt;
  return keys::after_expiry(value_);
}

std::string_view batch_builder::keep(std::string_view text) {
  if (text.empty())
    return {};
  auto* const copy = static_cast<char*>(claim_memory_.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void batch_builder::write_row(const row_change& row) {
  if (!row.value) {
    sink_->remove(row.where, row.key);
    return;
  }
  sink_->put(row.where, row.key, *row.value);
  // A replayed delivery comes back as a row; its lane must hear of it.
  if (row.where == family::outbox)
    if (const auto parsed = keys::parse_outbox(row.key))
      add_lane(parsed->lane);
}

void batch_builder::add_lane(std::string_view lane) {
  auto& lanes = summary_.lanes;
  if (std::find(lanes.begin(), lanes.end(), lane) == lanes.end())
    lanes.emplace_back(lane);
}

void batch_builder::write_entity(const changes::subject& entity) {
  sequences_.put(entity.kind, entity.id, entity.next);
  key_.assign(1, static_cast<char>(entity.kind)).append(entity.id.view());
  sink_->put(family::entities, key_, entity.state);
  if (auto& newest = newest_of(entity.kind); key_ > newest)
    newest = key_;
}

void batch_builder::write_claims(const changes& what) {
  for (const auto& claim : what.claims) {
    key_.assign(claim.scope).push_back('\0');
    key_.append(claim.id);
    value_.clear();
    keys::append_expiry(value_, claim.expires);
    value_.append(claim.result);
    sink_->put(family::unique, key_, value_);
    claims_.insert_or_assign(keep(key_), keep(claim.result));
  }
}

void batch_builder::write_deliveries(const changes& what, committed& out) {
  out.deliveries.reserve(what.deliveries.size());
  for (const auto& delivery : what.deliveries) {
    assert(keys::is_key_word(delivery.lane));
    const delivery_id id{next_delivery_++};
    out.deliveries.push_back(id);
    key_.assign(delivery.lane).push_back('\0');
    keys::append_u64(key_, static_cast<std::uint64_t>(id));
    value_.clear();
    append_outbox_row(value_, delivery);
    sink_->put(family::outbox, key_, value_);
    add_lane(delivery.lane);
  }
}

void batch_builder::write_timers(const changes& what) {
  for (const auto& timer : what.timers) {
    key_ = keys::timer(timer);
    if (timer.set)
      sink_->put(family::timers, key_, {});
    else
      sink_->remove(family::timers, key_);
    summary_.timers.push_back(timer);
  }
}

} // namespace switchboard::persistence
