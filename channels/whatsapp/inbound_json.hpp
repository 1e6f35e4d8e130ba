#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reading other people's JSON, which has many shapes; for the sources of this
/// folder only.
namespace switchboard::channels::whatsapp {

/// A place in a document, or nowhere: asking on from nowhere is nowhere, so
/// that a path is read in one go. A null is nowhere. Views its document.
class json_node {
public:
  json_node() = default;
  explicit json_node(simdjson::dom::element element) : element_{element} {}

  /// The field; nowhere, too, when this is no object.
  [[nodiscard]] json_node operator[](std::string_view name) const;
  /// The first of the fields that is somewhere.
  template <class... Names>
  [[nodiscard]] json_node
  first(std::string_view name, const Names&... more) const {
    const auto found = (*this)[name];
    if constexpr (sizeof...(more) == 0)
      return found;
    else
      return found ? found : first(more...);
  }
  /// Whether there is a field, be it null.
  [[nodiscard]] bool has(std::string_view name) const;

  [[nodiscard]] explicit operator bool() const noexcept {
    return element_.has_value();
  }
  [[nodiscard]] bool is_object() const noexcept;
  [[nodiscard]] bool is_array() const noexcept;
  [[nodiscard]] bool is_string() const noexcept;

  /// Empty when it is no string.
  [[nodiscard]] std::string_view string() const;
  /// A number, a string of digits, or a long one in two halves
  /// (`{"low", "high"}`), as JavaScript writes them.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<double> number() const;
  /// `true`, `"true"` or 1.
  [[nodiscard]] bool flag() const;
  /// The elements of an array, or of anything else that is there the one;
  /// beyond `items_max` they are left out.
  [[nodiscard]] std::vector<json_node> items() const;
  /// The elements of an array of bytes; empty when one is none, or there are
  /// more than `size_max`.
  [[nodiscard]] std::string bytes(std::size_t size_max) const;
  /// The fields of an object.
  [[nodiscard]] std::vector<std::pair<std::string_view, json_node>>
  fields() const;

  static constexpr std::size_t items_max = 10'000;

private:
  std::optional<simdjson::dom::element> element_;
};

/// A parsed document. Small ones share a parser of the thread, so only one may
/// be alive in a thread at a time.
class json_document {
public:
  /// Half a surrogate pair (`"\ud83d"`) is read as U+FFFD; JavaScript makes
  /// such where it cuts a text. False when `body` is no JSON, no UTF-8 or
  /// nested too deeply.
  bool parse(std::string_view body);

  [[nodiscard]] json_node root() const {
    return root_;
  }

private:
  simdjson::error_code read(std::string_view body);

  std::unique_ptr<simdjson::dom::parser> own_;
  json_node root_;
};

} // namespace switchboard::channels::whatsapp
