#include "channels/whatsapp/outgoing.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::size_t text_max = 4096;
constexpr std::size_t twilio_text_max = 1600;
constexpr std::size_t caption_max = 1024;

constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::uint64_t sticker_size_max = 100'000;
constexpr std::uint64_t image_size_max = 5 * megabyte;
constexpr std::uint64_t film_size_max = 16 * megabyte;
constexpr std::uint64_t document_size_max = 100 * megabyte;

constexpr std::array image_types{std::string_view{"image/jpeg"},
                                 std::string_view{"image/png"}};
constexpr std::array video_types{std::string_view{"video/mp4"},
                                 std::string_view{"video/3gpp"}};
constexpr std::array audio_types{
  std::string_view{"audio/aac"},  std::string_view{"audio/amr"},
  std::string_view{"audio/mpeg"}, std::string_view{"audio/mp4"},
  std::string_view{"audio/ogg"},  std::string_view{"audio/x-m4a"}};

/// Without parameters, as in `audio/ogg; codecs=opus`.
std::string_view bare(std::string_view type) noexcept {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' '))
    type.remove_suffix(1);
  return type;
}

bool is_same(std::string_view type, std::string_view lower_case) noexcept {
  return std::ranges::equal(type, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

template <class Types>
bool is_among(const Types& types, std::string_view type) noexcept {
  return std::ranges::any_of(
    types, [type](std::string_view one) { return is_same(bare(type), one); });
}

} // namespace

file_kind file_kind_of(std::string_view mime_type) noexcept {
  // A picture in WebP is a sticker only when it has a sticker's size in pixels,
  // which most have not, and no image to WhatsApp: so it goes as a document.
  for (const auto kind : {file_kind::image, file_kind::video, file_kind::audio})
    if (takes_type(kind, mime_type))
      return kind;
  return file_kind::document;
}

std::size_t text_length_max(provider p) noexcept {
  return p == provider::twilio ? twilio_text_max : text_max;
}

std::size_t caption_length_max(provider p, file_kind kind) noexcept {
  switch (kind) {
    case file_kind::image:
    case file_kind::video: return caption_max;
    // Twilio takes the words, but nobody is shown them.
    case file_kind::document: return p == provider::twilio ? 0 : caption_max;
    case file_kind::audio:
    case file_kind::sticker: return 0;
  }
  return 0;
}

std::uint64_t file_size_max(provider p, file_kind kind) noexcept {
  if (kind == file_kind::sticker)
    return sticker_size_max;
  // The bytes go along within one call, and what carries them sets the limit.
  if (p == provider::baileys)
    return film_size_max;
  switch (kind) {
    case file_kind::image: return image_size_max;
    case file_kind::video:
    case file_kind::audio: return film_size_max;
    case file_kind::document:
      return p == provider::twilio ? film_size_max : document_size_max;
    case file_kind::sticker: return sticker_size_max;
  }
  return 0;
}

bool takes_type(file_kind kind, std::string_view mime_type) noexcept {
  switch (kind) {
    case file_kind::image: return is_among(image_types, mime_type);
    case file_kind::video: return is_among(video_types, mime_type);
    case file_kind::audio: return is_among(audio_types, mime_type);
    case file_kind::sticker: return is_same(bare(mime_type), "image/webp");
    case file_kind::document: return true;
  }
  return false;
}

} // namespace switchboard::channels::whatsapp
