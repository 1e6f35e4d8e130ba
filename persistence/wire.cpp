#include "persistence/wire.hpp"

#include <array>

namespace switchboard::persistence {

namespace {

constexpr std::uint32_t field_max = (1U << 29U) - 1;

} // namespace

void wire_writer::fixed(std::uint32_t field, std::uint64_t value) {
  if (value == 0)
    return;
  varint((field << 3U) | 1U);
  std::array<char, sizeof(value)> bytes{};
  for (std::size_t i = 0; i < sizeof(value); ++i)
    bytes[i] = static_cast<char>(value >> (8U * i));
  out_.append(bytes.data(), bytes.size());
}

void wire_writer::set_length(std::size_t at) {
  std::size_t size = out_.size() - at - 1;
  if (size < 0x80U) {
    out_[at] = static_cast<char>(size);
    return;
  }
  std::array<char, 10> bytes{};
  std::size_t used = 0;
  for (; size >= 0x80U; size >>= 7U)
    bytes[used++] = static_cast<char>(size | 0x80U);
  bytes[used++] = static_cast<char>(size);
  out_.replace(at, 1, bytes.data(), used);
}

bool wire_reader::next() noexcept {
  if (rest_.empty() || damaged_)
    return false;
  std::uint64_t tag = 0;
  bool ok = take_varint(tag) && (tag >> 3U) >= 1 && (tag >> 3U) <= field_max;
  if (ok) {
    field_ = static_cast<std::uint32_t>(tag >> 3U);
    is_bytes_ = false;
    switch (tag & 7U) {
      case 0: ok = take_varint(number_); break;
      case 1: ok = take_fixed(8); break;
      case 2: ok = take_bytes(); break;
      case 5: ok = take_fixed(4); break;
      default: ok = false;
    }
  }
  damaged_ = !ok;
  return ok;
}

bool wire_reader::take_varint(std::uint64_t& value) noexcept {
  value = 0;
  for (std::size_t i = 0; i < 10 && i < rest_.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(rest_[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << (7U * i);
    if (byte < 0x80U) {
      rest_.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool wire_reader::take_fixed(std::size_t size) noexcept {
  if (rest_.size() < size)
    return false;
  number_ = 0;
  for (std::size_t i = size; i-- > 0;)
    number_ = (number_ << 8U) | static_cast<std::uint8_t>(rest_[i]);
  rest_.remove_prefix(size);
  return true;
}

bool wire_reader::take_bytes() noexcept {
  std::uint64_t size = 0;
  if (!take_varint(size) || size > rest_.size())
    return false;
  is_bytes_ = true;
  bytes_ = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

} // namespace switchboard::persistence
