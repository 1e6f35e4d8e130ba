#pragma once

#include <simdjson.h>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reading Telegram's JSON; for the sources of this folder only.
namespace switchboard::channels::telegram {

/// Far deeper than any update, and little enough to walk through.
inline constexpr std::size_t json_depth_max = 64;

/// Parses into this thread's document, which lives until the next call.
simdjson::error_code parse_json(std::string_view body,
                                simdjson::dom::element& root);

/// Why `code` happened, for people.
std::string_view explain_json(simdjson::error_code code);

/// The fields of one JSON object. The first one that is missing or of another
/// type than asked for is noted in `problem`, which all readers of one document
/// share; what they return from then on is of no use. A null is no field.
class json_fields {
public:
  json_fields(simdjson::dom::object object, std::string& problem)
    : object_{object}, problem_{&problem} {}

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::string& problem() const noexcept {
    return *problem_;
  }

  [[nodiscard]] std::int64_t integer(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t>
  find_integer(std::string_view name) const;
  /// 0 when absent; what is out of range is noted.
  [[nodiscard]] std::uint32_t find_count(std::string_view name) const;
  [[nodiscard]] double number(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const; ///< false when absent

  /// An identifier: noted when it is missing, empty or longer than `size_max`
  /// bytes, since a part of one names something else.
  [[nodiscard]] std::string identifier(std::string_view name,
                                       std::size_t size_max) const;
  /// Words for people: repaired, and clipped to `length_max` code points; empty
  /// when absent.
  [[nodiscard]] std::string words(std::string_view name,
                                  std::size_t length_max) const;

  [[nodiscard]] json_fields object(std::string_view name) const;
  [[nodiscard]] std::optional<json_fields>
  find_object(std::string_view name) const;
  /// Empty when absent.
  [[nodiscard]] std::optional<simdjson::dom::array>
  find_array(std::string_view name) const;

  /// An element of an array as an object.
  [[nodiscard]] json_fields item(simdjson::dom::element element,
                                 std::string_view name) const;

  [[nodiscard]] simdjson::dom::object raw() const noexcept {
    return object_;
  }

private:
  void note(std::string_view name, std::string_view what) const;
  [[nodiscard]] std::optional<simdjson::dom::element>
  find(std::string_view name) const;

  simdjson::dom::object object_;
  std::string* problem_;
};

} // namespace switchboard::channels::telegram
