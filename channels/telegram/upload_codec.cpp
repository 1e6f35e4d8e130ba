#include "channels/telegram/json_fields.hpp"
#include "channels/telegram/methods.hpp"

#include <algorithm>
#include <cassert>

namespace switchboard::channels::telegram {

namespace {

/// A file's name within quotes: what could end them or the line is replaced.
std::string quoted_name(std::string_view name) {
  std::string out{name.empty() ? std::string_view{"file"} : name};
  std::ranges::replace_if(
    out,
    [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x20 || byte == 0x7F || c == '"' || c == '\\' || c == '/';
    },
    '_');
  return out;
}

/// One of `type/subtype`; anything else is told as plain bytes.
std::string_view safe_type(std::string_view type) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '+'
           || c == '.' || c == '_';
  };
  return std::ranges::all_of(type, is_allowed)
             && std::ranges::count(type, '/') == 1
           ? type
           : "application/octet-stream";
}

} // namespace

encoded_method encode_upload(const send_file& call, const upload& file,
                             std::string_view boundary) {
  auto fields = call;
  fields.source.clear();
  auto out = encode(fields);
  // In a form each parameter is a part: strings as they are, all others as
  // JSON.
  simdjson::dom::element root;
  simdjson::dom::object object;
  [[maybe_unused]] const auto code = parse_json(out.body, root);
  assert(code == simdjson::SUCCESS);
  std::string body;
  body.reserve(out.body.size() + file.bytes.size() + 1024);
  const auto begin_part = [&](std::string_view name) {
    body.append("--").append(boundary);
    body.append("\r\nContent-Disposition: form-data; name=\"").append(name);
    body += '"';
  };
  if (root.get(object) == simdjson::SUCCESS) {
    for (const auto field : object) {
      begin_part(field.key);
      body += "\r\n\r\n";
      std::string_view text;
      if (field.value.get(text) == simdjson::SUCCESS)
        body += text;
      else
        body += simdjson::minify(field.value);
      body += "\r\n";
    }
  }
  begin_part(to_string(call.kind));
  body.append("; filename=\"").append(quoted_name(file.name));
  body.append("\"\r\nContent-Type: ").append(safe_type(file.mime_type));
  body.append("\r\n\r\n").append(file.bytes).append("\r\n--");
  body.append(boundary).append("--\r\n");
  out.content_type = "multipart/form-data; boundary=" + std::string{boundary};
  out.body = std::move(body);
  return out;
}

} // namespace switchboard::channels::telegram
