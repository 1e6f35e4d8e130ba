#include "persistence/claims.hpp"

#include "persistence/keys.hpp"

namespace switchboard::persistence {

std::optional<std::string>
find_claim(const row_reader& rows, std::string_view scope, std::string_view id,
           domain::timestamp now) {
  std::string value;
  if (!rows.get(family::unique, keys::unique(scope, id), value)
      || keys::has_expired(value, now))
    return std::nullopt;
  return std::string{keys::after_expiry(value)};
}

} // namespace switchboard::persistence
