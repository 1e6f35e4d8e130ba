#pragma once

#include "domain/api_key.hpp"
#include "domain/attachment.hpp"
#include "domain/prompt.hpp"
#include "domain/session.hpp"
#include "domain/user.hpp"
#include "domain/webhook.hpp"
#include "persistence/journal.hpp"
#include "persistence/rows.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Users, groups, keys, webhooks, sessions, attachments and prompts: changed
/// seldom, and as a whole.
/// There is no actor for each; whoever changes one commits with the version
/// that he has read, and reads again when the journal says `stale`.
namespace switchboard::persistence {

/// A record and the number of its last event.
template <class T>
struct versioned {
  T value;
  domain::sequence version{};
};

/// The rows that become durable when `after` takes the place of `before`
/// (nothing: it is new). A name that must be unique (username, Telegram id,
/// phone, Telegram group, identity of a chat, who is asked by an open prompt)
/// is claimed: its conflict's scope is one of those below, and its result the
/// holder's uuid. Pure.
[[nodiscard]] changes save(const std::optional<versioned<domain::user>>& before,
                           const domain::user& after, domain::timestamp now);
[[nodiscard]] changes
save(const std::optional<versioned<domain::group>>& before,
     const domain::group& after, domain::timestamp now);
[[nodiscard]] changes
save(const std::optional<versioned<domain::api_key>>& before,
     const domain::api_key& after, domain::timestamp now);
[[nodiscard]] changes
save(const std::optional<versioned<domain::webhook>>& before,
     const domain::webhook& after, domain::timestamp now);
[[nodiscard]] changes
save(const std::optional<versioned<domain::session>>& before,
     const domain::session& after, domain::timestamp now);
[[nodiscard]] changes
save(const std::optional<versioned<domain::attachment>>& before,
     const domain::attachment& after, domain::timestamp now);
[[nodiscard]] changes
save(const std::optional<versioned<domain::prompt>>& before,
     const domain::prompt& after, domain::timestamp now);

/// The same for taking one away; its id is never used again.
[[nodiscard]] changes remove(const versioned<domain::user>& before,
                             domain::timestamp now);
[[nodiscard]] changes remove(const versioned<domain::group>& before,
                             domain::timestamp now);
[[nodiscard]] changes remove(const versioned<domain::api_key>& before,
                             domain::timestamp now);
[[nodiscard]] changes remove(const versioned<domain::webhook>& before,
                             domain::timestamp now);
[[nodiscard]] changes remove(const versioned<domain::session>& before,
                             domain::timestamp now);
[[nodiscard]] changes remove(const versioned<domain::attachment>& before,
                             domain::timestamp now);

inline constexpr std::string_view username_scope = "user.username";
inline constexpr std::string_view telegram_scope = "user.telegram_id";
inline constexpr std::string_view phone_scope = "user.phone";
inline constexpr std::string_view telegram_group_scope
  = "group.telegram_group_id";
/// What a chat is known by belongs to one session: id = the identity.
inline constexpr std::string_view session_identity_scope = "session.identity";
/// Nobody is asked two things at once: id = the user's id.
inline constexpr std::string_view open_prompt_scope = "prompt.open";

/// Reads records, as of the last durable commit. Thread-safe.
class record_views {
public:
  explicit record_views(const row_reader& rows) : rows_{rows} {}

  [[nodiscard]] std::optional<versioned<domain::user>>
  find(domain::user_id id) const;
  [[nodiscard]] std::optional<versioned<domain::group>>
  find(domain::group_id id) const;
  [[nodiscard]] std::optional<versioned<domain::api_key>>
  find(domain::api_key_id id) const;
  [[nodiscard]] std::optional<versioned<domain::webhook>>
  find(domain::webhook_id id) const;
  [[nodiscard]] std::optional<versioned<domain::session>>
  find(domain::session_id id) const;
  [[nodiscard]] std::optional<versioned<domain::attachment>>
  find(domain::attachment_id id) const;
  [[nodiscard]] std::optional<versioned<domain::prompt>>
  find(domain::prompt_id id) const;

  [[nodiscard]] std::optional<domain::user_id>
  find_username(std::string_view name) const;
  [[nodiscard]] std::optional<domain::user_id>
  find_telegram_user(std::int64_t id) const;
  [[nodiscard]] std::optional<domain::user_id>
  find_phone(std::string_view phone) const;
  [[nodiscard]] std::optional<domain::group_id>
  find_telegram_group(std::int64_t id) const;
  /// The chat that is known by this: `phone:+15551234567`.
  [[nodiscard]] std::optional<domain::session_id>
  find_session(std::string_view identity) const;
  /// The prompt that awaits this user's answer.
  [[nodiscard]] std::optional<domain::prompt_id>
  find_open_prompt(domain::user_id user) const;

  /// Up to `max` after the one with the id `after`, in the order of their ids
  /// (for keys: in no order that means anything).
  [[nodiscard]] std::vector<domain::user> users(domain::user_id after,
                                                std::size_t max) const;
  [[nodiscard]] std::vector<domain::group> groups(domain::group_id after,
                                                  std::size_t max) const;
  [[nodiscard]] std::vector<domain::api_key>
  api_keys(std::optional<domain::api_key_id> after, std::size_t max) const;
  [[nodiscard]] std::vector<domain::webhook>
  webhooks(std::optional<domain::webhook_id> after, std::size_t max) const;
  /// Those of attachments and prompts are in the order of their making.
  [[nodiscard]] std::vector<domain::attachment>
  attachments(std::optional<domain::attachment_id> after,
              std::size_t max) const;
  [[nodiscard]] std::vector<domain::prompt>
  prompts(std::optional<domain::prompt_id> after, std::size_t max) const;
  /// Up to `max` that are older than `before`, the newest first.
  [[nodiscard]] std::vector<domain::prompt>
  prompts_before(std::optional<domain::prompt_id> before,
                 std::size_t max) const;

  /// The highest ids that were ever given; 0: none yet.
  [[nodiscard]] domain::user_id last_user() const;
  [[nodiscard]] domain::group_id last_group() const;

private:
  const row_reader& rows_;
};

/// A record's event as the feed has it: for `verify`.
struct record_event {
  domain::entity_kind kind{};
  domain::uuid entity;
  domain::sequence number{};
  domain::timestamp at{};
  bool removed = false;
  std::string record; ///< as its state row has it
};

[[nodiscard]] std::optional<record_event>
decode_record_event(std::string_view bytes);

/// The state row that `event` leaves.
[[nodiscard]] std::string record_state(const record_event& event);

} // namespace switchboard::persistence
