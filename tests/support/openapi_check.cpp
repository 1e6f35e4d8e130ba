#include "tests/support/openapi_check.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace switchboard::support {

namespace {

namespace json = boost::json;
using boost::beast::http::verb;
using problem_list = std::vector<std::string>;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> methods{{
  {"get", "GET"},
  {"put", "PUT"},
  {"post", "POST"},
  {"delete", "DELETE"},
  {"patch", "PATCH"},
  {"options", "OPTIONS"},
}};
constexpr std::array transport_statuses{408, 413, 414, 431, 500};
constexpr const char* responses = "#/components/responses/";

std::string lower_name(verb method) {
  auto name = std::string{
    boost::beast::http::to_string(method == verb::head ? verb::get : method)};
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

/// The parts between slashes; the first one is what stands before the first.
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return out;
    path.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{') || segment.starts_with(':');
}

/// How well a template fits a path: -1 not at all, else more is better, where
/// words before parameters decide.
int fit(std::string_view pattern, std::string_view path) {
  const auto wanted = segments_of(pattern);
  const auto given = segments_of(path);
  if (wanted.size() != given.size())
    return -1;
  int quality = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool open = is_parameter(wanted[i]);
    if (open ? given[i].empty() : wanted[i] != given[i])
      return -1;
    quality = quality * 2 + (open ? 0 : 1);
  }
  return quality;
}

/// One answer held against what stands under `responses`.
class answer_judge {
public:
  answer_judge(const json_schema& schemas, const http_reply& reply, bool bare)
    : schemas_{schemas}, reply_{reply}, bare_{bare} {}

  void judge(const json::value& described) {
    const auto* answer = schemas_.resolve(described);
    if (answer == nullptr || !answer->is_object()) {
      problems.push_back("its description leads nowhere");
      return;
    }
    if (const auto* headers = answer->get_object().if_contains("headers"))
      for (const auto& [name, header] : headers->as_object())
        judge_header(std::string{name}, header);
    if (bare_)
      return;
    const auto* content = answer->get_object().if_contains("content");
    if (content != nullptr)
      judge_body(content->as_object());
    else if (!reply_.body.empty())
      problems.push_back("has a body where none is described");
  }

  problem_list problems;

private:
  void judge_header(const std::string& name, const json::value& described) {
    const auto* header = schemas_.resolve(described);
    if (header == nullptr)
      return;
    const auto& rules = header->as_object();
    if (reply_.header_count(name) == 0) {
      const auto* required = rules.if_contains("required");
      if (required != nullptr && required->as_bool())
        problems.push_back("lacks the header " + name);
      return;
    }
    const auto text = reply_.header(name);
    const auto& schema = rules.at("schema");
    check(schema, value_of(text, schema), "the header " + name);
  }

  /// A header's text as the type that its schema wants.
  static json::value value_of(const std::string& text,
                              const json::value& schema) {
    const auto* rules = schema.if_object();
    const auto* type = rules != nullptr ? rules->if_contains("type") : nullptr;
    std::int64_t number = 0;
    const auto [stop, error]
      = std::from_chars(text.data(), text.data() + text.size(), number);
    if (type != nullptr && *type == "integer" && error == std::errc{}
        && stop == text.data() + text.size())
      return number;
    return json::string{text};
  }

  void judge_body(const json::object& content) {
    const auto header = reply_.header("Content-Type");
    const auto type = header.substr(0, header.find(';'));
    const auto* media = content.if_contains(type);
    if (media == nullptr)
      media = content.if_contains("*/*");
    if (media == nullptr) {
      problems.push_back("its content type '" + type + "' is not described");
      return;
    }
    const auto* schema = media->as_object().if_contains("schema");
    if (schema == nullptr)
      return;
    if (type != "application/json") {
      check(*schema, json::string{reply_.body}, "the body");
      return;
    }
    boost::system::error_code wrong;
    const auto body = json::parse(reply_.body, wrong);
    if (wrong)
      problems.push_back("its body is no JSON: " + wrong.message());
    else
      check(*schema, body, "the body");
  }

