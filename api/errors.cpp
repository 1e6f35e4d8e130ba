#include "api/errors.hpp"

#include "channels/json/writer.hpp"

namespace switchboard::api {

namespace {

using channels::json::field_problem;

std::string error_body(std::string_view code, std::string_view message,
                       std::span<const field_problem> problems) {
  std::string body;
  channels::json::writer out{body};
  out.begin_object().key("ok").boolean(false).key("error").begin_object();
  out.key("code").string(code).key("message").string(message);
  out.key("details").begin_array();
  for (const auto& problem : problems) {
    out.begin_object().key("field").string(problem.field);
    out.key("message").string(problem.message).end_object();
  }
  out.end_array().end_object().end_object();
  return body;
}

error_kind kind_of(domain::errc code) {
  using domain::errc;
  switch (code) {
    case errc::unknown_ticket: return not_found;
    case errc::already_exists:
    case errc::already_assigned:
    case errc::duplicate:
    case errc::conversation_over: return conflict;
    case errc::illegal_transition: return {422, "illegal_transition"};
    case errc::not_allowed: return forbidden;
    case errc::invalid: return validation_failed;
    case errc::overloaded: return {503, "overloaded"};
    case errc::storage_unavailable: return {503, "storage_unavailable"};
    case errc::outcome_unknown: return {503, "outcome_unknown"};
    case errc::precondition_failed: return precondition_failed;
  }
  return {500, "internal_error"};
}

} // namespace

net::response error_response(const error_kind& kind, std::string_view message,
                             std::span<const field_problem> details) {
  return {kind.status, error_body(kind.code, message, details)};
}

net::response invalid_response(std::span<const field_problem> problems) {
  std::string message = "the request is not valid";
  if (problems.size() == 1 && problems.front().field.empty())
    message = "the body " + problems.front().message;
  return {validation_failed.status,
          error_body(validation_failed.code, message, problems)};
}

net::response refused_response(const domain::error& reason) {
  const auto kind = kind_of(reason.code);
  auto out = error_response(kind, reason.detail);
  if (kind.status == unavailable.status)
    out.headers.emplace_back("Retry-After", "1");
  return out;
}

} // namespace switchboard::api
