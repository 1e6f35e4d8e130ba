#include "app/observers.hpp"

#include <spdlog/spdlog.h>

namespace switchboard::app {

void delivery_metrics::gave_up(std::string_view lane,
                               persistence::delivery_id id,
                               std::string_view reason) {
  spdlog::warn("delivery given up: lane={} id={} reason=\"{}\"", lane,
               static_cast<std::uint64_t>(id), reason);
}

} // namespace switchboard::app