  void check(const json::value& schema, const json::value& value,
             const std::string& what) {
    for (const auto& one : schemas_.check(value, schema))
      problems.emplace_back(what).append(" ").append(one);
  }

  const json_schema& schemas_;
  const http_reply& reply_;
  bool bare_;
};

} // namespace

std::string without_parameter_names(std::string_view path) {
  std::string out;
  for (const auto segment : segments_of(path)) {
    out += out.empty() && segment.empty() ? "" : "/";
    out += is_parameter(segment) ? "{}" : std::string{segment};
  }
  return out;
}

openapi_check::openapi_check(json::value document)
  // In braces it would become an array of one.
  : document_(std::move(document)),
    schemas_{document_, json_schema::unlisted::refused} {
  for (const auto& [path, item] : document_.at("paths").as_object())
    for (const auto& [key, name] : methods)
      if (item.as_object().contains(key))
        operations_.insert({std::string{name}, without_parameter_names(
                                                 {path.data(), path.size()})});
}

openapi_check::place openapi_check::find_path(std::string_view target) const {
  const auto path = target.substr(0, target.find_first_of("?#"));
  place best;
  int best_fit = -1;
  for (const auto& [pattern, item] : document_.at("paths").as_object()) {
    const auto here = fit({pattern.data(), pattern.size()}, path);
    if (here > best_fit) {
      best_fit = here;
      best.item = &item.as_object();
      best.path = pattern;
    }
  }
  return best;
}

std::string openapi_check::allowed_methods(const place& at) const {
  std::vector<std::string> names;
  for (const auto& [key, name] : methods) {
    if (!at.item->contains(key))
      continue;
    names.emplace_back(name);
    if (key == "get")
      names.emplace_back("HEAD");
  }
  std::ranges::sort(names);
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

problem_list openapi_check::judge_foreign(const place& at,
                                          const http_reply& reply) const {
  const bool is_path = at.item != nullptr;
  problem_list problems;
  const auto wanted = is_path ? 405 : 404;
  const bool is_transport = std::ranges::find(transport_statuses, reply.status)
                            != transport_statuses.end();
  if (reply.status != wanted && !is_transport && reply.status != 400)
    problems.push_back("no such operation is described");
  if (reply.status == 405 && is_path
      && reply.header("Allow") != allowed_methods(at))
    problems.push_back("allows '" + reply.header("Allow") + "', described are '"
                       + allowed_methods(at) + "'");
  const char* name = reply.status == 404   ? "NotFound"
                     : reply.status == 405 ? "MethodNotAllowed"
                     : reply.status == 400 ? "BadRequest"
                                           : "Error";
  answer_judge judge{schemas_, reply, reply.body.empty()};
  judge.judge(json::object{{"$ref", std::string{responses} + name}});
  problems.insert(problems.end(), judge.problems.begin(), judge.problems.end());
  return problems;
}

problem_list openapi_check::judge(verb method, std::string_view target,
                                  const http_reply& reply) const {
  if (reply.status == 0)
    return {};
  const auto at = find_path(target);
  const auto* operation
    = at.item != nullptr ? at.item->if_contains(lower_name(method)) : nullptr;
  problem_list problems;
  if (operation == nullptr) {
    problems = judge_foreign(at, reply);
  } else {
    const auto& described = operation->at("responses").as_object();
    const auto* answer = described.if_contains(std::to_string(reply.status));
    if (answer == nullptr
        && std::ranges::find(transport_statuses, reply.status)
             != transport_statuses.end())
      answer = described.if_contains("default");
    if (answer == nullptr) {
      problems.push_back("this status is not described");
    } else {
      answer_judge judge{schemas_, reply, method == verb::head};
      judge.judge(*answer);
      problems = std::move(judge.problems);
    }
  }
  const auto where = std::string{boost::beast::http::to_string(method)} + " "
                     + std::string{target} + " ("
                     + (at.item != nullptr ? at.path : "no path") + ") -> "
                     + std::to_string(reply.status) + ": ";
  for (auto& problem : problems)
    problem.insert(0, where);
  return problems;
}

} // namespace switchboard::support
