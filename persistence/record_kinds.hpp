#pragma once

#include "domain/api_key.hpp"
#include "domain/attachment.hpp"
#include "domain/ids.hpp"
#include "domain/prompt.hpp"
#include "domain/session.hpp"
#include "domain/user.hpp"
#include "domain/webhook.hpp"

#include <string>
#include <string_view>

/// What writing and reading records have in common.
namespace switchboard::persistence::record_kinds {

using domain::entity_kind;

template <class T>
inline constexpr entity_kind kind_of = entity_kind::ticket;
template <>
inline constexpr entity_kind kind_of<domain::user> = entity_kind::user;
template <>
inline constexpr entity_kind kind_of<domain::group> = entity_kind::group;
template <>
inline constexpr entity_kind kind_of<domain::api_key> = entity_kind::api_key;
template <>
inline constexpr entity_kind kind_of<domain::webhook> = entity_kind::webhook;
template <>
inline constexpr entity_kind kind_of<domain::session> = entity_kind::session;
template <>
inline constexpr entity_kind
  kind_of<domain::attachment> = entity_kind::attachment;
template <>
inline constexpr entity_kind kind_of<domain::prompt> = entity_kind::prompt;

/// A username as its claim has it: in any case the same.
inline std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return out;
}

} // namespace switchboard::persistence::record_kinds
