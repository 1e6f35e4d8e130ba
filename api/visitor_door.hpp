#pragma once

#include "actors/id_source.hpp"
#include "api/jwt.hpp"
#include "domain/session.hpp"
#include "net/message.hpp"
#include "persistence/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace switchboard::api {

/// A visitor who came through the door.
struct visitor {
  domain::session session;
  domain::timestamp until{}; ///< when the token is over
};

/// The door of a session's own routes: opens with the session's token alone.
/// Thread-safe.
class visitor_door {
public:
  visitor_door(std::string key, actors::clock_fn now,
               const persistence::row_reader& rows)
    : tokens_{std::move(key)}, now_{std::move(now)}, records_{rows} {}

  /// The visitor whose session the path's first parameter names, or the answer
  /// to who is not: 401 without a token that holds, 403 with another session's,
  /// 404 when the session is not known here.
  [[nodiscard]] std::variant<visitor, net::response>
  admit(const net::request& req) const;
  /// The same where headers cannot be set, as by a browser's WebSocket: the
  /// token may stand in the parameter `access_token` instead.
  [[nodiscard]] std::variant<visitor, net::response>
  admit_stream(const net::request& req) const;

  /// What the request's token says, for routes that others may use too.
  [[nodiscard]] std::optional<visitor_claims>
  claims_of(const net::request& req) const;

  /// A token for `session`, as of its creation: asking again gives the same.
  [[nodiscard]] std::string token_for(const domain::session& session) const {
    return tokens_.issue(session.id, session.created_at);
  }

  [[nodiscard]] domain::timestamp now() const {
    return now_();
  }

private:
  [[nodiscard]] std::variant<visitor, net::response>
  admit(const net::request& req, std::string_view token) const;

  visitor_tokens tokens_;
  actors::clock_fn now_;
  persistence::record_views records_;
};

} // namespace switchboard::api
