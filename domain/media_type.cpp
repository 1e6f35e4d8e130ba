#include "domain/media_type.hpp"

#include "domain/attachment.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace switchboard::domain {

namespace {

using view = std::string_view;

constexpr view fallback_name = "file";
/// Longer endings are taken for part of the name.
constexpr std::size_t ending_length_max = 16;

/// What a browser shows without running anything. SVG is missing on purpose: it
/// may carry scripts.
constexpr std::array inline_types{
  view{"image/jpeg"},      view{"image/png"},       view{"image/gif"},
  view{"image/webp"},      view{"image/avif"},      view{"image/bmp"},
  view{"audio/mpeg"},      view{"audio/ogg"},       view{"audio/mp4"},
  view{"audio/x-m4a"},     view{"audio/wav"},       view{"audio/x-wav"},
  view{"audio/webm"},      view{"audio/aac"},       view{"audio/flac"},
  view{"video/mp4"},       view{"video/webm"},      view{"video/ogg"},
  view{"video/quicktime"}, view{"application/pdf"}, view{"text/plain"},
};

/// What is handed out under its own type, to be saved.
constexpr std::array saved_types{
  view{"application/zip"},
  view{"application/gzip"},
  view{"application/x-7z-compressed"},
  view{"application/x-rar"},
  view{"application/x-tar"},
  view{"application/json"},
  view{"application/rtf"},
  view{"application/msword"},
  view{"application/vnd.ms-excel"},
  view{"application/vnd.ms-powerpoint"},
  view{"application/vnd.openxmlformats-officedocument.wordprocessingml."
       "document"},
  view{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
  view{"application/vnd.openxmlformats-officedocument.presentationml."
       "presentation"},
  view{"application/vnd.oasis.opendocument.text"},
  view{"application/vnd.oasis.opendocument.spreadsheet"},
  view{"application/vnd.oasis.opendocument.presentation"},
  view{"application/epub+zip"},
  view{"application/ogg"},
  view{"image/heic"},
  view{"image/heif"},
  view{"image/tiff"},
  view{"message/rfc822"},
  view{"text/csv"},
  view{"text/calendar"},
  view{"text/markdown"},
  view{"text/rtf"},
  view{"text/tab-separated-values"},
  view{"text/vcard"},
  view{"video/x-matroska"},
  view{"video/x-msvideo"},
  unknown_media_type,
};

constexpr std::array program_types{
  view{"application/x-executable"},
  view{"application/x-pie-executable"},
  view{"application/x-sharedlib"},
  view{"application/x-object"},
  view{"application/x-dosexec"},
  view{"application/x-msdownload"},
  view{"application/x-msi"},
  view{"application/x-mach-binary"},
  view{"application/vnd.microsoft.portable-executable"},
  view{"application/vnd.android.package-archive"},
  view{"application/java-archive"},
  view{"application/x-java-applet"},
  view{"application/x-java-archive"},
  view{"application/x-ms-shortcut"},
  view{"application/x-wine-extension-ini"},
  view{"text/x-shellscript"},
  view{"text/x-msdos-batch"},
};

constexpr std::array program_endings{
  view{"apk"}, view{"app"}, view{"bat"}, view{"cmd"}, view{"com"}, view{"cpl"},
  view{"dll"}, view{"exe"}, view{"hta"}, view{"jar"}, view{"jse"}, view{"lnk"},
  view{"msc"}, view{"msi"}, view{"pif"}, view{"ps1"}, view{"reg"}, view{"scr"},
  view{"sh"},  view{"vbe"}, view{"vbs"}, view{"wsf"}, view{"wsh"},
};

/// Types whose bytes look like plain text.
constexpr std::array textual_types{
  view{"text/csv"},      view{"text/calendar"},
  view{"text/markdown"}, view{"text/tab-separated-values"},
  view{"text/vcard"},    view{"application/json"},
};

template <std::size_t Count>
bool has(const std::array<view, Count>& words, view word) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_token(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
         || view{"!#$&^_.+-"}.find(c) != view::npos;
}

bool is_type_name(view text) noexcept {
  const auto slash = text.find('/');
  if (slash == view::npos || slash == 0 || slash + 1 == text.size()
      || text.size() > mime_type_size_max)
    return false;
  const auto is_part
    = [](view part) { return std::all_of(part.begin(), part.end(), is_token); };
  return is_part(text.substr(0, slash)) && is_part(text.substr(slash + 1));
}

view ending_of(view name) noexcept {
  const auto dot = name.rfind('.');
  return dot == view::npos ? view{} : name.substr(dot + 1);
}

/// Office documents, books and packages are archives to whoever looks at their
/// first bytes only.
bool is_packed(view type) noexcept {
  return type.starts_with("application/vnd.openxmlformats-officedocument.")
         || type.starts_with("application/vnd.oasis.opendocument.")
         || type == "application/epub+zip";
}

std::size_t character_size(view text) noexcept {
  std::size_t size = 1;
  while (size < text.size()
         && (static_cast<std::uint8_t>(text[size]) & 0xC0U) == 0x80U)
    ++size;
  return size;
}

/// The first well-formed character of any bytes; empty when there is none.
view first_character(view text) noexcept {
  constexpr std::size_t size_max = 4;
  const auto one = text.substr(0, std::min(character_size(text), size_max));
  for (std::size_t size = 1; size <= one.size(); ++size)
    if (is_clean_utf8(one.substr(0, size)))
      return one.substr(0, size);
  return {};
}

/// C1 controls, and what changes the direction of reading or cannot be seen, so
/// that `gpj.exe` could pass for `exe.jpg`.
bool is_deceptive(view character) noexcept {
  if (character.size() == 2)
    return character[0] == '\xC2'
           && static_cast<std::uint8_t>(character[1]) < 0xA0;
  if (character == "\xEF\xBB\xBF" || character == "\xD8\x9C")
    return true;
  if (character.size() != 3 || character[0] != '\xE2')
    return false;
  const auto last = static_cast<std::uint8_t>(character[2]);
  if (character[1] == '\x80')
    return (last >= 0x8B && last <= 0x8F) || (last >= 0xA8 && last <= 0xAE);
  return character[1] == '\x81' && last >= 0xA0 && last <= 0xAF;
}

std::string readable(view given) {
  std::string out;
  while (!given.empty()) {
    const auto one = first_character(given);
    if (one.empty()) {
      out += '_';
      given.remove_prefix(1);
      continue;
    }
    given.remove_prefix(one.size());
    const bool is_control
      = one.size() == 1
        && (static_cast<std::uint8_t>(one[0]) < 0x20 || one[0] == '\x7f');
    if (!is_control && !is_deceptive(one))
      out += one;
  }
  return out;
}

} // namespace

std::string media_type_of(view header) {
  std::string out{trim(header.substr(0, header.find(';')))};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  if (!is_type_name(out))
    out.clear();
  return out;
}

std::string settled_media_type(view sniffed, view declared) {
  const auto seen = media_type_of(sniffed);
  const auto said = media_type_of(declared);
  if (seen == "text/plain" && has(textual_types, view{said}))
    return said;
  if (seen == "application/zip" && is_packed(said))
    return said;
  // Who says that it is a picture when its bytes are none is not believed.
  if (seen.empty() || seen == unknown_media_type)
    return said.empty() || may_show_inline(said)
             ? std::string{unknown_media_type}
             : said;
  return seen;
}

bool is_program(view media_type, view name) noexcept {
  if (has(program_types, media_type))
    return true;
  const auto ending = ending_of(name);
  return std::any_of(
    program_endings.begin(), program_endings.end(), [ending](view known) {
      return std::equal(ending.begin(), ending.end(), known.begin(),
                        known.end(),
                        [](char a, char b) { return to_lower(a) == b; });
    });
}

bool may_show_inline(view media_type) noexcept {
  return has(inline_types, media_type);
}

view known_media_type(view type) noexcept {
  for (const auto known : inline_types)
    if (known == type)
      return known;
  for (const auto known : saved_types)
    if (known == type)
      return known;
  return unknown_media_type;
}

std::string clean_file_name(view given) {
  if (const auto slash = given.find_last_of("/\\"); slash != view::npos)
    given.remove_prefix(slash + 1);
  const auto text = readable(given);
  auto name = trim(text);
  // No hidden files, and nothing that means a folder.
  while (name.starts_with('.'))
    name = trim(name.substr(1));
  if (name.empty())
    return std::string{fallback_name};
  const auto length = count_code_points(name);
  if (length <= attachment_name_length_max)
    return std::string{name};
  const auto ending = ending_of(name);
  const auto ending_length = count_code_points(ending);
  if (ending.empty() || ending_length > ending_length_max)
    return std::string{clip(name, attachment_name_length_max)};
  std::string out{clip(name, attachment_name_length_max - ending_length - 1)};
  out += '.';
  out += ending;
  return out;
}

} // namespace switchboard::domain
