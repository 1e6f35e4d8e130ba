#include "channels/rest/directory_forms.hpp"

#include "channels/json/refine.hpp"
#include "domain/contact.hpp"
#include "domain/ticket.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

namespace switchboard::channels::rest {

namespace {

using json::object_reader;
using json::refine;

constexpr std::size_t phone_input_max = 40;
constexpr std::size_t word_length_max = 40;
constexpr std::size_t time_length_max = 40;
constexpr auto integer_min = std::numeric_limits<std::int64_t>::min();
constexpr auto integer_max = std::numeric_limits<std::int64_t>::max();

enum class purpose : bool { make, change };

/// Whether the field is given; one that has no "none" must not be null.
bool given(object_reader& in, std::string_view field) {
  if (in.is_null(field))
    in.refuse(field, "must not be null");
  return in.has(field) && !in.is_null(field);
}

/// A line that the record always has.
std::optional<std::string> needed_line(object_reader& in,
                                       std::string_view field,
                                       std::size_t length_max, purpose why) {
  if (why == purpose::change && !in.has(field))
    return std::nullopt;
  return in.text(field, {.length_max = length_max, .one_line = true});
}

/// A line that the record may do without: null and empty take it away.
std::optional<std::string> optional_line(object_reader& in,
                                         std::string_view field,
                                         std::size_t length_max) {
  if (!in.has(field))
    return std::nullopt;
  return in.text(
    field, {.length_max = length_max, .required = false, .one_line = true});
}

/// A number that the record may do without.
template <class T>
maybe_cleared<T>
optional_number(object_reader& in, std::string_view field, std::int64_t min) {
  if (!in.has(field))
    return std::nullopt;
  maybe_cleared<T> out{std::in_place};
  if (const auto value = in.integer(field, min, integer_max))
    out->emplace(static_cast<T>(*value));
  return out;
}

/// So that a username in a path can be told from an id.
bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

std::optional<std::string> username(object_reader& in) {
  auto out = optional_line(in, "username", domain::username_length_max);
  if (out && !out->empty() && (!domain::is_username(*out) || !has_letter(*out)))
    in.refuse("username",
              "must be of letters, digits, '_', '.' and '-', with "
              "a letter among them and without a leading '@'");
  return out;
}

std::optional<domain::user_role> role(object_reader& in) {
  if (!given(in, "role"))
    return std::nullopt;
  const auto before = in.problems().size();
  const auto text
    = in.text("role", {.length_max = word_length_max, .required = false});
  const auto out = domain::parse_user_role(text);
  if (!out && in.problems().size() == before)
    in.refuse("role", "must be agent, executor, manager or admin");
  return out;
}

template <class Parse>
std::optional<std::string> contact(object_reader& in, std::string_view field,
                                   std::size_t length_max, Parse parse) {
  auto out = optional_line(in, field, length_max);
  if (out)
    refine(in, field, *out, parse);
  return out;
}

form<user_change> decode_user(std::string_view body, purpose why) {
  static constexpr std::array<std::string_view, 9> fields{
    "name",  "username",         "role",   "telegram_id", "phone",
    "email", "default_group_id", "skills", "online"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  user_change out;
  out.name = needed_line(in, "name", domain::name_length_max, why);
  out.username = username(in);
  out.role = role(in);
  out.telegram_id = optional_number<std::int64_t>(in, "telegram_id", 1);
  out.phone = contact(in, "phone", phone_input_max, domain::parse_phone);
  out.email = contact(in, "email", domain::email_size_max, domain::parse_email);
  out.default_group
    = optional_number<domain::group_id>(in, "default_group_id", 1);
  if (given(in, "skills"))
    out.skills = in.texts(
      "skills", {.length_max = domain::skill_length_max, .one_line = true},
      domain::skills_max);
  if (given(in, "online"))
    out.online = in.boolean("online");
  return finish_form(in, std::move(out));
}

form<group_change> decode_group(std::string_view body, purpose why) {
  static constexpr std::array<std::string_view, 2> fields{"title",
                                                          "telegram_group_id"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  group_change out;
  out.title = needed_line(in, "title", domain::title_length_max, why);
  // Telegram numbers its groups below zero.
  out.telegram_group_id
    = optional_number<std::int64_t>(in, "telegram_group_id", integer_min);
  return finish_form(in, std::move(out));
}

domain::scope_set scopes(object_reader& in) {
  const auto before = in.problems().size();
  const auto words = in.texts("scopes", {.length_max = word_length_max},
                              domain::all_scopes.size());
  domain::scope_set out;
  if (in.problems().size() != before)
    return out;
  if (!words || words->empty())
    in.refuse("scopes", "must name at least one scope");
  for (std::size_t i = 0; words && i < words->size(); ++i) {
    if (const auto one = domain::parse_scope((*words)[i]))
      out.add(*one);
    else
      in.refuse("scopes[" + std::to_string(i) + ']', "is not a scope");
  }
  return out;
}

} // namespace

void apply(const user_change& change, domain::user& to) {
  const auto take = [](const auto& from, auto& field) {
    if (from)
      field = *from;
  };
  take(change.name, to.name);
  take(change.username, to.username);
  take(change.role, to.role);
  take(change.telegram_id, to.telegram_id);
  take(change.phone, to.phone);
  take(change.email, to.email);
  take(change.default_group, to.default_group);
  take(change.skills, to.skills);
  take(change.online, to.online);
}

void apply(const group_change& change, domain::group& to) {
  if (change.title)
    to.title = *change.title;
  if (change.telegram_group_id)
    to.telegram_group_id = *change.telegram_group_id;
}

form<user_change> decode_new_user(std::string_view body) {
  return decode_user(body, purpose::make);
}

form<user_change> decode_user_change(std::string_view body) {
  return decode_user(body, purpose::change);
}

form<group_change> decode_new_group(std::string_view body) {
  return decode_group(body, purpose::make);
}

form<group_change> decode_group_change(std::string_view body) {
  return decode_group(body, purpose::change);
}

form<new_api_key> decode_new_api_key(std::string_view body) {
  static constexpr std::array<std::string_view, 4> fields{
    "name", "scopes", "user_id", "expires_at"};
  auto in = read_form(body, fields);
  if (!in.is_object())
    return {std::nullopt, std::move(in.problems())};
  new_api_key out;
  out.name = in.text(
    "name", {.length_max = domain::key_name_length_max, .one_line = true});
  out.scopes = scopes(in);
  if (const auto owner = in.integer("user_id", 1, integer_max))
    out.owner = domain::user_id{static_cast<std::uint64_t>(*owner)};
  out.expires_at
    = in.text("expires_at", {.length_max = time_length_max, .required = false});
  return finish_form(in, std::move(out));
}

} // namespace switchboard::channels::rest
