#include "tests/integration/event_reader.hpp"

#include <boost/json/parse.hpp>

#include <charconv>
#include <chrono>
#include <utility>

namespace switchboard::test {

namespace {

namespace json = boost::json;

support::header_list with(support::header_list headers,
                          const support::header_list& more) {
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

/// The rest of a line that begins with `name`.
std::string_view field_of(std::string_view line, std::string_view name) {
  return line.starts_with(name) ? line.substr(name.size()) : std::string_view{};
}

} // namespace

event_reader::event_reader(std::uint16_t port, std::string_view target,
                           const support::header_list& headers)
  : socket_{support::connect_to(port)} {
  std::string request{"GET "};
  request.append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  for (const auto& [name, value] : headers)
    request.append(name).append(": ").append(value).append("\r\n");
  request += "\r\n";
  if (!socket_.is_open() || !socket_.send_all(request))
    return;
  constexpr std::size_t status_at = sizeof("HTTP/1.1 ") - 1;
  const auto head = take_until("\r\n\r\n");
  if (head && head->size() > status_at)
    std::from_chars(head->data() + status_at, head->data() + head->size(),
                    status_);
}

bool event_reader::receive() {
  const auto deadline = std::chrono::steady_clock::now() + support::patience;
  if (socket_.receive_some(heard_))
    return true;
  at_end_ = std::chrono::steady_clock::now() < deadline;
  return false;
}

std::optional<std::string> event_reader::take(std::size_t size) {
  while (heard_.size() < size)
    if (!receive())
      return std::nullopt;
  auto out = heard_.substr(0, size);
  heard_.erase(0, size);
  return out;
}

std::optional<std::string> event_reader::take_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = heard_.find(end)) == std::string::npos)
    if (!receive())
      return std::nullopt;
  auto out = take(at);
  take(end.size());
  return out;
}

sse_reader::sse_reader(std::uint16_t port, std::string_view target,
                       support::header_list headers)
  : event_reader{port, target,
                 with(std::move(headers), {{"Accept", "text/event-stream"}})} {}

std::optional<std::string> sse_reader::next_block() {
  std::size_t end = 0;
  while ((end = text_.find("\n\n")) == std::string::npos) {
    const auto line = take_until("\r\n");
    if (!line)
      return std::nullopt;
    std::size_t size = 0;
    std::from_chars(line->data(), line->data() + line->size(), size, 16);
    const auto chunk = take(size);
    if (size == 0)
      note_end();
    if (!chunk || size == 0 || !take(2))
      return std::nullopt;
    text_ += *chunk;
  }
  auto block = text_.substr(0, end + 1);
  text_.erase(0, end + 2);
  return block;
}

std::optional<streamed_event> sse_reader::next() {
  while (auto block = next_block()) {
    streamed_event out;
    std::string data;
    std::string_view rest{*block};
    for (auto end = rest.find('\n'); end != std::string_view::npos;
         end = rest.find('\n')) {
      const auto line = rest.substr(0, end);
      rest.remove_prefix(end + 1);
      out.id += field_of(line, "id: ");
      out.type += field_of(line, "event: ");
      data += field_of(line, "data: ");
    }
    if (data.empty())
      continue;
    out.data = json::parse(data);
    return out;
  }
  return std::nullopt;
}

websocket_reader::websocket_reader(std::uint16_t port, std::string_view target,
                                   support::header_list headers)
  : event_reader{port, target,
                 with(std::move(headers),
                      {{"Upgrade", "websocket"},
                       {"Connection", "Upgrade"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}})} {}

std::optional<streamed_event> websocket_reader::next() {
  constexpr unsigned text_frame = 0x81; // whole in one frame
  constexpr unsigned close_frame = 0x88;
  // Byte 0: the kind. Byte 1: the size, or 126 or 127 when it stands in the
  // next 2 or 8 bytes.
  while (const auto head = take(2)) {
    const auto kind = static_cast<unsigned char>((*head)[0]);
    std::uint64_t size = static_cast<unsigned char>((*head)[1]);
    if (size >= 126) {
      const auto wide = take(size == 126 ? 2 : 8);
      if (!wide)
        return std::nullopt;
      size = 0;
      for (const char byte : *wide)
        size = size << 8U | static_cast<unsigned char>(byte);
    }
    const auto text = take(size);
    if (kind == close_frame)
      note_end();
    if (!text || kind == close_frame)
      return std::nullopt;
    if (kind != text_frame)
      continue;
    auto message = json::parse(*text);
    streamed_event out;
    out.id = message.at("id").as_string();
    out.type = message.at("event").as_string();
    out.data = std::move(message.at("data"));
    return out;
  }
  return std::nullopt;
}

} // namespace switchboard::test
