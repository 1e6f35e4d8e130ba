#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::channels::json {

/// What is wrong with one field of a request, for the error body's `details`.
struct field_problem {
  std::string field; ///< empty: the body as a whole
  std::string message;

  friend bool operator==(const field_problem&, const field_problem&) = default;
};

/// The fields of one JSON object, taken out of foreign bytes. Parsing refuses
/// what is no JSON object, is nested deeper than `depth_max`, is not UTF-8 or
/// names a field twice. Fields that nobody asks for are ignored, or refused
/// where a typing error must not pass for success.
///
/// The readers below note every problem and go on, so that all wrong fields
/// are reported at once. Strings are copied out; no view outlives the call.
class object_reader {
public:
  static constexpr std::size_t depth_max = 16;

  enum class unknown_fields : bool { ignored, refused };

  /// `known` are the fields that will be asked for.
  object_reader(std::string_view body, std::span<const std::string_view> known,
                unknown_fields others = unknown_fields::ignored);

  /// Whether the body was an object at all; if not, `problems()` says why.
  [[nodiscard]] bool is_object() const noexcept {
    return is_object_;
  }

  /// Bounds of a text field; lengths count code points after trimming.
  struct text_rule {
    std::size_t length_max = 0;
    bool required = true;
    bool one_line = false; ///< refuses control characters
    bool trimmed = true;
  };

  /// A string field. Empty and null count as absent; an absent or wrong field
  /// gives an empty string, and a problem when it was required or wrong.
  std::string text(std::string_view name, const text_rule& rule);

  /// Whether a field is there at all, be it null.
  [[nodiscard]] bool has(std::string_view name) const;
  /// Whether a field is there and null.
  [[nodiscard]] bool is_null(std::string_view name) const;

  /// Nothing when the field is absent or null; a problem when it is something
  /// else than asked for.
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min,
                                      std::int64_t max);
  std::optional<bool> boolean(std::string_view name);
  /// A list of strings, none of them empty, none twice.
  std::optional<std::vector<std::string>>
  texts(std::string_view name, const text_rule& rule, std::size_t count_max);
  /// An object whose values are strings, in the order of the body.
  std::optional<std::vector<std::pair<std::string, std::string>>>
  text_map(std::string_view name, const text_rule& rule, std::size_t count_max);
  /// The fields of an object within; its problems are handed over by `adopt`.
  std::optional<object_reader> object(std::string_view name,
                                      std::span<const std::string_view> known);
  void adopt(std::string_view name, object_reader& inner);

  void refuse(std::string_view field, std::string message);

  /// In the order of their discovery; empty when all is well.
  [[nodiscard]] std::vector<field_problem>& problems() noexcept {
    return problems_;
  }

private:
  enum class kind : unsigned char { absent, null, text, other };

  /// `value` is the text, or the JSON of something else.

  struct slot {
    std::string_view name;
    kind what = kind::absent;
    bool repeated = false;
    std::string value;
  };

  void read(std::string_view body);
  slot* find(std::string_view name);
  [[nodiscard]] const slot* find(std::string_view name) const;
  /// The slot, unless the field is absent or null.
  slot* given(std::string_view name);
  std::string check(std::string_view field, std::string&& value,
                    const text_rule& rule);

  unknown_fields others_ = unknown_fields::ignored;
  std::vector<slot> slots_;
  std::vector<field_problem> problems_;
  bool is_object_ = false;
};

} // namespace switchboard::channels::json
