#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Encodings, signatures and checks of the WhatsApp simulators: written for
/// them alone, so that a mistake in the product's own is not made here again.
namespace switchboard::simulators::whatsapp {

namespace json = boost::json;

using texts = std::vector<std::string>;
using form_fields = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Strictly: no blanks, padded; nothing when it is not base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
[[nodiscard]] std::string to_hex(std::string_view bytes);

/// The bare digests.
[[nodiscard]] std::string hmac_sha1(std::string_view key,
                                    std::string_view text);
[[nodiscard]] std::string hmac_sha256(std::string_view key,
                                      std::string_view text);
[[nodiscard]] std::string sha256(std::string_view text);

/// application/x-www-form-urlencoded, both ways; nothing when it is not.
[[nodiscard]] std::string to_form(const form_fields& fields);
[[nodiscard]] std::optional<form_fields> from_form(std::string_view body);

struct form_part {
  std::string name;
  std::string file_name;
  std::string content_type;
  std::string body;
};

/// multipart/form-data; `problem` says what is wrong with it.
[[nodiscard]] std::vector<form_part>
read_multipart(std::string_view content_type, std::string_view body,
               std::string& problem);

/// Code points of UTF-8; nothing when it is none.
[[nodiscard]] std::optional<std::size_t> code_points(std::string_view text);

/// As Meta writes JSON: `\u00e9` and `\/`.
[[nodiscard]] std::string escape_as_meta(std::string_view document);

/// What the bytes are, by their first ones; empty when that tells nothing.
[[nodiscard]] std::string_view sniff(std::string_view bytes);
/// image, video, audio, sticker or document: by type, without its parameters.
[[nodiscard]] std::string_view kind_of(std::string_view mime_type);
/// Whether the bytes are something else than their type says.
[[nodiscard]] bool is_mislabelled(std::string_view mime_type,
                                  std::string_view bytes);

/// `+` and 7 to 15 digits.
[[nodiscard]] bool is_e164(std::string_view text);
/// All digits, and at least one.
[[nodiscard]] bool is_digits(std::string_view text);
/// `<digits>@s.whatsapp.net`, `@lid` or a group's; without a device.
[[nodiscard]] bool is_jid(std::string_view text);
[[nodiscard]] bool is_group_jid(std::string_view text);

/// Basic, with these two.
[[nodiscard]] std::string basic_authorization(std::string_view user,
                                              std::string_view password);

/// `size` characters: the prefix, and what the seed makes in hexadecimal.
[[nodiscard]] std::string make_id(std::string_view prefix,
                                  std::string_view seed, std::size_t size);
[[nodiscard]] std::string upper_case(std::string_view text);

/// Reads the members of a JSON object and notes what is wrong with them: what
/// is missing, of another type, too long or, in `finish`, not known at all.
class member_reader {
public:
  member_reader(const json::object& of, std::string where, texts& problems)
    : of_{of}, where_{std::move(where)}, problems_{problems} {}

  static constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] bool has(std::string_view name) const;
  /// `size_max` in code points. Empty when there is none.
  std::string text(std::string_view name, bool is_needed = false,
                   std::size_t size_max = no_limit);
  /// Neither missing nor empty.
  std::string needed(std::string_view name, std::size_t size_max = no_limit) {
    return text(name, true, size_max);
  }
  bool flag(std::string_view name, bool is_needed = false);
  double number(std::string_view name, bool is_needed = false);
  const json::object* object(std::string_view name, bool is_needed = false);
  const json::array* array(std::string_view name, bool is_needed = false);
  /// Known, and not looked at.
  void skip(std::string_view name);
  /// Notes the members that nobody asked for.
  void finish();
  void note(std::string_view name, std::string_view what);

private:
  const json::value* find(std::string_view name, bool is_needed);

  const json::object& of_;
  std::string where_;
  texts& problems_;
  std::set<std::string, std::less<>> known_;
};

} // namespace switchboard::simulators::whatsapp
