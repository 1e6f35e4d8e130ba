#pragma once

#include "net/message.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Who may call.
namespace switchboard::api {

/// Secrets that a caller may present, held as hashes.
class secret {
public:
  explicit secret(std::string_view text);

  /// In constant time; an empty secret equals nothing.
  [[nodiscard]] bool equals(std::string_view candidate) const;

private:
  static constexpr std::size_t hash_size = 32;
  bool empty_;
  std::array<unsigned char, hash_size> hash_{};
};

/// The API key that the request carries, in `x-api-key` or as a bearer token;
/// empty when there is none, or more than one.
std::string_view presented_key(const net::request& req);

/// 401: who calls is not known.
net::response unknown_caller();

/// Whether the request carries `expected` in `x-api-key` or as a bearer token,
/// exactly once. Returns the answer to send otherwise.
std::optional<net::response> require_secret(const net::request& req,
                                            const secret& expected);

/// Whether the body is declared as JSON; otherwise the 415 to send.
std::optional<net::response> require_json(const net::request& req);
/// The same where the body may be left out.
std::optional<net::response> require_json_if_any(const net::request& req);

} // namespace switchboard::api
