#pragma once

#include "domain/time.hpp"
#include "persistence/rows.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace switchboard::persistence {

/// What the first effect of `scope` + `id` left as its result; nothing when the
/// pair is free or its claim has expired. For answering a repeated request
/// early: only the commit itself decides. Thread-safe.
[[nodiscard]] std::optional<std::string>
find_claim(const row_reader& rows, std::string_view scope, std::string_view id,
           domain::timestamp now);

} // namespace switchboard::persistence
