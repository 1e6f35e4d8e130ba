#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace switchboard::persistence {

/// Appends Protobuf fields to a string. The stored records are written by hand
/// because they are the hottest bytes of the engine: domain values go straight
/// into their final place, without message objects between. The bytes are the
/// ones that protoc's code would write for the same fields in ascending order;
/// the golden files and the codec tests hold both against each other.
class wire_writer {
public:
  explicit wire_writer(std::string& out) noexcept : out_(out) {}

  /// A varint; left out when 0, as proto3 does.
  void number(std::uint32_t field, std::uint64_t value) {
    if (value != 0)
      number_always(field, value);
  }

  /// A varint with presence (`optional` in the schema).
  void number_always(std::uint32_t field, std::uint64_t value) {
    varint(field << 3U);
    varint(value);
  }

  /// A `fixed64`; left out when 0.
  void fixed(std::uint32_t field, std::uint64_t value);

  /// A `string` or `bytes`; left out when empty.
  void text(std::uint32_t field, std::string_view value) {
    if (!value.empty())
      element(field, value);
  }

  /// A length-delimited field that is written even when empty: an embedded
  /// message that is encoded already, or an element of a list.
  void element(std::uint32_t field, std::string_view value) {
    varint((field << 3U) | 2U);
    varint(value.size());
    out_.append(value);
  }

  /// An embedded message whose fields `body(*this)` writes.
  template <class Body>
  void nested(std::uint32_t field, Body body) {
    varint((field << 3U) | 2U);
    const std::size_t at = out_.size();
    out_.push_back('\0');
    body(*this);
    set_length(at);
  }

private:
  void varint(std::uint64_t value) {
    std::array<char, 10> bytes{};
    std::size_t size = 0;
    while (value >= 0x80U) {
      bytes[size++] = static_cast<char>(value | 0x80U);
      value >>= 7U;
    }
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes.data(), size);
  }

  void set_length(std::size_t at);

  std::string& out_;
};

/// Walks over the fields of a Protobuf message. Total on hostile bytes: it
/// never reads outside its view, and says `damaged` where a field is cut off,
/// has a wire type that does not exist, or was asked for as what it is not.
///
///   while (in.next())
///     switch (in.field()) { case 1: x = in.number(); break; … }
///   if (in.damaged()) …
class wire_reader {
public:
  explicit wire_reader(std::string_view bytes) noexcept : rest_(bytes) {}

  /// Moves to the next field; false at the end and on damage.
  bool next() noexcept;

  [[nodiscard]] std::uint32_t field() const noexcept {
    return field_;
  }

  /// The value of a varint or fixed field.
  [[nodiscard]] std::uint64_t number() noexcept {
    damaged_ = damaged_ || is_bytes_;
    return number_;
  }

  /// The value of a length-delimited field.
  [[nodiscard]] std::string_view bytes() noexcept {
    damaged_ = damaged_ || !is_bytes_;
    return bytes_;
  }

  /// For checks of the caller's own: a value that cannot be.
  void mark_damaged() noexcept {
    damaged_ = true;
  }

  [[nodiscard]] bool damaged() const noexcept {
    return damaged_;
  }

private:
  bool take_varint(std::uint64_t& value) noexcept;
  bool take_fixed(std::size_t size) noexcept;
  bool take_bytes() noexcept;

  std::string_view rest_;
  std::string_view bytes_;
  std::uint64_t number_ = 0;
  std::uint32_t field_ = 0;
  bool is_bytes_ = false;
  bool damaged_ = false;
};

} // namespace switchboard::persistence
