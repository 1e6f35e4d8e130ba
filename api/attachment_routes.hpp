#pragma once

#include "actors/id_source.hpp"
#include "api/gate.hpp"
#include "channels/attachment_links.hpp"
#include "domain/attachment.hpp"
#include "net/router.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace switchboard::api {

struct attachment_options {
  /// How long a reader waits for a file that is being fetched.
  std::chrono::milliseconds patience{20'000};
  std::chrono::milliseconds look_pause{200};
  /// Readers that wait for files at once; more are told to come back.
  std::size_t waiting_max = 256;
};

/// What files are read from; all of it outlives the routes.
struct attachment_tools {
  const persistence::row_reader& rows;
  persistence::attachment_store& files;
  const channels::attachment_links& links;
};

/// `GET /api/v1/attachments/{id}`: the bytes of an attachment, or a range of
/// them, for whoever has its signed address, or a key that may read tickets.
///
/// What strangers sent must not become a page of this server: types that are
/// not known to be harmless are saved instead of shown, and browsers are told
/// to guess nothing and to run nothing.
///
/// Built once; thread-safe.
class attachment_routes {
public:
  explicit attachment_routes(attachment_tools tools,
                             attachment_options options = {});

  void add_to(net::router& router, gate& door);

  /// Nobody waits any longer, so that the server can end.
  void stop() noexcept {
    stopping_ = true;
  }

private:
  using answer = boost::asio::awaitable<net::response>;

  answer on_read(net::request& req, gate& door);
  /// The answer to who may not read; `headers` are for those who may, too.
  [[nodiscard]] std::optional<net::response>
  refuse(const net::request& req, const domain::attachment_id& id, gate& door,
         gate::header_list& headers) const;
  /// The record when it is settled, or what is known at the end of patience.
  boost::asio::awaitable<std::optional<domain::attachment>>
  settled(domain::attachment_id id);
  answer send(const net::request& req, domain::attachment file);

  attachment_tools tools_;
  attachment_options options_;
  persistence::record_views records_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> stopping_{false};
};

/// One range of a file, as a `Range` header asks for it (RFC 9110, section 14).
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  friend bool operator==(const byte_range&, const byte_range&) = default;
};

enum class range_kind : std::uint8_t {
  whole,         ///< none is asked for, or none that is understood
  part,          ///< the one in `range`
  unsatisfiable, ///< it lies behind the end: 416
};

struct range_request {
  range_kind kind = range_kind::whole;
  byte_range range;

  friend bool operator==(const range_request&, const range_request&) = default;
};

/// Several ranges at once get the whole file, which is always allowed.
[[nodiscard]] range_request parse_range(std::string_view header,
                                        std::uint64_t size);

/// `inline` or `attachment`, with the name for both old and new browsers.
[[nodiscard]] std::string content_disposition(const domain::attachment& file);

} // namespace switchboard::api
