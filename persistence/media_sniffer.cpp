#include "persistence/media_sniffer.hpp"

#include "domain/media_type.hpp"

#include <magic.h>

#include <algorithm>
#include <cstddef>

namespace switchboard::persistence {

namespace {

/// Types show early in a file; libmagic itself looks at no more by default.
constexpr std::size_t looked_at_max = std::size_t{1024} * 1024;

} // namespace

void media_sniffer::closer::operator()(magic_set* rules) const noexcept {
  ::magic_close(rules);
}

media_sniffer::media_sniffer()
  : rules_{::magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS
                        | MAGIC_NO_CHECK_ELF)} {
  if (!rules_) {
    problem_ = "libmagic could not be opened";
    return;
  }
  if (::magic_load(rules_.get(), nullptr) == 0)
    return;
  const char* const reason = ::magic_error(rules_.get());
  problem_ = reason != nullptr ? reason : "libmagic has no rules";
  rules_.reset();
}

media_sniffer::~media_sniffer() = default;

std::string media_sniffer::sniff(std::string_view bytes) const {
  const char* found = nullptr;
  if (rules_)
    found = ::magic_buffer(rules_.get(), bytes.data(),
                           std::min(bytes.size(), looked_at_max));
  return found != nullptr ? std::string{found}
                          : std::string{domain::unknown_media_type};
}

} // namespace switchboard::persistence
