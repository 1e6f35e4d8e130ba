#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Forms with files, `multipart/form-data` (RFC 7578), as browsers and command
/// line clients send them.
namespace switchboard::api {

/// One field of a form. `body` lies in the bytes that were parsed.
struct form_part {
  std::string name;
  std::optional<std::string> file_name; ///< as sent: not to be trusted
  std::string content_type;             ///< as sent, or empty
  std::string_view body;
};

struct multipart_limits {
  std::size_t parts_max = 32;
  std::size_t header_bytes_max = 4'096; ///< of one part, all lines together
  std::size_t name_bytes_max = 200;
  std::size_t file_name_bytes_max = 1'024;
};

/// A form, or why it is none.
struct multipart_form {
  std::vector<form_part> parts;
  std::string problem; ///< for people; empty: all is well
};

/// The boundary in a `Content-Type` header; nothing when that declares no such
/// form, or no usable boundary.
[[nodiscard]] std::optional<std::string>
multipart_boundary(std::string_view content_type);

/// Takes a whole body apart. Total: any bytes give a form or a problem, in time
/// proportional to their number. What stands before the first boundary and
/// behind the last one is passed over; a form without its last boundary was cut
/// off, and is refused.
[[nodiscard]] multipart_form
parse_multipart(std::string_view body, std::string_view boundary,
                const multipart_limits& limits = {});

} // namespace switchboard::api
