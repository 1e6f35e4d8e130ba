#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::channels::json {

/// What is wrong with one field of a request, for the error body's `details`.
struct field_problem {
  std::string field; ///< empty: the body as a whole
  std::string message;

  friend bool operator==(const field_problem&, const field_problem&) = default;
};

/// The fields of one flat JSON object, taken out of foreign bytes. Parsing
/// refuses what is no JSON object, is nested deeper than `depth_max`, is not
/// UTF-8 or names a field twice. Fields that nobody asks for are ignored.
///
/// The readers below note every problem and go on, so that all wrong fields
/// are reported at once. Strings are copied out; no view outlives the call.
class object_reader {
public:
  static constexpr std::size_t depth_max = 16;

  /// `known` are the fields that will be asked for.
  object_reader(std::string_view body, std::span<const std::string_view> known);

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

  void refuse(std::string_view field, std::string message);

  /// In the order of their discovery; empty when all is well.
  [[nodiscard]] std::vector<field_problem>& problems() noexcept {
    return problems_;
  }

private:
  enum class kind : unsigned char { absent, null, text, other };

  struct slot {
    std::string_view name;
    kind what = kind::absent;
    bool repeated = false;
    std::string value;
  };

  void read(std::string_view body);
  slot* find(std::string_view name);

  std::vector<slot> slots_;
  std::vector<field_problem> problems_;
  bool is_object_ = false;
};

} // namespace switchboard::channels::json
