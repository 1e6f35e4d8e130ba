#include "channels/telegram/styled_text.hpp"

#include "channels/telegram/utf16.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::channels::telegram {

namespace {

constexpr std::array<std::string_view, 19> style_names{
  "bold",          "italic",       "underline",
  "strikethrough", "spoiler",      "code",
  "pre",           "blockquote",   "expandable_blockquote",
  "text_link",     "text_mention", "custom_emoji",
  "mention",       "hashtag",      "cashtag",
  "bot_command",   "url",          "email",
  "phone_number"};

struct tags {
  std::string open;
  std::string_view close;
};

tags tags_of(const text_span& span) {
  const auto quoted = '"' + escape_html(span.detail) + "\">";
  switch (span.style) {
    case text_style::bold: return {"<b>", "</b>"};
    case text_style::italic: return {"<i>", "</i>"};
    case text_style::underline: return {"<u>", "</u>"};
    case text_style::strikethrough: return {"<s>", "</s>"};
    case text_style::spoiler: return {"<tg-spoiler>", "</tg-spoiler>"};
    case text_style::code: return {"<code>", "</code>"};
    case text_style::pre:
      if (span.detail.empty())
        return {"<pre>", "</pre>"};
      return {"<pre><code class=\"language-" + quoted.substr(1),
              "</code></pre>"};
    case text_style::blockquote: return {"<blockquote>", "</blockquote>"};
    case text_style::expandable_blockquote:
      return {"<blockquote expandable>", "</blockquote>"};
    case text_style::text_link: return {"<a href=" + quoted, "</a>"};
    case text_style::text_mention:
      return {"<a href=\"tg://user?id="
                + std::to_string(static_cast<std::int64_t>(span.user)) + "\">",
              "</a>"};
    case text_style::custom_emoji:
      return {"<tg-emoji emoji-id=" + quoted, "</tg-emoji>"};
    case text_style::mention:
    case text_style::hashtag:
    case text_style::cashtag:
    case text_style::bot_command:
    case text_style::url:
    case text_style::email:
    case text_style::phone_number: return {};
  }
  return {};
}

} // namespace

std::string_view to_string(text_style style) noexcept {
  return style_names[static_cast<std::size_t>(style)];
}

std::optional<text_style> parse_text_style(std::string_view name) noexcept {
  const auto at = std::ranges::find(style_names, name);
  if (at == style_names.end())
    return std::nullopt;
  return static_cast<text_style>(at - style_names.begin());
}

bool is_automatic(text_style style) noexcept {
  return style >= text_style::mention;
}

styled_text& styled_text::add(std::string_view plain) {
  text += plain;
  return *this;
}

styled_text& styled_text::add(std::string_view part, text_style style,
                              std::string_view detail) {
  if (!part.empty())
    spans.push_back(
      {style, text.size(), part.size(), std::string{detail}, user_id{}});
  return add(part);
}

styled_text& styled_text::append(const styled_text& part) {
  const auto base = text.size();
  // By index: a text may be added to itself.
  const auto count = part.spans.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto span = part.spans[i];
    span.offset += base;
    spans.push_back(std::move(span));
  }
  text += part.text;
  return *this;
}

styled_text slice(const styled_text& whole, std::size_t begin,
                  std::size_t end) {
  styled_text out;
  out.text = whole.text.substr(begin, end - begin);
  for (const auto& span : whole.spans) {
    const auto from = std::max(span.offset, begin);
    const auto to = std::min(span.offset + span.length, end);
    if (from >= to)
      continue;
    auto kept = span;
    kept.offset = from - begin;
    kept.length = to - from;
    out.spans.push_back(std::move(kept));
  }
  return out;
}

styled_text clip_units(const styled_text& whole, std::size_t units_max) {
  if (count_units(whole.text) <= units_max)
    return whole;
  constexpr std::string_view ellipsis = "…";
  auto out
    = slice(whole, 0, fit_units(whole.text, units_max - (units_max != 0)));
  if (units_max != 0)
    out.add(ellipsis);
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c; break;
    }
  }
  return out;
}

std::string to_html(const styled_text& text) {
  // Outer spans open first and close last; a span that would stick out of the
  // one around it is cut there.
  auto spans = text.spans;
  std::ranges::stable_sort(spans, [](const auto& a, const auto& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.length > b.length;
  });
  std::string out;
  std::vector<std::pair<std::size_t, std::string_view>> open;
  std::size_t at = 0;
  const auto copy_to = [&](std::size_t end) {
    out += escape_html(std::string_view{text.text}.substr(at, end - at));
    at = end;
  };
  const auto close_until = [&](std::size_t position) {
    while (!open.empty() && open.back().first <= position) {
      copy_to(open.back().first);
      out += open.back().second;
      open.pop_back();
    }
  };
  for (const auto& span : spans) {
    auto [opening, closing] = tags_of(span);
    if (opening.empty())
      continue;
    close_until(span.offset);
    copy_to(span.offset);
    auto end = span.offset + span.length;
    if (!open.empty())
      end = std::min(end, open.back().first);
    out += opening;
    open.emplace_back(end, closing);
  }
  close_until(text.text.size());
  copy_to(text.text.size());
  return out;
}

} // namespace switchboard::channels::telegram
