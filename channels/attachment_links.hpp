#pragma once

#include "channels/json/writer.hpp"
#include "domain/attachment.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Addresses of attachments.
namespace switchboard::channels {

/// `/api/v1/attachments/<id>`: needs a key.
[[nodiscard]] std::string attachment_path(const domain::attachment_id& id);

/// Makes addresses that need no key, and knows its own ones again:
///
///   /api/v1/attachments/<id>?expires=<Unix seconds>&signature=<HMAC>
///
/// Each is good for one to two hours. Within an hour the same attachment has
/// the same address, so that browsers need not fetch it anew. Thread-safe.
class attachment_links {
public:
  using clock_fn = std::function<domain::timestamp()>;

  /// The key is derived from `secret`, which must be unguessable.
  attachment_links(std::string_view secret, clock_fn now);
  attachment_links(const attachment_links&) = delete;
  attachment_links& operator=(const attachment_links&) = delete;
  ~attachment_links();

  [[nodiscard]] std::string url(const domain::attachment_id& id) const;

  enum class verdict : unsigned char { good, expired, wrong };

  /// The two parameters as they came, decoded.
  [[nodiscard]] verdict judge(const domain::attachment_id& id,
                              std::string_view expires,
                              std::string_view signature) const;

private:
  static constexpr std::size_t key_size = 32;

  [[nodiscard]] std::string sign(const domain::attachment_id& id,
                                 std::string_view expires) const;

  std::array<unsigned char, key_size> key_{};
  clock_fn now_;
};

/// `[{"id","name","mime_type","size","url"}…]`; the size of a file that is not
/// here yet is null. Without `links` the addresses need a key.
void write_attachments(json::writer& out,
                       const std::vector<domain::attachment_ref>& attachments,
                       const attachment_links* links = nullptr);

} // namespace switchboard::channels
