#include "tests/support/openapi_lint.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace switchboard::support {

namespace {

namespace json = boost::json;
using names = std::set<std::string, std::less<>>;

constexpr std::array<std::string_view, 5> verbs{"get", "put", "post", "delete",
                                                "patch"};

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string{value.get_string()} : std::string{};
}

names texts_of(const json::value* list) {
  names out;
  if (list != nullptr)
    for (const auto& one : list->as_array())
      out.insert(text_of(one));
  return out;
}

class linter {
public:
  explicit linter(const openapi_check& api)
    : api_{api}, root_{api.document().as_object()} {}

  std::vector<std::string> run() {
    walk(root_, "");
    lint_components();
    for (const auto& [path, item] : root_.at("paths").as_object())
      lint_path(std::string{path}, item.as_object());
    lint_use();
    return std::move(problems_);
  }

private:
  void say(const std::string& where, const std::string& what) {
    problems_.push_back(where + ": " + what);
  }

  void append(const std::string& where, const std::vector<std::string>& more) {
    for (const auto& one : more)
      say(where, one);
  }

  /// Everything that may hold a schema, an example or a reference.
  void walk(const json::value& at, const std::string& where) {
    if (const auto* list = at.if_array()) {
      for (std::size_t i = 0; i < list->size(); ++i)
        walk((*list)[i], where + "/" + std::to_string(i));
      return;
    }
    const auto* object = at.if_object();
    if (object == nullptr)
      return;
    if (const auto* ref = object->if_contains("$ref")) {
      used_.insert(text_of(*ref));
      if (api_.schemas().resolve(at) == nullptr)
        say(where, "leads nowhere: " + json::serialize(*ref));
    }
    if (const auto* schema = object->if_contains("schema"))
      lint_example(*object, *schema, where);
    for (const auto& [name, value] : *object) {
      const bool is_data = name == "example" || name == "examples"
                           || name == "default" || name == "const"
                           || name == "enum";
      if (!is_data || value.is_object())
        walk(value, where + "/" + std::string{name});
    }
  }

  void lint_example(const json::object& holder, const json::value& schema,
                    const std::string& where) {
    append(where, api_.schemas().judge(schema, "schema"));
    if (const auto* example = holder.if_contains("example"))
      append(where + "/example", api_.schemas().check(*example, schema));
  }

  void lint_components() {
    for (const auto& [name, schema] :
         root_.at("components").at("schemas").as_object()) {
      const auto where = "/components/schemas/" + std::string{name};
      append(where, api_.schemas().judge(schema, "schema"));
      const auto& rules = schema.as_object();
      const auto* examples = rules.if_contains("examples");
      const auto* type = rules.if_contains("type");
      if (examples == nullptr && type != nullptr && *type == "object")
        say(where, "has no example");
      if (examples != nullptr)
        for (const auto& example : examples->as_array())
          append(where + "/examples", api_.schemas().check(example, schema));
    }
  }

  void lint_path(const std::string& path, const json::object& item) {
    names wanted;
    static const std::regex parameter{R"(\{([a-z_]+)\})"};
    for (std::sregex_iterator i{path.begin(), path.end(), parameter}, end;
         i != end; ++i)
      wanted.insert((*i)[1]);
    for (const auto verb : verbs) {
      const auto* operation = item.if_contains(verb);
      if (operation == nullptr)
        continue;
      const auto where = std::string{verb} + " " + path;
      const auto& described = operation->as_object();
      if (path_parameters(described) != wanted)
        say(where, "its path's parameters are not those that it describes");
      lint_names(described, where);
      lint_access(described, where);
      lint_answers(described, where, verb);
    }
  }

  [[nodiscard]] names path_parameters(const json::object& operation) const {
    names out;
    if (const auto* list = operation.if_contains("parameters"))
      for (const auto& one : list->as_array())
        if (const auto* found = api_.schemas().resolve(one);
            found != nullptr && found->at("in") == "path")
          out.insert(text_of(found->at("name")));
    return out;
  }

  void lint_names(const json::object& operation, const std::string& where) {
    static const std::regex camel{"[a-z][A-Za-z0-9]+"};
    const auto id = text_of(operation.at("operationId"));
    if (!std::regex_match(id, camel) || !ids_.insert(id).second)
      say(where, "its operationId is no name, or another one's: " + id);
    names known;
    for (const auto& tag : root_.at("tags").as_array())
      known.insert(text_of(tag.at("name")));
    for (const auto& tag : texts_of(operation.if_contains("tags")))
      if (!known.contains(tag))
        say(where, "its tag is not described: " + tag);
    if (text_of(operation.at("summary")).empty())
      say(where, "has no summary");
  }

  void lint_access(const json::object& operation, const std::string& where) {
    const auto* scope = operation.if_contains("x-required-scope");
    const auto* security = operation.if_contains("security");
    if ((scope == nullptr) == (security == nullptr))
      say(where, "needs a scope, or says how it is open");
    if (security != nullptr)
      for (const auto& way : security->as_array())
        for (const auto& [name, scopes] : way.as_object())
          if (!root_.at("components")
                 .at("securitySchemes")
                 .as_object()
                 .contains(name))
            say(where, "its security is not described: " + std::string{name});
    if (scope == nullptr)
      return;
    const auto& all
      = root_.at("components").at("schemas").at("Scope").at("enum");
    if (!texts_of(&all).contains(text_of(*scope)))
      say(where, "its scope is none: " + text_of(*scope));
    const auto* words = operation.if_contains("description");
    const auto sentence = "Scope: `" + text_of(*scope) + "`.";
    if (words == nullptr || text_of(*words).find(sentence) == std::string::npos)
      say(where, "its description does not say: " + sentence);
  }

  void lint_answers(const json::object& operation, const std::string& where,
                    std::string_view verb) {
    const auto& answers = operation.at("responses").as_object();
    std::set<std::string> needed{"default"};
    if (operation.contains("x-required-scope"))
      needed.merge(std::set<std::string>{"401", "403", "429"});
    if (operation.contains("requestBody"))
      needed.merge(std::set<std::string>{"400", "413", "415"});
    if (!path_parameters(operation).empty() && verb != "post")
      needed.insert("404");
    for (const auto& status : needed)
      if (!answers.contains(status))
        say(where, "does not describe " + status);
    if (std::ranges::none_of(
          answers, [](const auto& one) { return one.key().starts_with('2'); }))
      say(where, "describes no success");
  }

  void lint_use() {
    for (const auto* kind : {"schemas", "parameters", "headers", "responses"})
      for (const auto& [name, value] :
           root_.at("components").at(kind).as_object()) {
        const auto pointer
          = "#/components/" + std::string{kind} + "/" + std::string{name};
        // Said of every path, and so of none.
        if (!used_.contains(pointer) && name != "MethodNotAllowed")
          say(pointer, "is used by nobody");
      }
  }

  const openapi_check& api_;
  const json::object& root_;
  names used_;
  names ids_;
  std::vector<std::string> problems_;
};

} // namespace

std::vector<std::string> lint(const openapi_check& api) {
  return linter{api}.run();
}

} // namespace switchboard::support
