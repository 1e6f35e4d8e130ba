#pragma once

#include "channels/rest/form.hpp"
#include "domain/api_key.hpp"
#include "domain/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The bodies of REST v1's calls on users, groups and API keys.
namespace switchboard::channels::rest {

/// A number that may also be taken away: nothing inside means "none".
template <class T>
using maybe_cleared = std::optional<std::optional<T>>;

/// What a call wants of a user; fields that are absent stay as they are.
struct user_change {
  std::optional<std::string> name;
  std::optional<std::string> username; ///< empty: none
  std::optional<domain::user_role> role;
  maybe_cleared<std::int64_t> telegram_id;
  std::optional<std::string> phone; ///< E.164; empty: none
  std::optional<std::string> email; ///< empty: none
  maybe_cleared<domain::group_id> default_group;
  std::optional<std::vector<std::string>> skills;
  std::optional<bool> online;
};

void apply(const user_change& change, domain::user& to);

/// The same of a group.
struct group_change {
  std::optional<std::string> title;
  maybe_cleared<std::int64_t> telegram_group_id;
};

void apply(const group_change& change, domain::group& to);

struct new_api_key {
  std::string name;
  domain::scope_set scopes;
  std::optional<domain::user_id> owner;
  std::string expires_at; ///< as given, or empty
};

/// For a user that is to be made a name is required.
form<user_change> decode_new_user(std::string_view body);
form<user_change> decode_user_change(std::string_view body);
/// For a group that is to be made a title is required.
form<group_change> decode_new_group(std::string_view body);
form<group_change> decode_group_change(std::string_view body);
form<new_api_key> decode_new_api_key(std::string_view body);

} // namespace switchboard::channels::rest
