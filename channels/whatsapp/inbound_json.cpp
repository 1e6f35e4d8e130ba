#include "channels/whatsapp/inbound_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::size_t depth_max = 256;
/// Larger bodies carry files; their parser's buffers are not kept.
constexpr std::size_t shared_size_max = std::size_t{1024} * 1024;
/// Doubles hold every whole number up to here.
constexpr double exact_max = 9'007'199'254'740'992.0;

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number out{};
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, out);
  if (text.empty() || problem != std::errc{} || stop != end)
    return std::nullopt;
  return out;
}

/// The code unit of the escape `\uXXXX` at `at`, if there is one.
std::optional<unsigned> unit_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u')
    return std::nullopt;
  unsigned unit = 0;
  const auto* end = text.data() + at + 6;
  const auto [stop, problem]
    = std::from_chars(text.data() + at + 2, end, unit, 16);
  if (problem != std::errc{} || stop != end)
    return std::nullopt;
  return unit;
}

bool is_high(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_low(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// The document with `�` for each half of a pair that stands alone.
std::string mend_surrogates(std::string_view body) {
  std::string out{body};
  for (std::size_t at = 0; at < out.size();) {
    if (out[at] != '\\') {
      ++at;
      continue;
    }
    const auto unit = unit_at(out, at);
    if (!unit) {
      at += 2;
      continue;
    }
    const auto next = unit_at(out, at + 6);
    if (is_high(*unit) && next && is_low(*next)) {
      at += 12;
      continue;
    }
    if (is_high(*unit) || is_low(*unit))
      out.replace(at, 6, "\\ufffd");
    at += 6;
  }
  return out;
}

} // namespace

json_node json_node::operator[](std::string_view name) const {
  simdjson::dom::object object;
  simdjson::dom::element value;
  if (!element_ || element_->get(object) != simdjson::SUCCESS
      || object.at_key(name).get(value) != simdjson::SUCCESS || value.is_null())
    return {};
  return json_node{value};
}

bool json_node::has(std::string_view name) const {
  simdjson::dom::object object;
  return element_ && element_->get(object) == simdjson::SUCCESS
         && object.at_key(name).error() == simdjson::SUCCESS;
}

bool json_node::is_object() const noexcept {
  return element_ && element_->is_object();
}

bool json_node::is_array() const noexcept {
  return element_ && element_->is_array();
}

bool json_node::is_string() const noexcept {
  return element_ && element_->is_string();
}

std::string_view json_node::string() const {
  std::string_view out;
  if (element_ && element_->get(out) != simdjson::SUCCESS)
    out = {};
  return out;
}

std::optional<std::int64_t> json_node::integer() const {
  if (!element_)
    return std::nullopt;
  std::int64_t whole = 0;
  if (element_->get(whole) == simdjson::SUCCESS)
    return whole;
  if (is_string())
    return read_number<std::int64_t>(string());
  if (is_object()) {
    const auto low = (*this)["low"].integer();
    const auto high = (*this)["high"].integer();
    if (!low || !high)
      return std::nullopt;
    const auto bits = (static_cast<std::uint64_t>(*high) << 32U)
                      | (static_cast<std::uint64_t>(*low) & 0xFFFF'FFFFU);
    return static_cast<std::int64_t>(bits);
  }
  double real = 0;
  if (element_->get(real) == simdjson::SUCCESS && std::abs(real) <= exact_max)
    return static_cast<std::int64_t>(real);
  return std::nullopt;
}

std::optional<double> json_node::number() const {
  double out = 0;
  if (element_ && element_->get(out) == simdjson::SUCCESS)
    return out;
  return is_string() ? read_number<double>(string()) : std::nullopt;
}

bool json_node::flag() const {
  bool out = false;
  if (element_ && element_->get(out) == simdjson::SUCCESS)
    return out;
  return is_string() ? string() == "true"
                     : !is_object() && integer().value_or(0) == 1;
}

std::vector<json_node> json_node::items() const {
  std::vector<json_node> out;
  simdjson::dom::array array;
  if (!element_)
    return out;
  if (element_->get(array) != simdjson::SUCCESS)
    return {*this};
  for (const auto element : array) {
    if (out.size() == items_max)
      break;
    out.emplace_back(element);
  }
  return out;
}

std::string json_node::bytes(std::size_t size_max) const {
  std::string out;
  simdjson::dom::array array;
  if (!element_ || element_->get(array) != simdjson::SUCCESS)
    return out;
  for (const auto element : array) {
    std::uint64_t byte = 0;
    if (element.get(byte) != simdjson::SUCCESS || byte > 0xFF
        || out.size() == size_max)
      return {};
    out += static_cast<char>(byte);
  }
  return out;
}

std::vector<std::pair<std::string_view, json_node>> json_node::fields() const {
  std::vector<std::pair<std::string_view, json_node>> out;
  simdjson::dom::object object;
  if (!element_ || element_->get(object) != simdjson::SUCCESS)
    return out;
  for (const auto field : object)
    out.emplace_back(
      field.key, field.value.is_null() ? json_node{} : json_node{field.value});
  return out;
}

simdjson::error_code json_document::read(std::string_view body) {
  thread_local simdjson::dom::parser shared;
  auto* parser = &shared;
  if (body.size() > shared_size_max) {
    own_ = std::make_unique<simdjson::dom::parser>();
    parser = own_.get();
  }
  if (parser->max_depth() != depth_max) {
    const auto code
      = parser->allocate(std::max<std::size_t>(body.size(), 4096), depth_max);
    if (code != simdjson::SUCCESS)
      return code;
  }
  simdjson::dom::element root;
  const auto code = parser->parse(body.data(), body.size()).get(root);
  root_ = code == simdjson::SUCCESS && !root.is_null() ? json_node{root}
                                                       : json_node{};
  return code;
}

bool json_document::parse(std::string_view body) {
  auto code = read(body);
  if (code == simdjson::STRING_ERROR)
    code = read(mend_surrogates(body));
  return code == simdjson::SUCCESS;
}

} // namespace switchboard::channels::whatsapp
