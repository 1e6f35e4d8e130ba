#include "api/openapi/document.hpp"

#include "api/openapi/embedded_file.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>

namespace switchboard::api {

namespace {

namespace json = boost::json;

json::object& section(json::object& of, json::string_view name) {
  return of.emplace(name, json::object{}).first->value().as_object();
}

/// Moves the members of `from` into `into`, where none may be yet.
void join(json::object& into, json::object& from) {
  for (auto& [name, value] : from)
    if (!into.emplace(name, std::move(value)).second)
      throw std::logic_error("the API's description defines "
                             + std::string{name} + " twice");
}

void join_part(json::object& document, json::object& part) {
  for (auto& [name, content] : part) {
    if (name == "components")
      for (auto& [kind, members] : content.as_object())
        join(section(section(document, "components"), kind),
             members.as_object());
    else
      join(section(document, name), content.as_object());
  }
}

json::object whole_document() {
  json::object document;
  for (const auto& file : openapi_parts()) {
    const json::string_view text{file.content.data(), file.content.size()};
    auto part = json::parse(text).as_object();
    if (document.empty())
      document = std::move(part);
    else
      join_part(document, part);
  }
  return document;
}

} // namespace

openapi_document::openapi_document() {
  auto document = whole_document();
  // Stands nowhere else, so that the place is found again.
  constexpr std::string_view mark = "\"@public-url@\"";
  document.at("servers").as_array().at(0).as_object()["url"] = "@public-url@";
  const auto text = json::serialize(document);
  const auto at = text.find(mark);
  if (at == std::string::npos || text.find(mark, at + 1) != std::string::npos)
    throw std::logic_error("the API's description must name one server");
  before_url_ = text.substr(0, at);
  after_url_ = text.substr(at + mark.size());
}

std::string openapi_document::text(std::string_view public_url) const {
  const json::string url{public_url.data(), public_url.size()};
  return before_url_ + json::serialize(url) + after_url_;
}

} // namespace switchboard::api
