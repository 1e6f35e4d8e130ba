// A form with files, from the network. The input is the boundary, a line end,
// and the body.
#include "api/multipart.hpp"
#include "tests/fuzz/fuzz_check.hpp"

#include <string>

namespace {

using namespace switchboard;
using fuzz::require;

void check_parts(const api::multipart_form& form, std::string_view body) {
  const api::multipart_limits limits;
  require(form.parts.size() <= limits.parts_max, "the parts are counted");
  const auto* before = body.data();
  for (const auto& part : form.parts) {
    require(!part.name.empty(), "every part has a name");
    require(part.name.size() <= limits.name_bytes_max, "names are short");
    require(part.file_name.value_or("").size() <= limits.file_name_bytes_max,
            "names of files are short");
    require(part.content_type.size() <= limits.header_bytes_max,
            "headers are short");
    require(
      part.body.data() >= before
        && part.body.data() + part.body.size() <= body.data() + body.size(),
      "bodies lie in the form, one behind the other");
    before = part.body.data() + part.body.size();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto text = fuzz::to_text(data, size);
  const auto end = text.find('\n');
  const auto first = text.substr(0, end);
  const auto body
    = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  const auto boundary = api::multipart_boundary(first);
  if (boundary) {
    require(!boundary->empty(), "a boundary is something");
    require(boundary->find_first_of("\r\n") == std::string::npos,
            "a boundary stays on its line");
  }
  const auto form = api::parse_multipart(body, boundary.value_or("xyz"));
  require(form.problem.empty() || form.parts.empty(),
          "a wrong form has no parts");
  check_parts(form, body);
  for (const auto& part : form.parts)
    require(part.body.find("\r\n--" + boundary.value_or("xyz"))
              == std::string_view::npos,
            "no boundary is left in a part");
  return 0;
}
