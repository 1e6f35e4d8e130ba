#pragma once

#include "channels/telegram/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::channels::telegram {

inline constexpr std::size_t text_units_max = 4096;
inline constexpr std::size_t caption_units_max = 1024;

/// What a span of text is. Those from `mention` to `phone_number` are found by
/// Telegram itself, so they are read but never sent.
enum class text_style : std::uint8_t {
  bold,
  italic,
  underline,
  strikethrough,
  spoiler,
  code,
  pre,
  blockquote,
  expandable_blockquote,
  text_link,
  text_mention,
  custom_emoji,
  mention,
  hashtag,
  cashtag,
  bot_command,
  url,
  email,
  phone_number,
};

/// Telegram's word for it, and back.
[[nodiscard]] std::string_view to_string(text_style style) noexcept;
[[nodiscard]] std::optional<text_style>
parse_text_style(std::string_view name) noexcept;
/// Whether Telegram finds such spans on its own.
[[nodiscard]] bool is_automatic(text_style style) noexcept;

/// A part of a text with a style; offset and length are bytes on character
/// borders within the text.
struct text_span {
  text_style style = text_style::bold;
  std::size_t offset = 0;
  std::size_t length = 0;
  /// A link's address, a `pre` block's language, a custom emoji's id.
  std::string detail;
  user_id user{}; ///< of a `text_mention`

  friend bool operator==(const text_span&, const text_span&) = default;
};

/// Text with styles, as Telegram's `text` and `entities` carry it; so nothing
/// ever needs to be escaped, and no text can break its own markup.
struct styled_text {
  std::string text;             ///< UTF-8
  std::vector<text_span> spans; ///< by offset; may nest, never overlap by half

  styled_text() = default;
  styled_text(std::string plain) : text{std::move(plain)} {}
  styled_text(const char* plain) : text{plain} {}

  styled_text& add(std::string_view plain);
  styled_text& add(std::string_view part, text_style style,
                   std::string_view detail = {});
  styled_text& append(const styled_text& part);

  [[nodiscard]] bool empty() const noexcept {
    return text.empty();
  }

  friend bool operator==(const styled_text&, const styled_text&) = default;
};

/// The bytes from `begin` to `end` with their spans; a span that reaches beyond
/// is cut. Both must be character borders.
[[nodiscard]] styled_text slice(const styled_text& whole, std::size_t begin,
                                std::size_t end);

/// Cuts a text into parts of at most `units_max` UTF-16 units: at the end of a
/// paragraph, a line or a word where there is one in the later half, else
/// between two characters as people see them. Spans stay whole unless one is
/// longer than a part; then both halves keep the style. White space at a cut is
/// dropped, and parts of nothing else are left out; nothing else is lost.
[[nodiscard]] std::vector<styled_text> split(const styled_text& whole,
                                             std::size_t units_max);

/// The first `units_max` units, with an ellipsis in place of the rest.
[[nodiscard]] styled_text clip_units(const styled_text& whole,
                                     std::size_t units_max);

/// `text` for use in HTML, between tags or in a quoted attribute.
[[nodiscard]] std::string escape_html(std::string_view text);

/// The text as Telegram's HTML, for `parse_mode` and for web pages.
[[nodiscard]] std::string to_html(const styled_text& text);

} // namespace switchboard::channels::telegram
