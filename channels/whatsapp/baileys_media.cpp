#include "channels/whatsapp/baileys_media.hpp"

#include "channels/whatsapp/inbound_text.hpp"
#include "domain/attachment.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::string_view data_scheme = "data:";
constexpr std::string_view base64_sign = ";base64,";
constexpr std::string_view blanks = " \t\r\n";

/// How many bytes a base64 text stands for, about.
std::size_t decoded_size(std::string_view text) {
  return text.size() / 4 * 3;
}

/// Whether it cannot be that few bytes, even if a part of it are line ends.
bool is_too_large(std::string_view text, std::size_t bytes_max) {
  return decoded_size(text) > bytes_max + bytes_max / 16 + 3;
}

/// Empty when the text is no base64, of whichever alphabet.
std::string decode_base64(std::string_view text) {
  // Neither padding nor the end of a line says anything.
  text = text.substr(0, text.find_last_not_of("= \t\r\n") + 1);
  const bool is_url = text.find_first_of("-_") != std::string_view::npos;
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const auto failed = sodium_base642bin(
    reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
    text.size(), blanks.data(), &size, &end,
    is_url ? sodium_base64_VARIANT_URLSAFE_NO_PADDING
           : sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  if (failed != 0 || end != text.data() + text.size())
    return {};
  out.resize(size);
  return out;
}

bool fill_from_text(std::string_view text, std::size_t bytes_max, media& out) {
  if (text.empty())
    return false;
  if (is_file_url(text)) {
    out.reference = text;
    return true;
  }
  if (text.starts_with(data_scheme)) {
    const auto sign = text.find(base64_sign);
    if (sign == std::string_view::npos)
      return false;
    if (out.mime_type.empty())
      out.mime_type
        = make_media(
            {}, text.substr(data_scheme.size(), sign - data_scheme.size()), {})
            .mime_type;
    text.remove_prefix(sign + base64_sign.size());
  }
  if (is_too_large(text, bytes_max)) {
    out.size = std::max<std::uint64_t>(out.size, decoded_size(text));
    return true;
  }
  auto bytes = decode_base64(text);
  if (bytes.empty())
    return false;
  out.size = bytes.size();
  if (bytes.size() <= bytes_max)
    out.bytes = std::move(bytes);
  return true;
}

} // namespace

std::string read_bytes(json_node source, std::size_t bytes_max) {
  if (source.is_object())
    return read_bytes(source["data"], bytes_max);
  if (source.is_string()) {
    if (is_too_large(source.string(), bytes_max))
      return {};
    auto out = decode_base64(source.string());
    return out.size() <= bytes_max ? out : std::string{};
  }
  return source.bytes(bytes_max);
}

bool fill_media(json_node source, std::size_t bytes_max, media& out) {
  if (source.is_string())
    return fill_from_text(source.string(), bytes_max, out);
  if (!source.is_object())
    return false;
  const auto type
    = source.first("mimetype", "mimeType", "mime_type", "contentType");
  const auto name = source.first("fileName", "filename", "name");
  if (auto told = make_media({}, type.string(), {}).mime_type; !told.empty())
    out.mime_type = std::move(told);
  if (auto told = clean_line(name.string(), domain::attachment_name_length_max);
      !told.empty())
    out.name = std::move(told);
  if (const auto size
      = source.first("size", "fileLength", "fileSize").integer();
      size && *size > 0)
    out.size = static_cast<std::uint64_t>(*size);
  const auto inside = source.first("base64", "data", "buffer");
  if (inside.is_string() && fill_from_text(inside.string(), bytes_max, out))
    return true;
  if (auto bytes = read_bytes(
        source["type"].string() == "Buffer" ? source : inside, bytes_max);
      !bytes.empty()) {
    out.size = bytes.size();
    out.bytes = std::move(bytes);
    return true;
  }
  const auto url = source.first("url", "mediaUrl", "link").string();
  return is_file_url(url) && fill_from_text(url, bytes_max, out);
}

} // namespace switchboard::channels::whatsapp
