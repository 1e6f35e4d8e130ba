#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace switchboard::support {

/// Holds JSON against schemas: as much of JSON Schema 2020-12 as the API's
/// description uses, and strictly. A keyword that is not known here is a fault
/// of the schema, so nothing goes unchecked in silence.
///
/// Known are type, properties, required, additionalProperties, items, enum,
/// const, format (date-time, uuid, uri, int64), minimum, maximum, minLength,
/// maxLength, pattern, minItems, maxItems, uniqueItems, oneOf, anyOf, allOf and
/// $ref to places in the same document; and the annotations title, description,
/// default and examples. Lengths count code points.
///
/// Only reads; the document must outlive it.
class json_schema {
public:
  /// What of an object is not in `properties`, when the schema says nothing
  /// about such members: the standard allows it, the tests of our own answers
  /// do not. A schema without `properties` lets everything pass either way.
  enum class unlisted { allowed, refused };

  /// `document` is where `$ref` looks.
  json_schema(const boost::json::value& document, unlisted members)
    : document_{document}, members_{members} {}

  /// What is wrong with a schema as such, each as `<where>: <what>`; with what
  /// it contains, but not with what it refers to.
  [[nodiscard]] std::vector<std::string> judge(const boost::json::value& schema,
                                               const std::string& where) const;

  /// What is wrong with `instance`, each as `<pointer>: <what>`.
  [[nodiscard]] std::vector<std::string>
  check(const boost::json::value& instance,
        const boost::json::value& schema) const;

  /// Follows `$ref` as long as there is one, in a schema or in anything else of
  /// the document; null when it leads nowhere or in a circle.
  [[nodiscard]] const boost::json::value*
  resolve(const boost::json::value& at) const;

private:
  const boost::json::value& document_;
  unlisted members_;
};

/// Whether `text` has the format; false for a format that is not known.
bool has_format(std::string_view text, std::string_view format);

} // namespace switchboard::support
