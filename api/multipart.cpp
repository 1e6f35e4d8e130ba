#include "api/multipart.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::api {

namespace {

using view = std::string_view;

constexpr std::size_t boundary_size_max = 70; // RFC 2046, section 5.1.1
constexpr view line_end = "\r\n";

char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_word(view a, view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

view skip_blanks(view text) noexcept {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  return text;
}

view without_blanks(view text) noexcept {
  text = skip_blanks(text);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

// -- headers with parameters --------------------------------------------------

/// `; name=value` or `; name="value"`, one after the other.
class parameter_reader {
public:
  explicit parameter_reader(view text) : rest_{text} {}

  /// Steps to the next parameter; false at the end, or at what is none.
  bool next() {
    rest_ = skip_blanks(rest_);
    if (!rest_.starts_with(';'))
      return false;
    rest_ = skip_blanks(rest_.substr(1));
    const auto equals = rest_.find('=');
    if (equals == view::npos)
      return false;
    name_ = without_blanks(rest_.substr(0, equals));
    rest_ = skip_blanks(rest_.substr(equals + 1));
    value_.clear();
    return rest_.starts_with('"') ? read_quoted() : read_plain();
  }

  [[nodiscard]] view name() const noexcept {
    return name_;
  }
  [[nodiscard]] const std::string& value() const noexcept {
    return value_;
  }
  /// Whether all was understood.
  [[nodiscard]] bool is_done() const noexcept {
    return skip_blanks(rest_).empty();
  }

private:
  bool read_plain() {
    const auto end = std::min(rest_.find(';'), rest_.size());
    value_ = without_blanks(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }

  /// Only quotes and backslashes can be escaped: an old browser sends
  /// `C:\new\file`, and means every backslash.
  bool read_quoted() {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '"') {
        rest_.remove_prefix(1);
        return true;
      }
      const bool escapes = c == '\\' && rest_.size() > 1
                           && (rest_[1] == '"' || rest_[1] == '\\');
      value_ += escapes ? rest_[1] : c;
      rest_.remove_prefix(escapes ? 2 : 1);
    }
    return false;
  }

  view rest_;
  view name_;
  std::string value_;
};

/// Browsers write these three, and no others, with a percent sign (the HTML
/// standard, "multipart/form-data encoding algorithm").
std::string unescaped(view text) {
  struct escape {
    view code;
    char meant;
  };
  constexpr std::array escapes{escape{"%22", '"'}, escape{"%0D", '\r'},
                               escape{"%0A", '\n'}};
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto* const found = std::find_if(
      escapes.begin(), escapes.end(),
      [text](const auto& one) { return text.starts_with(one.code); });
    out += found != escapes.end() ? found->meant : text.front();
    text.remove_prefix(found != escapes.end() ? found->code.size() : 1);
  }
  return out;
}

// -- parts --------------------------------------------------------------------

class form_parser {
public:
  form_parser(view body, view boundary, const multipart_limits& limits)
    : rest_{body}, delimiter_{"\r\n--"}, limits_{limits} {
    delimiter_ += boundary;
  }

  multipart_form parse() {
    if (!find_first()) {
      refuse("has no part");
      return std::move(out_);
    }
    while (out_.problem.empty() && !is_last()) {
      if (out_.parts.size() == limits_.parts_max)
        refuse("has too many parts");
      else
        read_part();
    }
    if (!out_.problem.empty())
      out_.parts.clear();
    return std::move(out_);
  }

private:
  void refuse(std::string problem) {
    out_.problem = std::move(problem);
  }

  /// Steps behind the first delimiter, which needs no line end in front.
  bool find_first() {
    const view bare = view{delimiter_}.substr(line_end.size());
    if (rest_.starts_with(bare)) {
      rest_.remove_prefix(bare.size());
      return true;
    }
    return step_behind_delimiter().has_value();
  }

  /// What stands in front of the next delimiter, which it steps behind.
  std::optional<view> step_behind_delimiter() {
    const auto at = rest_.find(delimiter_);
    if (at == view::npos)
      return std::nullopt;
    const auto before = rest_.substr(0, at);
    rest_.remove_prefix(at + delimiter_.size());
    return before;
  }

  [[nodiscard]] bool is_last() const noexcept {
    return rest_.starts_with("--");
  }

