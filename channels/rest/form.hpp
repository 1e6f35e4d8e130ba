#pragma once

#include "channels/json/reader.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

/// What the bodies of all REST v1 calls have in common.
namespace switchboard::channels::rest {

using problem_list = std::vector<json::field_problem>;

/// A body, or all that is wrong with it.
template <class T>
struct form {
  std::optional<T> value;
  problem_list problems;
};

/// Reads a body whose unknown fields are refused: a typing error must not pass
/// for success.
inline json::object_reader read_form(std::string_view body,
                                     std::span<const std::string_view> fields) {
  return {body, fields, json::object_reader::unknown_fields::refused};
}

/// For calls that need no body: none at all counts as an empty object.
inline json::object_reader
read_optional_form(std::string_view body,
                   std::span<const std::string_view> fields) {
  return read_form(body.empty() ? std::string_view{"{}"} : body, fields);
}

/// What was read, unless something is wrong.
template <class T>
form<T> finish_form(json::object_reader& in, T&& value) {
  if (!in.problems().empty())
    return {std::nullopt, std::move(in.problems())};
  return {std::forward<T>(value), {}};
}

} // namespace switchboard::channels::rest
