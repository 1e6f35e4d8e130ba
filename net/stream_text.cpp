#include "net/stream_text.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace switchboard::net {

namespace {

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void append_line(std::string& out, std::string_view name,
                 std::string_view text) {
  out += name;
  for (const char c : text)
    if (!is_control(c))
      out += c;
  out += '\n';
}

/// A reader takes LF, CR and CR LF for the end of a line.
void append_data(std::string& out, std::string_view data) {
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos)
      return;
    const bool pair = data[end] == '\r' && data.substr(end + 1, 1) == "\n";
    data.remove_prefix(end + (pair ? 2 : 1));
  }
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(c)) {
      const auto code = static_cast<unsigned char>(c);
      out += "\\u00";
      out += digits[code >> 4U];
      out += digits[code & 0xFU];
    } else {
      out += c;
    }
  }
  out += '"';
}

} // namespace

void append_event(std::string& out, const stream_message& message) {
  if (!message.id.empty())
    append_line(out, "id: ", message.id);
  if (!message.event.empty())
    append_line(out, "event: ", message.event);
  append_data(out, message.data);
  out += '\n';
}

void append_retry(std::string& out, std::chrono::milliseconds wait) {
  out += "retry: " + std::to_string(wait.count()) + "\n\n";
}

void append_heartbeat(std::string& out) {
  out += ":\n\n";
}

std::string frame_text(const stream_message& message) {
  std::string text;
  text.reserve(message.data.size() + message.event.size() + message.id.size()
               + 40);
  text += R"({"event":)";
  append_quoted(text, message.event);
  text += R"(,"id":)";
  append_quoted(text, message.id);
  text += R"(,"data":)";
  text += message.data.empty() ? std::string_view{"null"} : message.data;
  text += '}';
  return text;
}

void wrap_chunk(std::string& out, std::size_t begin) {
  const auto size = out.size() - begin;
  if (size == 0)
    return;
  std::array<char, 20> head;
  auto* end = std::to_chars(head.data(), head.data() + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.insert(begin, head.data(), static_cast<std::size_t>(end - head.data()));
  out += "\r\n";
}

} // namespace switchboard::net
