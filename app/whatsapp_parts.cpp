#include "app/whatsapp_parts.hpp"

#include "channels/whatsapp/texts.hpp"
#include "domain/text.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using whatsapp::provider;

namespace {

std::size_t text_max_of(std::span<const provider> takers) {
  auto out = std::numeric_limits<std::size_t>::max();
  for (const auto p : takers)
    out = std::min(out, whatsapp::text_length_max(p));
  return out;
}

std::size_t caption_max_of(std::span<const provider> takers,
                           whatsapp::file_kind kind) {
  auto out = std::numeric_limits<std::size_t>::max();
  for (const auto p : takers)
    out = std::min(out, whatsapp::caption_length_max(p, kind));
  return out;
}

} // namespace

whatsapp::file_kind whatsapp_kind_of(std::string_view mime_type) noexcept {
  const auto kind = whatsapp::file_kind_of(mime_type);
  return whatsapp::takes_type(kind, mime_type) ? kind
                                               : whatsapp::file_kind::document;
}

std::vector<whatsapp_part>
whatsapp_parts_of(std::string_view words,
                  const std::vector<domain::attachment_ref>& files,
                  std::span<const provider> takers) {
  std::vector<whatsapp_part> out;
  words = domain::trim(words);
  const auto is_caption = [&] {
    return !files.empty()
           && domain::count_code_points(words) <= caption_max_of(
                takers, whatsapp_kind_of(files.front().mime_type));
  };
  std::string caption;
  if (is_caption())
    caption = words;
  else
    for (auto& text : whatsapp::split_text(words, text_max_of(takers)))
      out.push_back({std::move(text), std::nullopt});
  for (const auto& file : files) {
    out.push_back({std::move(caption), file});
    caption.clear();
  }
  return out;
}

std::string whatsapp_relay_of(const domain::ticket& ticket,
                              const domain::message_draft& what) {
  return whatsapp::customer_text(
    ticket.number,
    what.sender_name.empty() ? ticket.from.name : what.sender_name,
    whatsapp_words_of(what));
}

std::string whatsapp_words_of(const domain::message_draft& what) {
  auto out = what.body;
  if (!what.media_url.empty()) {
    if (!out.empty())
      out += '\n';
    out += what.media_url;
  }
  return out;
}

} // namespace switchboard::app
