#pragma once

#include "domain/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::channels::whatsapp {

/// The fields of an `application/x-www-form-urlencoded` text, decoded, in their
/// order; a name may stand there more than once.
using form = std::vector<std::pair<std::string, std::string>>;

struct form_limits {
  std::size_t size_max = std::size_t{256} * 1024; ///< bytes, as they come
  std::size_t fields_max = 500;
  bool needs_clean_text = true; ///< or else any bytes will do
};

/// Reads a body, or the query of a URL (without its `?`). `+` is a space; a `%`
/// that begins no byte stands for itself. Refused are what is beyond a limit
/// and, if that is asked for, fields that are no UTF-8 or have a NUL.
[[nodiscard]] domain::result<form> parse_form(std::string_view body,
                                              const form_limits& limits = {});

/// The first field of this name; empty when there is none. Views `fields`.
[[nodiscard]] std::string_view find_field(const form& fields,
                                          std::string_view name) noexcept;

} // namespace switchboard::channels::whatsapp
