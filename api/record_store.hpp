#pragma once

#include "api/commits.hpp"
#include "api/gate.hpp"
#include "api/idempotency.hpp"
#include "domain/ids.hpp"
#include "net/message.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// Creates, changes and removes users, groups, keys, webhooks and sessions:
/// plain records under optimistic commits. Every function answers for itself:
/// what comes back is either the record or the response to send.
///
/// The request, the journal and the caller must outlive the coroutine.
namespace switchboard::api {

/// `"<version>"`, as it stands in `ETag`.
[[nodiscard]] std::string etag(domain::sequence version);

/// 412 when the request's `If-Match` names other versions than this one.
[[nodiscard]] std::optional<net::response>
refuse_if_changed(const net::request& req, domain::sequence version);

/// The response to a commit that was not done: 409 naming the field whose value
/// is taken, else 503.
[[nodiscard]] net::response
not_committed(const persistence::commit_outcome& outcome);

/// A record that a call has made, now or when its `Idempotency-Key` came first.
template <class T>
struct created {
  persistence::versioned<T> record;
  std::string extra; ///< what `create_record` was given the first time
};

template <class T>
using changed_or_refused
  = std::variant<persistence::versioned<T>, net::response>;
template <class T>
using created_or_refused = std::variant<created<T>, net::response>;
using removed_or_refused = std::variant<std::monostate, net::response>;

namespace records {

/// How often a change is made anew because somebody was quicker. Each round of
/// rivals has one winner, so this bounds how many may change one record at the
/// same moment.
inline constexpr int change_tries_max = 32;

constexpr std::string_view name_of(const domain::user*) {
  return "user";
}
constexpr std::string_view name_of(const domain::group*) {
  return "group";
}
constexpr std::string_view name_of(const domain::api_key*) {
  return "API key";
}
constexpr std::string_view name_of(const domain::webhook*) {
  return "webhook";
}
constexpr std::string_view name_of(const domain::session*) {
  return "session";
}
constexpr std::string_view name_of(const domain::attachment*) {
  return "attachment";
}

template <class Id>
domain::uuid uuid_of(Id id) {
  if constexpr (requires { id.value; })
    return id.value;
  else
    return domain::uuid_of_number(static_cast<std::uint64_t>(id));
}

template <class Id>
Id id_of(const domain::uuid& value) {
  if constexpr (requires(Id id) { id.value; })
    return Id{value};
  else
    return Id{domain::number_of(value)};
}

net::response missing(std::string_view name);
net::response changes_too_fast(std::string_view name);

/// What an idempotency claim keeps: the record's uuid, then the extra.
struct first_result {
  domain::uuid id;
  std::string extra;
};

std::variant<first_result, net::response> read_first(const net::request& req,
                                                     std::string_view result);

/// What the first request with this key left; nothing when this is the first,
/// or when there is no key.
std::optional<std::variant<first_result, net::response>>
find_first(const net::request& req, const persistence::row_reader& rows,
           domain::timestamp now, std::string_view who);

/// Whatever this key made is no more.
net::response first_is_gone(std::string_view name);

template <class T>
created_or_refused<T>
load_first(const persistence::journal& journal,
           std::variant<first_result, net::response>&& first) {
  if (auto* const refusal = std::get_if<net::response>(&first))
    return std::move(*refusal);
  auto& known = std::get<first_result>(first);
  const persistence::record_views views{journal.rows()};
  auto found = views.find(id_of<decltype(T::id)>(known.id));
  if (!found)
    return first_is_gone(name_of(static_cast<const T*>(nullptr)));
  created<T> out;
  out.record = std::move(*found);
  out.extra = std::move(known.extra);
  return out;
}

} // namespace records

/// 404: there is no such record.
template <class T>
net::response missing_record() {
  return records::missing(records::name_of(static_cast<const T*>(nullptr)));
}

/// The answer to a repeated `Idempotency-Key`, or nothing for the first one.
/// Ask before what else may refuse (a group that must exist, a time that must
/// lie ahead), so that a repetition does not fail where the first one passed;
/// but after the caller's rights.
template <class T>
std::optional<created_or_refused<T>>
find_created(const net::request& req, const caller& who,
             const persistence::journal& journal, domain::timestamp now) {
  auto first = records::find_first(req, journal.rows(), now, who.name);
  if (!first)
    return std::nullopt;
  return records::load_first<T>(journal, std::move(*first));
}

/// Makes `record`, whose id must be new; sets its times. With an
/// `Idempotency-Key` that was used before nothing is made, and the first record
/// comes back as it is now. `extra` is kept with the key.
template <class T>
boost::asio::awaitable<created_or_refused<T>>
create_record(const net::request& req, const caller& who,
              persistence::journal& journal, domain::timestamp now, T record,
              std::string extra = {}) {
  record.created_at = now;
  if constexpr (requires { record.updated_at; })
    record.updated_at = now;
  std::string effect{records::uuid_of(record.id).view()};
  effect += extra;
  auto claim = claim_idempotency(req, effect, now, who.name);
  if (auto* const refusal = std::get_if<net::response>(&claim))
    co_return std::move(*refusal);
  auto what = persistence::save(std::nullopt, record, now);
  // In front, since a repetition also finds its own names taken.
  if (auto* const once = std::get_if<persistence::unique_claim>(&claim))
    what.claims.insert(what.claims.begin(), std::move(*once));
  const auto version = what.entity->next;
  const auto outcome = co_await commit(journal, std::move(what));
  if (std::holds_alternative<persistence::committed>(outcome)) {
    created<T> out;
    out.record.value = std::move(record);
    out.record.version = version;
    out.extra = std::move(extra);
    co_return out;
  }
  if (const auto* const taken = std::get_if<persistence::conflict>(&outcome);
      taken != nullptr && is_idempotency_conflict(*taken))
    co_return records::load_first<T>(journal,
                                     records::read_first(req, taken->result));
  co_return not_committed(outcome);
}

/// Loads the record, lets `edit` change it, and commits that; when somebody was
/// quicker, all over again with what he has left. So `edit` must be repeatable:
///
///   std::optional<net::response> edit(T& record);   // a response refuses
///
/// `If-Match` is obeyed. A change that changes nothing is not written, and
/// leaves version and `updated_at` as they are.
template <class T, class Edit>
boost::asio::awaitable<changed_or_refused<T>>
change_record(const net::request& req, persistence::journal& journal,
              domain::timestamp now, decltype(T::id) id, Edit edit) {
  const persistence::record_views views{journal.rows()};
  for (int tries = 0; tries < records::change_tries_max; ++tries) {
    const auto before = views.find(id);
    if (!before)
      co_return missing_record<T>();
    if (auto refusal = refuse_if_changed(req, before->version))
      co_return std::move(*refusal);
    auto after = *before;
    if (std::optional<net::response> refusal = edit(after.value))
      co_return std::move(*refusal);
    if (after.value == before->value)
      co_return after;
    if constexpr (requires { after.value.updated_at; })
      after.value.updated_at = now;
    auto what = persistence::save(before, after.value, now);
    after.version = what.entity->next;
    const auto outcome = co_await commit(journal, std::move(what));
    if (std::holds_alternative<persistence::committed>(outcome))
      co_return after;
    const auto* const failure
      = std::get_if<persistence::commit_failure>(&outcome);
    if (failure == nullptr || *failure != persistence::commit_failure::stale)
      co_return not_committed(outcome);
  }
  co_return records::changes_too_fast(
    records::name_of(static_cast<const T*>(nullptr)));
}

/// Takes the record away, unless `check` refuses:
///
///   std::optional<net::response> check(const T& record);
///
/// `If-Match` is obeyed.
template <class T, class Check>
boost::asio::awaitable<removed_or_refused>
remove_record(const net::request& req, persistence::journal& journal,
              domain::timestamp now, decltype(T::id) id, Check check) {
  const persistence::record_views views{journal.rows()};
  for (int tries = 0; tries < records::change_tries_max; ++tries) {
    const auto before = views.find(id);
    if (!before)
      co_return missing_record<T>();
    if (auto refusal = refuse_if_changed(req, before->version))
      co_return std::move(*refusal);
    if (std::optional<net::response> refusal = check(before->value))
      co_return std::move(*refusal);
    auto what = persistence::remove(*before, now);
    const auto outcome = co_await commit(journal, std::move(what));
    if (std::holds_alternative<persistence::committed>(outcome))
      co_return std::monostate{};
    const auto* const failure
      = std::get_if<persistence::commit_failure>(&outcome);
    if (failure == nullptr || *failure != persistence::commit_failure::stale)
      co_return not_committed(outcome);
  }
  co_return records::changes_too_fast(
    records::name_of(static_cast<const T*>(nullptr)));
}

} // namespace switchboard::api
