#include "channels/telegram/json_fields.hpp"
#include "channels/telegram/methods.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

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

/// A call as a form, in which each parameter is a part: strings as they are,
/// all others as JSON.
class form {
public:
  form(encoded_method call, std::string_view boundary, std::size_t file_bytes)
    : call_{std::move(call)}, boundary_{boundary} {
    simdjson::dom::element root;
    simdjson::dom::object object;
    [[maybe_unused]] const auto code = parse_json(call_.body, root);
    assert(code == simdjson::SUCCESS);
    body_.reserve(call_.body.size() + file_bytes + 1024);
    if (root.get(object) != simdjson::SUCCESS)
      return;
    for (const auto field : object) {
      begin_part(field.key);
      body_ += "\r\n\r\n";
      std::string_view text;
      if (field.value.get(text) == simdjson::SUCCESS)
        body_ += text;
      else
        body_ += simdjson::minify(field.value);
      body_ += "\r\n";
    }
  }

  void add(std::string_view name, const upload& file) {
    begin_part(name);
    body_.append("; filename=\"").append(quoted_name(file.name));
    body_.append("\"\r\nContent-Type: ").append(safe_type(file.mime_type));
    body_.append("\r\n\r\n").append(file.bytes).append("\r\n");
  }

  encoded_method done() && {
    body_.append("--").append(boundary_).append("--\r\n");
    call_.content_type
      = "multipart/form-data; boundary=" + std::string{boundary_};
    call_.body = std::move(body_);
    return std::move(call_);
  }

private:
  void begin_part(std::string_view name) {
    body_.append("--").append(boundary_);
    body_.append("\r\nContent-Disposition: form-data; name=\"").append(name);
    body_ += '"';
  }

  encoded_method call_;
  std::string_view boundary_;
  std::string body_;
};

std::string part_name(std::size_t item) {
  return "file" + std::to_string(item);
}

} // namespace

encoded_method encode_upload(const send_file& call, const upload& file,
                             std::string_view boundary) {
  auto fields = call;
  fields.source.clear();
  form out{encode(fields), boundary, file.bytes.size()};
  out.add(to_string(call.kind), file);
  return std::move(out).done();
}

encoded_method encode_upload(const send_media_group& call,
                             std::span<const album_upload> files,
                             std::string_view boundary) {
  auto fields = call;
  std::size_t bytes = 0;
  for (const auto& one : files) {
    fields.items.at(one.item).source = "attach://" + part_name(one.item);
    bytes += one.file.bytes.size();
  }
  form out{encode(fields), boundary, bytes};
  for (const auto& one : files)
    out.add(part_name(one.item), one.file);
  return std::move(out).done();
}

} // namespace switchboard::channels::telegram
