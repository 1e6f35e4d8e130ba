#include "tests/simulators/telegram_facts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace switchboard::simulators::telegram {

namespace {

namespace json = boost::json;

constexpr std::string_view array_of = "Array of ";

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

std::string text_of(const json::string& from) {
  return {from.data(), from.size()};
}

bool is_plain(std::string_view type) {
  return type == "Integer" || type == "Float" || type == "String"
         || type == "Boolean" || type == "True" || type == "InputFile";
}

bool fits_plain(const json::value& value, std::string_view type) {
  if (type == "Integer")
    return value.is_int64() || value.is_uint64();
  if (type == "Float")
    return value.is_number();
  if (type == "Boolean")
    return value.is_bool();
  if (type == "True")
    return value.is_bool() && value.get_bool();
  return value.is_string();
}

/// A parameter of a form as one of the types that it may have.
std::optional<json::value> from_text(const std::string& text,
                                     const json::array& types) {
  for (const auto& one : types) {
    const auto type = text_of(one.get_string());
    if (type == "Integer") {
      std::int64_t number = 0;
      const auto* end = text.data() + text.size();
      const auto [at, ec] = std::from_chars(text.data(), end, number);
      if (ec == std::errc{} && at == end)
        return json::value(number);
    } else if (type == "Boolean") {
      if (text == "true" || text == "false" || text == "1" || text == "0")
        return json::value(text == "true" || text == "1");
    } else if (type == "String" || type == "InputFile") {
      return json::value(text);
    } else {
      boost::system::error_code ec;
      auto value = json::parse(text, ec);
      if (!ec)
        return value;
    }
  }
  return std::nullopt;
}

std::string names_of(const json::array& types) {
  std::string out;
  for (const auto& one : types)
    out.append(out.empty() ? "" : " or ").append(text_of(one.get_string()));
  return out;
}

std::string why_missing(const std::string& name) {
  if (name == "text")
    return "Bad Request: message text is empty";
  if (name == "message_id")
    return "Bad Request: message identifier is not specified";
  return "Bad Request: " + name + " is empty";
}

} // namespace

facts::facts() {
  const auto text = facts_json();
  root_ = json::parse({text.data(), text.size()});
  for (const auto& [name, parameters] : root_.at("methods").as_object())
    methods_.emplace(lower({name.data(), name.size()}),
                     std::string{name.data(), name.size()});
}

const facts& facts::get() {
  static const facts all;
  return all;
}

std::string facts::method_named(std::string_view name) const {
  const auto at = methods_.find(lower(name));
  return at == methods_.end() ? std::string{} : at->second;
}

checked_call facts::check(const std::string& method,
                          const call_input& input) const {
  checked_call out;
  const auto& known = root_.at("methods").at(method).as_object();
  const auto note_unknown = [&](const std::string& name) {
    if (!known.contains(name))
      out.violations.push_back("unknown parameter " + name);
  };
  for (const auto& [name, value] : input.typed)
    note_unknown({name.data(), name.size()});
  for (const auto& [name, value] : input.text)
    note_unknown(name);
  for (const auto& [name, fact] : known)
    check_one({name.data(), name.size()}, fact.as_object(), input, out);
  return out;
}

void facts::check_one(const std::string& name, const json::object& fact,
                      const call_input& input, checked_call& out) const {
  const auto& types = fact.at("types").as_array();
  std::optional<json::value> value;
  if (const auto* typed = input.typed.if_contains(name)) {
    value = *typed;
  } else if (const auto at = input.text.find(name); at != input.text.end()) {
    value = from_text(at->second, types);
    if (!value) {
      out.violations.push_back(name + ": not " + names_of(types));
      if (out.refusal.empty())
        out.refusal = "Bad Request: can't parse " + name;
      return;
    }
  } else if (input.files.contains(name)) {
    value = "attach://" + name;
    if (std::ranges::find(types, json::value("InputFile")) == types.end())
      out.violations.push_back(name + ": is no file");
  }
  if (!value) {
    if (fact.at("required").as_bool()) {
      out.violations.push_back("missing parameter " + name);
      if (out.refusal.empty())
        out.refusal = why_missing(name);
    }
    return;
  }
  std::vector<std::string> found;
  if (!fits_any(*value, types, name, found)) {
    out.violations.insert(out.violations.end(), found.begin(), found.end());
    if (out.refusal.empty())
      out.refusal = "Bad Request: can't parse " + name;
    return;
  }
  // Members that nobody knows do no harm, but no correct client sends them.
  out.violations.insert(out.violations.end(), found.begin(), found.end());
  out.args[name] = std::move(*value);
}

