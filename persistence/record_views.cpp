#include "persistence/codec_fields.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/record_kinds.hpp"
#include "persistence/records.hpp"

#include <utility>

namespace switchboard::persistence {

namespace {

using domain::entity_kind;
using domain::uuid;
using fields::code;
using record_kinds::kind_of;
using record_kinds::lower;

struct state_row {
  domain::sequence version{};
  std::optional<std::string_view> record; ///< nothing: it was removed
};

std::optional<state_row> decode_state(std::string_view bytes) {
  state_row out;
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1: out.version = domain::sequence{in.number()}; break;
      case 2: out.record = in.bytes(); break;
      default: break;
    }
  }
  return in.damaged() ? std::nullopt : std::optional{out};
}

template <class T>
std::optional<versioned<T>> decode_row(std::string_view bytes) {
  const auto row = decode_state(bytes);
  if (!row || !row->record)
    return std::nullopt;
  std::optional<versioned<T>> out{std::in_place};
  out->version = row->version;
  if (!decode_record(*row->record, out->value))
    out.reset();
  return out;
}

template <class T>
std::optional<versioned<T>>
find_record(const row_reader& rows, const uuid& entity) {
  thread_local std::string value;
  if (!rows.get(family::entities, keys::entity(kind_of<T>, entity), value))
    return std::nullopt;
  return decode_row<T>(value);
}

template <class T>
std::vector<T> list_records(const row_reader& rows,
                            const std::optional<uuid>& after, std::size_t max) {
  std::vector<T> out;
  const std::string prefix(1, static_cast<char>(kind_of<T>));
  auto from = prefix;
  if (after)
    from = keys::entity(kind_of<T>, *after) + '\0';
  rows.scan(family::entities, from, keys::after_prefix(prefix),
            [&](std::string_view, std::string_view value) {
              if (out.size() == max)
                return false;
              if (auto found = decode_row<T>(value))
                out.push_back(std::move(found->value));
              return true;
            });
  return out;
}

std::uint64_t last_number(const row_reader& rows, entity_kind kind) {
  const std::string prefix(1, static_cast<char>(kind));
  std::uint64_t last = 0;
  rows.scan_back(family::entities, prefix, keys::after_prefix(prefix),
                 [&](std::string_view key, std::string_view) {
                   if (const auto id = domain::uuid_from_bytes(key.substr(1)))
                     last = domain::number_of(*id);
                   return false;
                 });
  return last;
}

std::optional<uuid> find_entity(const row_reader& rows, std::string_view scope,
                                std::string_view id) {
  std::string value;
  if (!rows.get(family::unique, keys::unique(scope, id), value))
    return std::nullopt;
  return domain::uuid_from_bytes(keys::after_expiry(value));
}

std::optional<std::uint64_t>
find_name(const row_reader& rows, std::string_view scope, std::string_view id) {
  const auto entity = find_entity(rows, scope, id);
  return entity ? std::optional{domain::number_of(*entity)} : std::nullopt;
}

template <class Id>
std::optional<Id> as(std::optional<std::uint64_t> number) {
  return number ? std::optional{Id{*number}} : std::nullopt;
}

} // namespace

std::optional<versioned<domain::user>>
record_views::find(domain::user_id id) const {
  return find_record<domain::user>(rows_, domain::uuid_of_number(code(id)));
}

std::optional<versioned<domain::group>>
record_views::find(domain::group_id id) const {
  return find_record<domain::group>(rows_, domain::uuid_of_number(code(id)));
}

std::optional<versioned<domain::api_key>>
record_views::find(domain::api_key_id id) const {
  return find_record<domain::api_key>(rows_, domain::uuid_of_number(code(id)));
}

std::optional<versioned<domain::webhook>>
record_views::find(domain::webhook_id id) const {
  return find_record<domain::webhook>(rows_, id.value);
}

std::optional<versioned<domain::session>>
record_views::find(domain::session_id id) const {
  return find_record<domain::session>(rows_, id.value);
}

