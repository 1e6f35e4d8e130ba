#include "app/whatsapp_uploads.hpp"

#include "actors/id_source.hpp"
#include "api/wait_for.hpp"
#include "app/whatsapp_parts.hpp"
#include "domain/text.hpp"

#include <utility>

namespace switchboard::app {

namespace whatsapp = channels::whatsapp;
using whatsapp::file_kind;
using whatsapp::provider;

namespace {

constexpr std::chrono::seconds file_pause{2};
constexpr std::chrono::milliseconds upload_timeout{60'000};

whatsapp_uploads::setback delayed(std::string why) {
  whatsapp_uploads::setback out;
  out.result.what.outcome = channels::delivery_outcome::slow_down;
  out.result.what.reason = std::move(why);
  out.result.what.retry_after = file_pause;
  return out;
}

/// The kind as which the provider takes the file with such a caption; nothing:
/// not at all.
std::optional<file_kind> kind_for(provider via, std::string_view mime_type,
                                  std::uint64_t size, std::string_view words) {
  const auto length = domain::count_code_points(words);
  for (const auto kind : {whatsapp_kind_of(mime_type), file_kind::document})
    if (size <= whatsapp::file_size_max(via, kind)
        && length <= whatsapp::caption_length_max(via, kind))
      return kind;
  return std::nullopt;
}

/// No part of a file of ours can have it.
std::string fresh_boundary() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "switchboard-";
  for (const auto byte : actors::random_bytes()) {
    out += digits[byte >> 4U];
    out += digits[byte & 0x0FU];
  }
  return out;
}

void add_line(std::string& text, std::string_view line) {
  if (!text.empty())
    text += '\n';
  text += line;
}

} // namespace

whatsapp_uploads::whatsapp_uploads(parts p)
  : parts_{std::move(p)}, records_{parts_.rows} {}

void whatsapp_uploads::attach_link(whatsapp::outgoing_message& message,
                                   const domain::attachment_ref& file) const {
  message.file.reset();
  add_line(message.text, file.name + ": " + parts_.link(file.id));
}

boost::asio::awaitable<std::optional<whatsapp_uploads::setback>>
whatsapp_uploads::attach(whatsapp::outgoing_message& message,
                         domain::attachment_ref file, provider via,
                         bool may_wait) const {
  const auto known = records_.find(file.id);
  if (known && known->value.state == domain::attachment_state::pending
      && may_wait)
    co_return delayed("its file is still being fetched");
  if (!known || known->value.state != domain::attachment_state::ready) {
    add_line(message.text, "[" + file.name + ": this file cannot be had]");
    co_return std::nullopt;
  }
  file.mime_type = known->value.mime_type;
  file.size = known->value.size;
  const auto kind = kind_for(via, file.mime_type, file.size, message.text);
  if (!kind || message.as_template) {
    attach_link(message, file);
    co_return std::nullopt;
  }
  whatsapp::outgoing_file out;
  out.kind = *kind;
  out.mime_type = file.mime_type;
  out.name = file.name;
  message.file = std::move(out);
  if (via == provider::twilio || via == provider::n8n) {
    message.file->link = parts_.link(file.id);
    co_return std::nullopt;
  }
  auto attaching = attach_bytes(message, std::move(file), via, may_wait);
  co_return co_await std::move(attaching);
}

boost::asio::awaitable<std::optional<whatsapp_uploads::setback>>
whatsapp_uploads::attach_bytes(whatsapp::outgoing_message& message,
                               domain::attachment_ref file, provider via,
                               bool may_wait) const {
  auto start
    = [this, &file](auto done) { parts_.read(file.id, std::move(done)); };
  auto reading = api::wait_for<std::optional<whatsapp_file>>(start);
  auto read = co_await std::move(reading);
  if (!read && may_wait)
    co_return delayed("its file cannot be read");
  if (!read) {
    // It may be lost; what is said with it and after it is not held up for it.
    attach_link(message, file);
    co_return std::nullopt;
  }
  message.file->bytes = std::move(read->bytes);
  if (via != provider::cloud)
    co_return std::nullopt;
  auto uploading = upload(message);
  co_return co_await std::move(uploading);
}

boost::asio::awaitable<std::optional<whatsapp_uploads::setback>>
whatsapp_uploads::upload(whatsapp::outgoing_message& message) const {
  auto request = whatsapp::encode_upload(*parts_.ends.cloud(), *message.file,
                                         fresh_boundary());
  request.total_timeout = upload_timeout;
  message.file->bytes.clear();
  auto asking = parts_.exchange(std::move(request));
  auto answer = co_await std::move(asking);
  if (auto id = whatsapp::decode_upload(answer)) {
    message.file->media_id = std::move(*id);
    co_return std::nullopt;
  }
  setback out;
  out.result = whatsapp::judge(provider::cloud, answer);
  // A 2xx that names no file is no message that was taken.
  if (out.result.what.outcome == channels::delivery_outcome::delivered)
    out.result.what.outcome = channels::delivery_outcome::retry_later;
  out.answer = std::move(answer);
  co_return out;
}

} // namespace switchboard::app
