#pragma once

#include "tests/support/openapi_check.hpp"

#include <string>
#include <vector>

namespace switchboard::support {

/// What is wrong with an API's description in itself: references that lead
/// nowhere, schemas that cannot be checked, examples that do not fit theirs,
/// objects without an example, components that nobody uses, operations without
/// a name fit for generated clients, a scope, a tag, their path's parameters or
/// their errors.
std::vector<std::string> lint(const openapi_check& api);

} // namespace switchboard::support