std::optional<versioned<domain::attachment>>
record_views::find(domain::attachment_id id) const {
  return find_record<domain::attachment>(rows_, id.value);
}

std::optional<versioned<domain::prompt>>
record_views::find(domain::prompt_id id) const {
  return find_record<domain::prompt>(rows_, id.value);
}

std::optional<domain::session_id>
record_views::find_session(std::string_view identity) const {
  const auto entity = find_entity(rows_, session_identity_scope, identity);
  return entity ? std::optional{domain::session_id{*entity}} : std::nullopt;
}

std::optional<domain::prompt_id>
record_views::find_open_prompt(domain::user_id user) const {
  const auto entity
    = find_entity(rows_, open_prompt_scope, domain::to_string(user));
  return entity ? std::optional{domain::prompt_id{*entity}} : std::nullopt;
}

std::optional<domain::user_id>
record_views::find_username(std::string_view name) const {
  return as<domain::user_id>(find_name(rows_, username_scope, lower(name)));
}

std::optional<domain::user_id>
record_views::find_telegram_user(std::int64_t id) const {
  return as<domain::user_id>(
    find_name(rows_, telegram_scope, std::to_string(id)));
}

std::optional<domain::user_id>
record_views::find_phone(std::string_view phone) const {
  return as<domain::user_id>(find_name(rows_, phone_scope, phone));
}

std::optional<domain::group_id>
record_views::find_telegram_group(std::int64_t id) const {
  return as<domain::group_id>(
    find_name(rows_, telegram_group_scope, std::to_string(id)));
}

std::vector<domain::user> record_views::users(domain::user_id after,
                                              std::size_t max) const {
  return list_records<domain::user>(rows_, domain::uuid_of_number(code(after)),
                                    max);
}

std::vector<domain::group> record_views::groups(domain::group_id after,
                                                std::size_t max) const {
  return list_records<domain::group>(rows_, domain::uuid_of_number(code(after)),
                                     max);
}

std::vector<domain::api_key>
record_views::api_keys(std::optional<domain::api_key_id> after,
                       std::size_t max) const {
  std::optional<uuid> from;
  if (after)
    from = domain::uuid_of_number(code(*after));
  return list_records<domain::api_key>(rows_, from, max);
}

std::vector<domain::webhook>
record_views::webhooks(std::optional<domain::webhook_id> after,
                       std::size_t max) const {
  std::optional<uuid> from;
  if (after)
    from = after->value;
  return list_records<domain::webhook>(rows_, from, max);
}

std::vector<domain::attachment>
record_views::attachments(std::optional<domain::attachment_id> after,
                          std::size_t max) const {
  std::optional<uuid> from;
  if (after)
    from = after->value;
  return list_records<domain::attachment>(rows_, from, max);
}

std::vector<domain::prompt>
record_views::prompts(std::optional<domain::prompt_id> after,
                      std::size_t max) const {
  std::optional<uuid> from;
  if (after)
    from = after->value;
  return list_records<domain::prompt>(rows_, from, max);
}

std::vector<domain::prompt>
record_views::prompts_before(std::optional<domain::prompt_id> before,
                             std::size_t max) const {
  std::vector<domain::prompt> out;
  const std::string prefix(1, static_cast<char>(entity_kind::prompt));
  const auto until = before ? keys::entity(entity_kind::prompt, before->value)
                            : keys::after_prefix(prefix);
  rows_.scan_back(family::entities, prefix, until,
                  [&](std::string_view, std::string_view value) {
                    if (out.size() == max)
                      return false;
                    if (auto found = decode_row<domain::prompt>(value))
                      out.push_back(std::move(found->value));
                    return true;
                  });
  return out;
}

domain::user_id record_views::last_user() const {
  return domain::user_id{last_number(rows_, entity_kind::user)};
}

domain::group_id record_views::last_group() const {
  return domain::group_id{last_number(rows_, entity_kind::group)};
}

} // namespace switchboard::persistence
