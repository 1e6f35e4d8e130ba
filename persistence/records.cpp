#include "persistence/records.hpp"

#include "persistence/codec_fields.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::persistence {

namespace {

using domain::entity_kind;
using domain::uuid;
using fields::code;

// The field numbers of EventRecord's oneof.
constexpr std::uint32_t saved_field = 20;
constexpr std::uint32_t removed_field = 21;

// -- what the kinds differ in -------------------------------------------------

/// A name that nobody else may have.
struct unique_name {
  std::string_view scope;
  std::string id;

  friend bool operator==(const unique_name&, const unique_name&) = default;
};

using unique_names = std::vector<unique_name>;

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return out;
}

template <class T>
constexpr entity_kind kind_of = entity_kind::ticket;
template <>
constexpr entity_kind kind_of<domain::user> = entity_kind::user;
template <>
constexpr entity_kind kind_of<domain::group> = entity_kind::group;
template <>
constexpr entity_kind kind_of<domain::api_key> = entity_kind::api_key;
template <>
constexpr entity_kind kind_of<domain::webhook> = entity_kind::webhook;
template <>
constexpr entity_kind kind_of<domain::session> = entity_kind::session;

template <class T>
uuid entity_of(const T& record) {
  return domain::uuid_of_number(code(record.id));
}

uuid entity_of(const domain::webhook& record) {
  return record.id.value;
}

uuid entity_of(const domain::session& record) {
  return record.id.value;
}

unique_names names_of(const domain::user& user) {
  unique_names out;
  if (!user.username.empty())
    out.push_back({username_scope, lower(user.username)});
  if (user.telegram_id)
    out.push_back({telegram_scope, std::to_string(*user.telegram_id)});
  if (!user.phone.empty())
    out.push_back({phone_scope, user.phone});
  return out;
}

unique_names names_of(const domain::group& group) {
  if (!group.telegram_group_id)
    return {};
  return {{telegram_group_scope, std::to_string(*group.telegram_group_id)}};
}

unique_names names_of(const domain::api_key&) {
  return {};
}

unique_names names_of(const domain::webhook&) {
  return {};
}

unique_names names_of(const domain::session&) {
  return {};
}

// -- writing ------------------------------------------------------------------

std::string encode_event(const record_event& event) {
  std::string bytes;
  wire_writer out{bytes};
  out.number(1, code(event.kind));
  out.element(2, event.entity.view());
  out.number(3, code(event.number));
  out.number(4, code(event.at));
  if (event.removed)
    out.element(removed_field, {});
  else
    out.nested(saved_field,
               [&](wire_writer& in) { in.element(1, event.record); });
  return bytes;
}

changes change(const record_event& event, const unique_names& before,
               const unique_names& after) {
  changes out;
  out.entity = changes::subject{
    event.kind, event.entity,
    domain::sequence{static_cast<std::uint64_t>(event.number) - 1},
    event.number, record_state(event)};
  out.events.push_back({encode_event(event)});
  const auto has = [](const unique_names& list, const unique_name& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const auto& name : before)
    if (!has(after, name))
      out.rows.push_back(
        {family::unique, keys::unique(name.scope, name.id), std::nullopt});
  for (const auto& name : after)
    if (!has(before, name))
      out.claims.push_back({std::string{name.scope}, name.id,
                            std::string{event.entity.view()}, std::nullopt});
  return out;
}

template <class T>
record_event
next_event(const T& record, domain::sequence version, domain::timestamp now) {
  record_event out;
  out.kind = kind_of<T>;
  out.entity = entity_of(record);
  out.number = domain::sequence{static_cast<std::uint64_t>(version) + 1};
  out.at = now;
  return out;
}

template <class T>
changes save_record(const std::optional<versioned<T>>& before, const T& after,
                    domain::timestamp now) {
  auto event
    = next_event(after, before ? before->version : domain::sequence{}, now);
  event.record = encode_record(after);
  return change(event, before ? names_of(before->value) : unique_names{},
                names_of(after));
}

template <class T>
changes remove_record(const versioned<T>& before, domain::timestamp now) {
  auto event = next_event(before.value, before.version, now);
  event.removed = true;
  return change(event, names_of(before.value), {});
}

// -- reading ------------------------------------------------------------------

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

std::optional<std::uint64_t>
find_name(const row_reader& rows, std::string_view scope, std::string_view id) {
  std::string value;
  if (!rows.get(family::unique, keys::unique(scope, id), value))
    return std::nullopt;
  const auto entity = domain::uuid_from_bytes(keys::after_expiry(value));
  return entity ? std::optional{domain::number_of(*entity)} : std::nullopt;
}

template <class Id>
std::optional<Id> as(std::optional<std::uint64_t> number) {
  return number ? std::optional{Id{*number}} : std::nullopt;
}

} // namespace

// -- changes ------------------------------------------------------------------

changes save(const std::optional<versioned<domain::user>>& before,
             const domain::user& after, domain::timestamp now) {
  return save_record(before, after, now);
}

changes save(const std::optional<versioned<domain::group>>& before,
             const domain::group& after, domain::timestamp now) {
  return save_record(before, after, now);
}

changes save(const std::optional<versioned<domain::api_key>>& before,
             const domain::api_key& after, domain::timestamp now) {
  return save_record(before, after, now);
}

changes save(const std::optional<versioned<domain::webhook>>& before,
             const domain::webhook& after, domain::timestamp now) {
  return save_record(before, after, now);
}

changes save(const std::optional<versioned<domain::session>>& before,
             const domain::session& after, domain::timestamp now) {
  return save_record(before, after, now);
}

changes remove(const versioned<domain::user>& before, domain::timestamp now) {
  return remove_record(before, now);
}

changes remove(const versioned<domain::group>& before, domain::timestamp now) {
  return remove_record(before, now);
}

changes remove(const versioned<domain::api_key>& before,
               domain::timestamp now) {
  return remove_record(before, now);
}

changes remove(const versioned<domain::webhook>& before,
               domain::timestamp now) {
  return remove_record(before, now);
}

changes remove(const versioned<domain::session>& before,
               domain::timestamp now) {
  return remove_record(before, now);
}

// -- views --------------------------------------------------------------------

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

domain::user_id record_views::last_user() const {
  return domain::user_id{last_number(rows_, entity_kind::user)};
}

domain::group_id record_views::last_group() const {
  return domain::group_id{last_number(rows_, entity_kind::group)};
}

// -- events -------------------------------------------------------------------

std::optional<record_event> decode_record_event(std::string_view bytes) {
  record_event out;
  bool has_fact = false;
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1: fields::read(in, out.kind, entity_kind::session); break;
      case 2: fields::read(in, out.entity); break;
      case 3: out.number = domain::sequence{in.number()}; break;
      case 4: fields::read(in, out.at); break;
      case saved_field:
        has_fact = true;
        fields::read_fields(in, in.bytes(), [&](wire_reader& fact) {
          if (fact.field() == 1)
            fields::read(fact, out.record);
        });
        break;
      case removed_field: out.removed = has_fact = true; break;
      default: break;
    }
  }
  if (in.damaged() || !has_fact || out.kind < entity_kind::user
      || out.kind == entity_kind::problem)
    return std::nullopt;
  return out;
}

std::string record_state(const record_event& event) {
  std::string bytes;
  wire_writer out{bytes};
  out.fixed(1, code(event.number));
  if (!event.removed)
    out.element(2, event.record);
  return bytes;
}

} // namespace switchboard::persistence