std::vector<std::string> facts::judge(const json::value& value,
                                      std::string_view type,
                                      const std::string& path) const {
  std::vector<std::string> found;
  fits(value, type, path, found);
  return found;
}

bool facts::fits_any(const json::value& value, const json::array& types,
                     const std::string& path,
                     std::vector<std::string>& found) const {
  std::optional<std::vector<std::string>> tolerated;
  std::vector<std::string> refused;
  for (const auto& one : types) {
    std::vector<std::string> here;
    const auto& name = one.get_string();
    if (fits(value, {name.data(), name.size()}, path, here)) {
      if (!tolerated || here.size() < tolerated->size())
        tolerated = std::move(here);
    } else if (refused.empty()) {
      refused = std::move(here);
    }
  }
  if (!tolerated && types.size() > 1)
    refused = {path + ": not " + names_of(types)};
  const auto& more = tolerated ? *tolerated : refused;
  found.insert(found.end(), more.begin(), more.end());
  return tolerated.has_value();
}

/// False when it cannot be read as that type; what a reader skips is found, but
/// fits.
bool facts::fits(const json::value& value, std::string_view type,
                 const std::string& path,
                 std::vector<std::string>& found) const {
  if (is_plain(type)) {
    if (!fits_plain(value, type))
      found.push_back(path + ": not " + std::string{type});
    return fits_plain(value, type);
  }
  if (type.starts_with(array_of)) {
    if (!value.is_array()) {
      found.push_back(path + ": not " + std::string{type});
      return false;
    }
    auto good = true;
    std::size_t at = 0;
    for (const auto& one : value.get_array())
      good &= fits(one, type.substr(array_of.size()),
                   path + "[" + std::to_string(at++) + "]", found);
    return good;
  }
  if (const auto* union_of = root_.at("unions").as_object().if_contains(
        json::string_view{type.data(), type.size()}))
    return fits_any(value, union_of->as_array(), path, found);
  return fits_object(value, type, path, found);
}

bool facts::fits_object(const json::value& value, std::string_view type,
                        const std::string& path,
                        std::vector<std::string>& found) const {
  const auto* known = root_.at("types").as_object().if_contains(
    json::string_view{type.data(), type.size()});
  if (known == nullptr)
    return true; // beyond the extract
  if (!value.is_object()) {
    found.push_back(path + ": not " + std::string{type});
    return false;
  }
  auto good = true;
  const auto& fields = known->as_object();
  for (const auto& [name, member] : value.get_object()) {
    const std::string_view here{name.data(), name.size()};
    const auto* fact = fields.if_contains(name);
    if (fact == nullptr) {
      found.emplace_back(path).append(": unknown member ").append(here);
      continue;
    }
    auto inner = path;
    inner.append(".").append(here);
    std::vector<std::string> inside;
    good &= fits_any(member, fact->at("types").as_array(), inner, inside);
    found.insert(found.end(), inside.begin(), inside.end());
  }
  for (const auto& [name, fact] : fields) {
    if (fact.at("required").as_bool() && !value.get_object().contains(name)) {
      found.push_back(path + ": missing member "
                      + std::string{name.data(), name.size()});
      good = false;
    }
  }
  return good;
}

} // namespace switchboard::simulators::telegram
