#include "api/visitor_door.hpp"

#include "api/access.hpp"
#include "api/errors.hpp"
#include "api/query.hpp"

#include <utility>

namespace switchboard::api {

namespace {

net::response unknown_visitor() {
  auto out
    = error_response(unauthorized, "a valid visitor's token is required");
  out.headers.emplace_back("WWW-Authenticate", "Bearer");
  return out;
}

} // namespace

std::optional<visitor_claims>
visitor_door::claims_of(const net::request& req) const {
  return tokens_.read(presented_key(req), now_());
}

std::variant<visitor, net::response>
visitor_door::admit(const net::request& req) const {
  return admit(req, presented_key(req));
}

std::variant<visitor, net::response>
visitor_door::admit_stream(const net::request& req) const {
  std::string token{presented_key(req)};
  std::size_t count = 0;
  each_parameter(req.query, [&](std::string_view name, std::string&& value) {
    if (name == "access_token" && ++count == 1)
      token = std::move(value);
  });
  const auto in_headers
    = req.header_count("authorization") + req.header_count("x-api-key");
  // Said twice, nobody knows which one is meant.
  if (count > 1 || (count == 1 && in_headers > 0))
    return unknown_visitor();
  return admit(req, token);
}

std::variant<visitor, net::response>
visitor_door::admit(const net::request& req, std::string_view token) const {
  const auto claims = tokens_.read(token, now_());
  if (!claims)
    return unknown_visitor();
  if (domain::parse_uuid(req.params.front()) != claims->session.value)
    return error_response(forbidden, "this token is of another session");
  auto known = records_.find(claims->session);
  if (!known)
    return error_response(not_found, "there is no such session");
  return visitor{std::move(known->value), claims->expires_at};
}

} // namespace switchboard::api
