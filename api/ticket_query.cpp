#include "api/ticket_query.hpp"

#include "net/message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <utility>

namespace switchboard::api {

namespace {

constexpr std::size_t text_size_max = 200;

/// The words between commas; an empty list is one empty word.
std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto comma = list.find(',');
    out.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos)
      return out;
    list.remove_prefix(comma + 1);
  }
}

constexpr std::array all_states{
  domain::status::pending,     domain::status::assigned,
  domain::status::in_progress, domain::status::waiting_customer,
  domain::status::escalated,   domain::status::resolved,
  domain::status::closed};

constexpr std::array<std::string_view, 10> all_parameters{
  "status",   "state", "priority", "assignee",      "channel",
  "category", "tag",   "q",        "created_after", "created_before"};

class reader {
public:
  reader(ticket_query& out, std::span<const std::string_view> names)
    : out_{out}, names_{names} {}

  void take(std::string_view name, const std::string& value) {
    if (name == "limit" || name == "cursor")
      return;
    if (std::find(names_.begin(), names_.end(), name) == names_.end())
      refuse(name, "is not a parameter of this list");
    else if (name == "status")
      read_words(name, value, [this](auto word) { return add_status(word); });
    else if (name == "state")
      read_words(name, value, [this](auto word) { return add_state(word); });
    else if (name == "priority")
      read_words(name, value, [this](auto word) { return add_priority(word); });
    else if (name == "assignee")
      read_assignee(value);
    else if (name == "channel")
      read_words(name, value, [this](auto word) { return set_channel(word); });
    else if (name == "category")
      read_text(name, value, out_.filter.category);
    else if (name == "tag")
      read_text(name, value, out_.filter.tag);
    else if (name == "q")
      read_text(name, value, out_.filter.text);
    else if (name == "created_after")
      read_time(name, value, out_.filter.created_from);
    else if (name == "created_before")
      read_time(name, value, out_.filter.created_until);
  }

private:
  void refuse(std::string_view name, std::string message) {
    out_.page.problems.push_back({std::string{name}, std::move(message)});
  }

  template <class Add>
  void read_words(std::string_view name, std::string_view value, Add add) {
    for (const auto word : split(value))
      if (!add(word)) {
        refuse(name, "holds a word that is none of its own");
        return;
      }
  }

  void add(domain::status state) {
    auto& states = out_.filter.states;
    if (std::find(states.begin(), states.end(), state) == states.end())
      states.push_back(state);
  }

  bool add_state(std::string_view word) {
    bool found = false;
    for (const auto state : all_states)
      if (domain::rest_state(state) == word) {
        add(state);
        found = true;
      }
    return found;
  }

  /// A canonical word, or one of `state` that is no canonical one.
  bool add_status(std::string_view word) {
    for (const auto state : all_states)
      if (to_string(state) == word) {
        add(state);
        return true;
      }
    return word == "open" && add_state(word);
  }

  bool add_priority(std::string_view word) {
    const auto urgency = domain::parse_priority(word);
    if (urgency)
      out_.filter.urgencies.push_back(*urgency);
    return urgency.has_value();
  }

  bool set_channel(std::string_view word) {
    const auto via = domain::parse_channel(word);
    if (out_.filter.via || !via)
      return false;
    out_.filter.via = via;
    return true;
  }

  void read_assignee(const std::string& value) {
    std::uint64_t id = 0;
    const auto* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, id);
    if (value == "none")
      out_.filter.assignee = "";
    else if (error == std::errc{} && stop == end && id > 0)
      out_.filter.assignee = std::to_string(id);
    else
      refuse("assignee", "must be the id of a user, or none");
  }

  void read_text(std::string_view name, const std::string& value,
                 std::string& to) {
    if (value.size() > text_size_max || value.find('\0') != std::string::npos)
      refuse(name, "is too long");
    else
      to = value;
  }

  void read_time(std::string_view name, const std::string& value,
                 std::optional<domain::timestamp>& to) {
    to = parse_time(value);
    if (!to)
      refuse(name, "must be a time like 2026-01-31T12:00:00Z");
  }

  ticket_query& out_;
  std::span<const std::string_view> names_;
};

} // namespace

ticket_query parse_ticket_query(std::string_view query,
                                std::span<const std::string_view> names) {
  ticket_query out;
  out.page = parse_page(query);
  reader in{out, names};
  each_parameter(query, [&](std::string_view name, std::string&& value) {
    in.take(name, value);
  });
  return out;
}

void read_ticket_cursor(ticket_query& query) {
  if (query.page.cursor.empty())
    return;
  if (const auto id = domain::parse_uuid(query.page.cursor))
    query.before = domain::ticket_id{*id};
  else
    query.page.problems.push_back({"cursor", "is not one that this list gave"});
}

ticket_query parse_ticket_query(std::string_view query) {
  auto out = parse_ticket_query(query, all_parameters);
  read_ticket_cursor(out);
  return out;
}

} // namespace switchboard::api
