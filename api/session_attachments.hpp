#pragma once

#include "actors/id_source.hpp"
#include "api/flood_limiter.hpp"
#include "api/multipart.hpp"
#include "api/visitor_door.hpp"
#include "channels/attachment_links.hpp"
#include "domain/attachment.hpp"
#include "net/router.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace switchboard::api {

/// How long a file waits to be sent with a message; after `unused_life` it is
/// removed. The time between the two is for messages that are on their way.
inline constexpr std::chrono::hours attachable_life{23};
inline constexpr std::chrono::hours unused_life{24};

struct upload_options {
  std::size_t bytes_max = std::size_t{20} << 20U; ///< of one file
  std::uint32_t uploads = 5; ///< of one session in `window`; 0: no limit
  std::chrono::seconds window{10};
};

/// What uploads are made of; all of it outlives the routes.
struct upload_tools {
  actors::id_source& ids;
  persistence::journal& journal;
  persistence::attachment_store& files;
  const channels::attachment_links& links;
};

/// `POST /api/session/{session_id}/attachments`: takes files of a visitor,
/// which the session's messages then may name. Built once; thread-safe.
class session_attachments {
public:
  session_attachments(upload_tools tools, const visitor_door& door,
                      upload_options options);

  void add_to(net::router& router);

private:
  using answer = boost::asio::awaitable<net::response>;
  using kept_or_refused = std::variant<domain::attachment, net::response>;

  answer on_upload(net::request& req);
  /// Keeps all of them, or answers.
  answer take(const net::request& req, const visitor& who,
              std::vector<form_part> files);
  /// Writes the bytes of one file; its record is still to be committed.
  boost::asio::awaitable<kept_or_refused>
  keep(const domain::session_id& session, const form_part& part);
  [[nodiscard]] net::response
  show(const std::vector<domain::attachment>& kept) const;
  [[nodiscard]] net::response show_first(const domain::attachment& last,
                                         std::string_view others) const;

  upload_tools tools_;
  const visitor_door& door_;
  upload_options options_;
  persistence::record_views records_;
  flood_limiter uploads_;
};

/// The files that a message of this session names, or the 400 to send when one
/// of them is not the session's, or has waited for too long.
[[nodiscard]] std::variant<std::vector<domain::attachment_ref>, net::response>
find_attachments(const persistence::record_views& records,
                 const domain::session_id& session,
                 const std::vector<domain::attachment_id>& ids,
                 domain::timestamp now);

/// The answer to a file that was not written or read.
[[nodiscard]] net::response
refused_file(const persistence::file_problem& problem);

} // namespace switchboard::api
