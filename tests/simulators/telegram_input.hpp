#pragma once

#include "tests/simulators/telegram_facts.hpp"

#include <string>
#include <string_view>

namespace switchboard::simulators::telegram {

/// Reads a call's parameters out of the query and a body of JSON, a form or
/// multipart. `problem` says why it cannot be read, when it cannot.
call_input read_input(std::string_view query, std::string_view content_type,
                      std::string_view body, std::string& problem);

/// `a%20b+c` as `a b c`.
std::string from_url_encoding(std::string_view text);

} // namespace switchboard::simulators::telegram
