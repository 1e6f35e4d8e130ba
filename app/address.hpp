#pragma once

#include <string>
#include <utility>

namespace switchboard::app {

/// Where customers find this server. With port 0 it is known only when the
/// server listens; set once, before anything is served.
class public_address {
public:
  void set(std::string url) {
    url_ = std::move(url);
  }
  [[nodiscard]] const std::string& url() const noexcept {
    return url_;
  }

private:
  std::string url_;
};

} // namespace switchboard::app
