#pragma once

#include "net/message.hpp"

#include <boost/beast/core/string.hpp>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace switchboard::api {

/// A request without a connection. It has no actors, so it serves what answers
/// without asking one.
class fake_request final : public net::request {
public:
  [[nodiscard]] std::string_view header(std::string_view name) const override {
    for (const auto& [key, value] : headers)
      if (matches(key, name))
        return value;
    return {};
  }

  [[nodiscard]] std::size_t header_count(std::string_view name) const override {
    std::size_t count = 0;
    for (const auto& [key, value] : headers)
      count += matches(key, name) ? 1U : 0U;
    return count;
  }

  [[nodiscard]] net::asker& actors() const override {
    std::abort();
  }

  std::vector<std::pair<std::string, std::string>> headers;

private:
  static bool matches(std::string_view a, std::string_view b) {
    return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
  }
};

} // namespace switchboard::api
