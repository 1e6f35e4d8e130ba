#pragma once

#include "channels/json/reader.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace switchboard::channels::json {

/// Replaces `text` by what `parse` makes of it, or notes why it cannot; an
/// empty one stays.
template <class Parse>
void refine(object_reader& in, std::string_view field, std::string& text,
            Parse parse) {
  if (text.empty())
    return;
  auto parsed = parse(text);
  if (parsed)
    text = std::move(parsed).value();
  else
    in.refuse(field, parsed.error().detail);
}

/// Whether `url` looks like an absolute web address; its host is not resolved.
[[nodiscard]] bool is_web_address(std::string_view url);

} // namespace switchboard::channels::json
