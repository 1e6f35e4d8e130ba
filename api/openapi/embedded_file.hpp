#pragma once

#include <span>
#include <string_view>

namespace switchboard::api {

/// A file that is part of the program; its bytes live as long as the process.
struct embedded_file {
  std::string_view name; ///< without folder
  std::string_view content;
};

/// The parts of the API's description; `base.json` comes first.
std::span<const embedded_file> openapi_parts();

/// What the page at `/docs` consists of; `index.html` comes first.
std::span<const embedded_file> docs_files();

} // namespace switchboard::api
