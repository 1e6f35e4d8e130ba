#include "api/whatsapp/kept_words.hpp"

#include "domain/text.hpp"
#include "domain/ticket.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

namespace switchboard::api::whatsapp {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 14> pointing_words{
  "this", "this one",    "that",        "that one",    "it",
  "here", "yes",         "for this",    "ok",          "for it",
  "okay", "to this one", "this ticket", "for this one"};

std::string row_key(std::string_view phone) {
  std::string out = "whatsapp_kept:";
  out += phone;
  return out;
}

std::string text_of(const json::object& from, const char* name) {
  const auto* const value = from.if_contains(name);
  if (value == nullptr || !value->is_string())
    return {};
  const auto& found = value->get_string();
  return {found.data(), found.size()};
}

std::int64_t number_of(const json::object& from, const char* name) {
  const auto* const value = from.if_contains(name);
  if (value == nullptr)
    return 0;
  boost::system::error_code problem;
  const auto out = value->to_number<std::int64_t>(problem);
  return problem ? 0 : out;
}

std::string encode(const kept_words& what) {
  json::array files;
  for (const auto& file : what.files) {
    json::object one;
    one["id"] = to_string(file.id.value);
    one["name"] = file.name;
    one["mime_type"] = file.mime_type;
    one["size"] = file.size;
    files.emplace_back(std::move(one));
  }
  json::object out;
  out["id"] = what.id;
  out["at"] = what.at.time_since_epoch().count();
  out["text"] = what.text;
  out["files"] = std::move(files);
  return json::serialize(out);
}

std::optional<kept_words> decode(std::string_view bytes) {
  boost::system::error_code problem;
  const auto root
    = json::parse(json::string_view{bytes.data(), bytes.size()}, problem);
  const auto* const object = problem ? nullptr : root.if_object();
  if (object == nullptr)
    return std::nullopt;
  kept_words out;
  out.id = text_of(*object, "id");
  out.at
    = domain::timestamp{std::chrono::milliseconds{number_of(*object, "at")}};
  out.text = text_of(*object, "text");
  const auto* const files = object->if_contains("files");
  if (files != nullptr && files->is_array())
    for (const auto& value : files->get_array()) {
      const auto* const one = value.if_object();
      const auto id = one != nullptr ? domain::parse_uuid(text_of(*one, "id"))
                                     : std::nullopt;
      if (id)
        out.files.push_back(
          {domain::attachment_id{*id}, text_of(*one, "name"),
           text_of(*one, "mime_type"),
           static_cast<std::uint64_t>(number_of(*one, "size"))});
    }
  return out;
}

/// The length of the symbol or emoji at the beginning of the text; 0: it is
/// something else.
std::size_t symbol_size(std::string_view text) noexcept {
  if (text.starts_with("\xF0\x9F"))
    return 4;
  if (text.starts_with("\xE2") || text.starts_with("\xEF\xB8\x8F"))
    return 3;
  return 0;
}

} // namespace

persistence::row_change keep_row(std::string_view phone,
                                 const kept_words& what) {
  return {persistence::family::meta, row_key(phone), encode(what)};
}

persistence::row_change forget_row(std::string_view phone) {
  return {persistence::family::meta, row_key(phone), std::nullopt};
}

std::optional<kept_words> find_kept(const persistence::row_reader& rows,
                                    std::string_view phone,
                                    domain::timestamp now) {
  std::string value;
  if (!rows.get(persistence::family::meta, row_key(phone), value))
    return std::nullopt;
  auto out = decode(value);
  if (!out || now - out->at > kept_words_life)
    return std::nullopt;
  return out;
}

kept_words joined(kept_words first, kept_words then) {
  first.at = then.at;
  if (!first.text.empty() && !then.text.empty())
    first.text += '\n';
  first.text += then.text;
  first.text = std::string{domain::clip(first.text, domain::body_length_max)};
  for (auto& file : then.files)
    if (first.files.size() < domain::attachments_max)
      first.files.push_back(std::move(file));
  return first;
}

bool is_pointing(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const char c = text.front();
    if (const auto size = std::min(symbol_size(text), text.size()); size > 0) {
      text.remove_prefix(size);
      continue;
    }
    text.remove_prefix(1);
    if (c >= 'A' && c <= 'Z')
      words += static_cast<char>(c | 0x20);
    else if ((c >= 'a' && c <= 'z') || c == ' ')
      words += c;
    else if ((c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80)
      return false;
  }
  const auto bare = domain::trim(words);
  return bare.empty()
         || std::find(pointing_words.begin(), pointing_words.end(), bare)
              != pointing_words.end();
}

} // namespace switchboard::api::whatsapp
