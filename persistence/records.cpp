#include "persistence/records.hpp"

#include "persistence/codec_fields.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/record_kinds.hpp"
#include "persistence/ticket_codec.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::persistence {

namespace {

using domain::entity_kind;
using domain::uuid;
using fields::code;
using record_kinds::kind_of;
using record_kinds::lower;

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

uuid entity_of(const domain::attachment& record) {
  return record.id.value;
}

uuid entity_of(const domain::prompt& record) {
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

unique_names names_of(const domain::session& session) {
  unique_names out;
  out.reserve(session.identities.size());
  for (const auto& identity : session.identities) {
    unique_name name{session_identity_scope, identity};
    if (std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(std::move(name));
  }
  return out;
}

unique_names names_of(const domain::attachment&) {
  return {};
}

unique_names names_of(const domain::prompt& prompt) {
  if (prompt.state != domain::prompt_state::awaiting_input)
    return {};
  return {{open_prompt_scope, domain::to_string(prompt.user)}};
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

changes save(const std::optional<versioned<domain::attachment>>& before,
             const domain::attachment& after, domain::timestamp now) {
  return save_record(before, after, now);
}

changes save(const std::optional<versioned<domain::prompt>>& before,
             const domain::prompt& after, domain::timestamp now) {
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

changes remove(const versioned<domain::attachment>& before,
               domain::timestamp now) {
  return remove_record(before, now);
}

// -- events -------------------------------------------------------------------

std::optional<record_event> decode_record_event(std::string_view bytes) {
  record_event out;
  bool has_fact = false;
  wire_reader in{bytes};
  while (in.next()) {
    switch (in.field()) {
      case 1: fields::read(in, out.kind, entity_kind::prompt); break;
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
