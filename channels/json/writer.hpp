#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::channels::json {

/// Appends one JSON document to a string, without a tree in between. The caller
/// keeps the nesting right; commas are set by the writer. Not thread-safe.
///
///   writer out{body};
///   out.begin_object().key("ok").boolean(true).end_object();
class writer {
public:
  /// Appends to `out`, which must outlive the writer.
  explicit writer(std::string& out) : out_{&out} {}

  writer& begin_object();
  writer& end_object();
  writer& begin_array();
  writer& end_array();
  /// `name` is one of ours: it is written as it is.
  writer& key(std::string_view name);
  /// The same for a name that came from outside.
  writer& escaped_key(std::string_view name);
  /// Escapes what JSON demands; `text` must be UTF-8.
  writer& string(std::string_view text);
  /// Null when `text` is empty.
  writer& string_or_null(std::string_view text);
  writer& number(std::uint64_t value);
  writer& integer(std::int64_t value);
  /// With up to three digits behind the point; `value` must be finite.
  writer& decimal(double value);
  /// A JSON document as it is.
  writer& raw(std::string_view document);
  writer& boolean(bool value);
  writer& null();

private:
  void separate();

  std::string* out_;
  bool needs_comma_ = false;
};

/// Appends `text` with JSON's escapes, without quotes around it.
void append_escaped(std::string& out, std::string_view text);

} // namespace switchboard::channels::json
