#include "channels/http_exchange.hpp"

namespace switchboard::channels {

std::string_view to_string(http_failure f) noexcept {
  switch (f) {
    case http_failure::none: return "none";
    case http_failure::bad_url: return "bad_url";
    case http_failure::address_refused: return "address_refused";
    case http_failure::resolve_failed: return "resolve_failed";
    case http_failure::connect_failed: return "connect_failed";
    case http_failure::connect_timeout: return "connect_timeout";
    case http_failure::tls_failed: return "tls_failed";
    case http_failure::write_failed: return "write_failed";
    case http_failure::no_answer: return "no_answer";
    case http_failure::answer_timeout: return "answer_timeout";
    case http_failure::bad_answer: return "bad_answer";
    case http_failure::shutting_down: return "shutting_down";
  }
  return "unknown";
}

} // namespace switchboard::channels
