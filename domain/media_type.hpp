#pragma once

#include <string>
#include <string_view>

/// Types and names of files that strangers send. Pure.
namespace switchboard::domain {

inline constexpr std::string_view unknown_media_type
  = "application/octet-stream";

/// The type in the value of a `Content-Type` header, without parameters and in
/// lower case; empty when it is none.
[[nodiscard]] std::string media_type_of(std::string_view header);

/// What a file is, given what its bytes look like and what its sender says. The
/// bytes win; they are believed less only where they look like something more
/// general (plain text for a table, an archive for a text document).
[[nodiscard]] std::string settled_media_type(std::string_view sniffed,
                                             std::string_view declared);

/// Whether it is a program, or something that systems run like one, by its type
/// or by the ending of its name.
[[nodiscard]] bool is_program(std::string_view media_type,
                              std::string_view name) noexcept;

/// Whether a browser may show it where it stands: pictures, sound, films, plain
/// text and PDF, but nothing in which a script may hide.
[[nodiscard]] bool may_show_inline(std::string_view media_type) noexcept;

/// The same word as a literal, for types that are known here; other ones are
/// `unknown_media_type`. What may be shown inline is known.
[[nodiscard]] std::string_view known_media_type(std::string_view type) noexcept;

/// A name that can be shown and stored anywhere: without folders, control
/// characters, marks that turn the direction of reading, and bytes that are no
/// text; not longer than `attachment_name_length_max`, its ending kept. Never
/// empty.
[[nodiscard]] std::string clean_file_name(std::string_view given);

} // namespace switchboard::domain
