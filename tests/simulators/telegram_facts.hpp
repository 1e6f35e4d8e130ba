#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators::telegram {

/// A file in a multipart body.
struct uploaded_file {
  std::string name;
  std::string mime;
  std::string bytes;
};

using uploads = std::map<std::string, uploaded_file, std::less<>>;

/// What a call brings, before anybody has looked at it.
struct call_input {
  boost::json::object typed;                            ///< of a JSON body
  std::map<std::string, std::string, std::less<>> text; ///< of forms, queries
  uploads files;
};

/// A call's parameters after the check.
struct checked_call {
  boost::json::object args;
  /// What no correct client sends, in words.
  std::vector<std::string> violations;
  /// The answer's description when there can be no other; else empty.
  std::string refusal;
};

/// The extract of the Bot API's description in tests/golden/telegram. Only
/// reads; any thread.
class facts {
public:
  facts();
  static const facts& get();

  /// The method's proper name for a name in any case, or empty.
  [[nodiscard]] std::string method_named(std::string_view name) const;
  [[nodiscard]] checked_call check(const std::string& method,
                                   const call_input& input) const;

  /// What is wrong with a value of a type, each as `<path>: <what>`.
  [[nodiscard]] std::vector<std::string> judge(const boost::json::value& value,
                                               std::string_view type,
                                               const std::string& path) const;

private:
  bool fits(const boost::json::value& value, std::string_view type,
            const std::string& path, std::vector<std::string>& found) const;
  bool fits_object(const boost::json::value& value, std::string_view type,
                   const std::string& path,
                   std::vector<std::string>& found) const;
  bool fits_any(const boost::json::value& value,
                const boost::json::array& types, const std::string& path,
                std::vector<std::string>& found) const;
  void check_one(const std::string& name, const boost::json::object& fact,
                 const call_input& input, checked_call& out) const;

  boost::json::value root_;
  std::map<std::string, std::string, std::less<>> methods_; ///< by lower case
};

/// The texts that are built into the program.
std::string_view facts_json();
std::string_view page_html();

} // namespace switchboard::simulators::telegram
