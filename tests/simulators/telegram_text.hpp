#pragma once

#include <boost/json/array.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::simulators::telegram {

/// A text without markup, and what the markup said.
struct formatted_text {
  std::string text;
  boost::json::array entities;
};

/// Length in UTF-16 code units, which Telegram counts everywhere.
std::size_t utf16_length(std::string_view utf8);
bool is_utf8(std::string_view text);
bool is_blank(std::string_view text);

/// Reads `HTML`, `MarkdownV2` or `Markdown`. Throws `refusal` as the real
/// server refuses broken markup.
formatted_text parse_markup(std::string_view text, std::string_view mode);
formatted_text parse_html(std::string_view text);
formatted_text parse_markdown(std::string_view text, bool is_v2);

/// Adds the commands, mentions and addresses that Telegram finds by itself.
void find_entities(formatted_text& in);

/// Collects entities while the text grows.
class text_builder {
public:
  void put(std::string_view more);
  /// Where a new entity would begin.
  [[nodiscard]] std::size_t position() const noexcept {
    return position_;
  }
  void entity(std::string_view type, std::size_t from,
              std::string_view extra_key = {},
              std::string_view extra_value = {});
  formatted_text take();

private:
  formatted_text out_;
  std::size_t position_ = 0;
};

} // namespace switchboard::simulators::telegram
