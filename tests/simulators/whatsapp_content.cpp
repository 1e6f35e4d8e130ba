#include "tests/simulators/whatsapp_wire.hpp"

#include <algorithm>
#include <array>
#include <cctype>

// The second half of whatsapp_wire.hpp: what bodies are made of.

namespace switchboard::simulators::whatsapp {

namespace {

constexpr auto npos = std::string_view::npos;

/// `name="value"` of a header, or nothing.
std::optional<std::string> parameter(std::string_view header,
                                     std::string_view name) {
  const auto start = header.find("; " + std::string{name} + "=");
  if (start == npos)
    return std::nullopt;
  auto rest = header.substr(start + name.size() + 3);
  if (!rest.starts_with('"'))
    return std::string{rest.substr(0, rest.find(';'))};
  rest.remove_prefix(1);
  return std::string{rest.substr(0, rest.find('"'))};
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

void read_part_header(form_part& to, std::string_view line,
                      std::string& problem) {
  const auto colon = line.find(": ");
  if (colon == npos) {
    problem = "a part has a header that is none";
    return;
  }
  const auto name = lower(line.substr(0, colon));
  const auto value = line.substr(colon + 2);
  if (name == "content-type")
    to.content_type = value;
  if (name != "content-disposition")
    return;
  if (!value.starts_with("form-data"))
    problem = "a part is no form-data";
  to.name = parameter(value, "name").value_or("");
  to.file_name = parameter(value, "filename").value_or("");
}

form_part read_part(std::string_view text, std::string& problem) {
  form_part out;
  const auto end = text.find("\r\n\r\n");
  if (end == npos) {
    problem = "a part has no end of its headers";
    return out;
  }
  out.body = text.substr(end + 4);
  auto head = text.substr(0, end);
  while (!head.empty()) {
    const auto line_end = std::min(head.find("\r\n"), head.size());
    read_part_header(out, head.substr(0, line_end), problem);
    head.remove_prefix(std::min(line_end + 2, head.size()));
  }
  if (out.name.empty())
    problem = "a part has no name";
  return out;
}

std::string_view bare_type(std::string_view mime_type) {
  return mime_type.substr(0, mime_type.find_first_of("; "));
}

struct magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view type;
};

constexpr std::array magics{
  magic{0, "\xff\xd8\xff", "image/jpeg"},
  magic{0, "\x89PNG\r\n\x1a\n", "image/png"},
  magic{0, "GIF8", "image/gif"},
  magic{8, "WEBP", "image/webp"},
  magic{0, "%PDF-", "application/pdf"},
  magic{0, "OggS", "audio/ogg"},
  magic{4, "ftyp", "video/mp4"},
  magic{0, "ID3", "audio/mpeg"},
  magic{0, "PK\x03\x04", "application/zip"},
};

} // namespace

std::vector<form_part> read_multipart(std::string_view content_type,
                                      std::string_view body,
                                      std::string& problem) {
  std::vector<form_part> out;
  const auto boundary = parameter(content_type, "boundary");
  if (!content_type.starts_with("multipart/form-data") || !boundary
      || boundary->empty() || boundary->size() > 70) {
    problem = "no multipart/form-data with a boundary";
    return out;
  }
  const auto first = "--" + *boundary + "\r\n";
  const auto between = "\r\n--" + *boundary;
  if (!body.starts_with(first)) {
    problem = "does not begin with its boundary";
    return out;
  }
  body.remove_prefix(first.size());
  for (;;) {
    const auto end = body.find(between);
    if (end == npos) {
      problem = "a part has no end";
      return out;
    }
    out.push_back(read_part(body.substr(0, end), problem));
    body.remove_prefix(end + between.size());
    if (body.starts_with("--"))
      break;
    if (!body.starts_with("\r\n")) {
      problem = "a boundary is followed by something else";
      return out;
    }
    body.remove_prefix(2);
  }
  if (body != "--" && body != "--\r\n")
    problem = "something follows the last boundary";
  return out;
}

std::string_view sniff(std::string_view bytes) {
  for (const auto& one : magics)
    if (bytes.size() > one.at && bytes.substr(one.at).starts_with(one.bytes))
      return one.type;
  return {};
}

std::string_view kind_of(std::string_view mime_type) {
  const auto type = bare_type(mime_type);
  if (type == "image/webp")
    return "sticker";
  for (const std::string_view kind : {"image", "video", "audio"})
    if (type.starts_with(kind) && type.substr(kind.size()).starts_with('/'))
      return kind;
  return "document";
}

bool is_mislabelled(std::string_view mime_type, std::string_view bytes) {
  const auto found = sniff(bytes);
  const auto type = bare_type(mime_type);
  // Office files are archives; sound and pictures share the container of MP4.
  if (found.empty() || found == type || found == "application/zip")
    return false;
  if (found == "video/mp4" || found == "audio/ogg")
    return !type.starts_with("video/") && !type.starts_with("audio/")
           && !type.starts_with("application/");
  return type != "application/octet-stream";
}

bool member_reader::has(std::string_view name) const {
  return of_.contains(name);
}

void member_reader::note(std::string_view name, std::string_view what) {
  problems_.push_back(where_ + std::string{name} + " " + std::string{what});
}

const json::value* member_reader::find(std::string_view name, bool is_needed) {
  known_.emplace(name);
  const auto* found = of_.if_contains(name);
  if (found == nullptr && is_needed)
    note(name, "is missing");
  return found;
}

std::string member_reader::text(std::string_view name, bool is_needed,
                                std::size_t size_max) {
  const auto* found = find(name, is_needed);
  if (found == nullptr)
    return {};
  const auto* given = found->if_string();
  if (given == nullptr) {
    note(name, "is no string");
    return {};
  }
  std::string out{given->data(), given->size()};
  if (is_needed && out.empty())
    note(name, "is empty");
  const auto size = code_points(out);
  if (!size)
    note(name, "is no UTF-8");
  else if (*size > size_max)
    note(name, "is longer than " + std::to_string(size_max));
  return out;
}

bool member_reader::flag(std::string_view name, bool is_needed) {
  const auto* found = find(name, is_needed);
  if (found == nullptr)
    return false;
  if (!found->is_bool()) {
    note(name, "is neither true nor false");
    return false;
  }
  return found->get_bool();
}

double member_reader::number(std::string_view name, bool is_needed) {
  const auto* found = find(name, is_needed);
  if (found == nullptr)
    return 0;
  if (!found->is_number()) {
    note(name, "is no number");
    return 0;
  }
  return found->to_number<double>();
}

const json::object* member_reader::object(std::string_view name,
                                          bool is_needed) {
  const auto* found = find(name, is_needed);
  if (found == nullptr)
    return nullptr;
  const auto* out = found->if_object();
  if (out == nullptr)
    note(name, "is no object");
  return out;
}

const json::array* member_reader::array(std::string_view name, bool is_needed) {
  const auto* found = find(name, is_needed);
  if (found == nullptr)
    return nullptr;
  const auto* out = found->if_array();
  if (out == nullptr)
    note(name, "is no array");
  return out;
}

void member_reader::skip(std::string_view name) {
  known_.emplace(name);
}

void member_reader::finish() {
  for (const auto& member : of_)
    if (!known_.contains(
          std::string_view{member.key().data(), member.key().size()}))
      note({member.key().data(), member.key().size()}, "is not known");
}

} // namespace switchboard::simulators::whatsapp
