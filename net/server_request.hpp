#pragma once

#include "net/message.hpp"
#include "net/request_reader.hpp"

#include <cstddef>
#include <string_view>

namespace switchboard::net {

/// The request that a connection is about, read straight from its reader. One
/// object serves all requests of its connection.
class server_request final : public request {
public:
  server_request(const request_reader& reader, asker& actors) noexcept
    : reader_{reader}, actors_{actors} {}

  /// Takes the views anew; call it at the head and, as bytes may have moved,
  /// when the request is complete.
  void refresh();

  [[nodiscard]] std::string_view header(std::string_view name) const override;
  [[nodiscard]] std::size_t header_count(std::string_view name) const override;
  [[nodiscard]] asker& actors() const override {
    return actors_;
  }

private:
  const request_reader& reader_;
  asker& actors_;
};

} // namespace switchboard::net
