#include "tests/simulators/telegram_input.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace switchboard::simulators::telegram {

namespace {

bool same_start(std::string_view text, std::string_view start) {
  return text.size() >= start.size()
         && std::equal(start.begin(), start.end(), text.begin(),
                       [](unsigned char a, unsigned char b) {
                         return std::tolower(a) == std::tolower(b);
                       });
}

void read_form(std::string_view form, call_input& to) {
  for (auto more = !form.empty(); more;) {
    const auto end = form.find('&');
    const auto pair = form.substr(0, end);
    more = end != std::string_view::npos;
    if (more)
      form = form.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals == 0 || pair.empty())
      continue;
    const auto has_value = equals != std::string_view::npos;
    to.text[from_url_encoding(pair.substr(0, equals))]
      = has_value ? from_url_encoding(pair.substr(equals + 1)) : std::string{};
  }
}

void read_json(std::string_view body, call_input& to, std::string& problem) {
  boost::system::error_code ec;
  auto value = boost::json::parse({body.data(), body.size()}, ec);
  if (ec || !value.is_object())
    problem = "Bad Request: can't parse request body as JSON object";
  else
    to.typed = std::move(value.get_object());
}

/// The value of `key` in a header such as `form-data; name="a"`.
std::string parameter(std::string_view header, std::string_view key) {
  const auto start = std::string{key} + "=";
  std::size_t at = 0;
  while ((at = header.find(start, at)) != std::string_view::npos) {
    if (at > 0 && header[at - 1] != ' ' && header[at - 1] != ';') {
      at += start.size();
      continue;
    }
    auto value = header.substr(at + start.size());
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      return std::string{value.substr(0, value.find('"'))};
    }
    return std::string{value.substr(0, value.find_first_of("; \r\n"))};
  }
  return {};
}

std::string header_of(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (!same_start(line, name) || line.size() <= name.size()
        || line[name.size()] != ':')
      continue;
    const auto value = line.substr(name.size() + 1);
    return std::string{
      value.substr(std::min(value.find_first_not_of(' '), value.size()))};
  }
  return {};
}

void read_part(std::string_view part, call_input& to) {
  const auto end = part.find("\r\n\r\n");
  if (end == std::string_view::npos)
    return;
  const auto head = part.substr(0, end);
  const auto body = part.substr(end + 4);
  const auto about = header_of(head, "Content-Disposition");
  const auto name = parameter(about, "name");
  if (about.find("filename=") != std::string::npos)
    to.files[name] = {parameter(about, "filename"),
                      header_of(head, "Content-Type"), std::string{body}};
  else
    to.text[name] = std::string{body};
}

void read_multipart(std::string_view body, const std::string& boundary,
                    call_input& to, std::string& problem) {
  const auto mark = "--" + boundary;
  if (boundary.empty() || !body.starts_with(mark)) {
    problem = "Bad Request: failed to parse multipart body";
    return;
  }
  const auto next = "\r\n" + mark;
  body.remove_prefix(mark.size());
  while (body.starts_with("\r\n")) {
    body.remove_prefix(2);
    const auto end = body.find(next);
    if (end == std::string_view::npos) {
      problem = "Bad Request: failed to parse multipart body";
      return;
    }
    read_part(body.substr(0, end), to);
    body.remove_prefix(end + next.size());
  }
}

} // namespace

std::string from_url_encoding(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    if (text[at] == '%' && at + 2 < text.size()) {
      const auto* first = text.data() + at + 1;
      const auto [end, ec] = std::from_chars(first, first + 2, byte, 16);
      if (ec == std::errc{} && end == first + 2) {
        out.push_back(static_cast<char>(byte));
        at += 2;
        continue;
      }
    }
    out.push_back(text[at] == '+' ? ' ' : text[at]);
  }
  return out;
}

call_input read_input(std::string_view query, std::string_view content_type,
                      std::string_view body, std::string& problem) {
  call_input out;
  read_form(query, out);
  if (body.empty())
    return out;
  if (same_start(content_type, "application/json"))
    read_json(body, out, problem);
  else if (same_start(content_type, "multipart/form-data"))
    read_multipart(body, parameter(content_type, "boundary"), out, problem);
  else if (same_start(content_type, "application/x-www-form-urlencoded"))
    read_form(body, out);
  else
    problem = "Bad Request: unsupported content type of the request";
  return out;
}

} // namespace switchboard::simulators::telegram
