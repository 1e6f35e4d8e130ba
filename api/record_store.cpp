#include "api/record_store.hpp"

#include "api/errors.hpp"
#include "domain/text.hpp"
#include "persistence/claims.hpp"

#include <algorithm>
#include <array>

namespace switchboard::api {

namespace {

constexpr std::size_t uuid_size = 16;

struct named_scope {
  std::string_view scope;
  std::string_view field;
};

constexpr std::array unique_fields{
  named_scope{persistence::username_scope, "username"},
  named_scope{persistence::telegram_scope, "telegram_id"},
  named_scope{persistence::phone_scope, "phone"},
  named_scope{persistence::telegram_group_scope, "telegram_group_id"},
};

net::response taken_response(const persistence::conflict& taken) {
  channels::json::field_problem problem;
  problem.message = "is taken";
  for (const auto& known : unique_fields)
    if (known.scope == taken.scope)
      problem.field = known.field;
  return error_response(conflict, problem.field + " is taken", {&problem, 1});
}

domain::error failure_of(persistence::commit_failure failure) {
  using domain::errc;
  using persistence::commit_failure;
  switch (failure) {
    case commit_failure::overloaded:
      return {errc::overloaded, "the journal has too much to do"};
    case commit_failure::no_room:
      return {errc::storage_unavailable, "there is no room left for writes"};
    case commit_failure::closed:
      return {errc::storage_unavailable, "the server is shutting down"};
    case commit_failure::stale:
    case commit_failure::fenced:
    case commit_failure::unknown: break;
  }
  return {errc::outcome_unknown, "it is not known whether this was written"};
}

bool names(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    if (const auto given = domain::trim(one); given == tag || given == "*")
      return true;
  }
  return false;
}

} // namespace

std::string etag(domain::sequence version) {
  return '"' + std::to_string(static_cast<std::uint64_t>(version)) + '"';
}

std::optional<net::response> refuse_if_changed(const net::request& req,
                                               domain::sequence version) {
  const auto count = req.header_count("if-match");
  if (count == 0)
    return std::nullopt;
  const auto current = etag(version);
  if (count == 1 && names(req.header("if-match"), current))
    return std::nullopt;
  return error_response(precondition_failed,
                        "it has changed; it is at " + current + " now");
}

net::response not_committed(const persistence::commit_outcome& outcome) {
  if (const auto* const taken = std::get_if<persistence::conflict>(&outcome))
    return taken_response(*taken);
  const auto* const failure
    = std::get_if<persistence::commit_failure>(&outcome);
  return refused_response(failure_of(
    failure != nullptr ? *failure : persistence::commit_failure::unknown));
}

namespace records {

net::response missing(std::string_view name) {
  return error_response(not_found, "there is no such " + std::string{name});
}

net::response changes_too_fast(std::string_view name) {
  return refused_response(
    {domain::errc::overloaded,
     "too many change this " + std::string{name} + " at once; try again"});
}

net::response first_is_gone(std::string_view name) {
  return error_response(conflict, "the " + std::string{name}
                                    + " that this Idempotency-Key made was "
                                      "removed");
}

std::variant<first_result, net::response> read_first(const net::request& req,
                                                     std::string_view result) {
  const auto effect = first_effect(req, result);
  if (!effect)
    return error_response(conflict,
                          "this Idempotency-Key was used with another body");
  const std::string_view bytes{*effect};
  const auto id = domain::uuid_from_bytes(bytes.substr(0, uuid_size));
  if (!id)
    return error_response(conflict, "this Idempotency-Key was used otherwise");
  first_result out;
  out.id = *id;
  out.extra = bytes.substr(uuid_size);
  return out;
}

std::optional<std::variant<first_result, net::response>>
find_first(const net::request& req, const persistence::row_reader& rows,
           domain::timestamp now, std::string_view who) {
  auto claim = claim_idempotency(req, {}, now, who);
  if (auto* const refusal = std::get_if<net::response>(&claim))
    return std::move(*refusal);
  const auto* const once = std::get_if<persistence::unique_claim>(&claim);
  const auto result = once != nullptr
                        ? find_claim(rows, once->scope, once->id, now)
                        : std::nullopt;
  if (!result)
    return std::nullopt;
  return read_first(req, *result);
}

} // namespace records

} // namespace switchboard::api