  void read_part() {
    // Blanks behind a boundary come from transport, says RFC 2046.
    rest_ = skip_blanks(rest_);
    if (!rest_.starts_with(line_end)) {
      refuse("has something behind a boundary");
      return;
    }
    rest_.remove_prefix(line_end.size());
    form_part part;
    if (!read_headers(part))
      return;
    // The line end behind the headers may be that of the boundary: a part
    // without a body.
    rest_
      = view{rest_.data() - line_end.size(), rest_.size() + line_end.size()};
    const auto body = step_behind_delimiter();
    if (!body) {
      refuse("ends before its last boundary");
      return;
    }
    part.body = body->substr(std::min(line_end.size(), body->size()));
    out_.parts.push_back(std::move(part));
  }

  /// Reads up to and with the empty line.
  bool read_headers(form_part& part) {
    std::size_t size = 0;
    bool has_disposition = false;
    for (;;) {
      const auto end
        = rest_.substr(0, limits_.header_bytes_max - size + line_end.size())
            .find(line_end);
      if (end == view::npos) {
        refuse("has a part whose headers are too long or do not end");
        return false;
      }
      const auto line = rest_.substr(0, end);
      rest_.remove_prefix(end + line_end.size());
      size += end;
      if (line.empty())
        break;
      if (!read_header(line, part, has_disposition))
        return false;
    }
    if (!has_disposition)
      refuse("has a part without a name");
    return has_disposition;
  }

  bool read_header(view line, form_part& part, bool& has_disposition) {
    const auto colon = line.find(':');
    if (colon == view::npos || colon == 0) {
      refuse("has a part with a header that is none");
      return false;
    }
    const auto name = without_blanks(line.substr(0, colon));
    const auto value = without_blanks(line.substr(colon + 1));
    if (same_word(name, "content-disposition")) {
      if (has_disposition) {
        refuse("has a part with two names");
        return false;
      }
      has_disposition = true;
      return read_disposition(value, part);
    }
    if (same_word(name, "content-type"))
      part.content_type = value;
    else if (same_word(name, "content-transfer-encoding")
             && !is_as_it_is(value)) {
      refuse("has a part in an encoding that is not taken");
      return false;
    }
    return true;
  }

  static bool is_as_it_is(view encoding) noexcept {
    return same_word(encoding, "binary") || same_word(encoding, "8bit")
           || same_word(encoding, "7bit");
  }

  bool read_disposition(view value, form_part& part) {
    const auto kind_end = std::min(value.find(';'), value.size());
    parameter_reader in{value.substr(kind_end)};
    bool has_name = false;
    while (in.next()) {
      if (same_word(in.name(), "name") && !has_name) {
        has_name = true;
        part.name = unescaped(in.value());
      } else if (same_word(in.name(), "filename") && !part.file_name) {
        part.file_name = unescaped(in.value());
      }
    }
    const bool fits
      = part.name.size() <= limits_.name_bytes_max
        && part.file_name.value_or("").size() <= limits_.file_name_bytes_max;
    if (!same_word(without_blanks(value.substr(0, kind_end)), "form-data")
        || !in.is_done() || !has_name || part.name.empty())
      refuse("has a part without a name");
    else if (!fits)
      refuse("has a part whose name is too long");
    return out_.problem.empty();
  }

  view rest_;
  std::string delimiter_; ///< with the line end in front
  const multipart_limits& limits_;
  multipart_form out_;
};

/// RFC 2046, section 5.1.1.
bool is_boundary(view text) noexcept {
  if (text.empty() || text.size() > boundary_size_max || text.back() == ' ')
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z')
           || view{"'()+_,-./:=? "}.find(c) != view::npos;
  });
}

} // namespace

std::optional<std::string> multipart_boundary(view content_type) {
  const auto kind_end = std::min(content_type.find(';'), content_type.size());
  if (!same_word(without_blanks(content_type.substr(0, kind_end)),
                 "multipart/form-data"))
    return std::nullopt;
  parameter_reader in{content_type.substr(kind_end)};
  std::optional<std::string> boundary;
  while (in.next())
    if (same_word(in.name(), "boundary") && !boundary)
      boundary = in.value();
  if (!boundary || !in.is_done() || !is_boundary(*boundary))
    return std::nullopt;
  return boundary;
}

multipart_form parse_multipart(view body, view boundary,
                               const multipart_limits& limits) {
  return form_parser{body, boundary, limits}.parse();
}

} // namespace switchboard::api
