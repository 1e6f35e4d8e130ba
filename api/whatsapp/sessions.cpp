#include "api/whatsapp/sessions.hpp"

#include "api/commands.hpp"
#include "api/commits.hpp"
#include "domain/text.hpp"
#include "persistence/session_views.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

namespace switchboard::api::whatsapp {

namespace {

/// Each round means that somebody else was quicker.
constexpr int rounds_max = 8;
constexpr std::string_view phone_prefix = "phone:";
constexpr std::string_view group_prefix = "group:";

domain::chat_line line_of(const wire::inbound_message& message) {
  return {std::string{to_string(message.via)}, message.account,
          message.address};
}

bool learn_identities(domain::session& session,
                      const wire::inbound_message& message) {
  auto& known = session.identities;
  bool is_new = false;
  for (auto& name : identities_of(message)) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    // The oldest one goes, but a phone stays for as long as it can.
    if (known.size() >= domain::chat_identities_max) {
      const auto spare = std::find_if(
        known.begin(), known.end(),
        [](const auto& one) { return !one.starts_with(phone_prefix); });
      known.erase(spare != known.end() ? spare : known.begin());
    }
    known.push_back(std::move(name));
    is_new = true;
  }
  return is_new;
}

/// Of the lines by one provider and account the last one is where they are now.
bool learn_line(domain::session& session, domain::chat_line line) {
  auto& lines = session.lines;
  const auto current
    = std::find_if(lines.rbegin(), lines.rend(), [&](const auto& one) {
        return one.provider == line.provider && one.account == line.account;
      });
  if (current != lines.rend() && current->address == line.address)
    return false;
  std::erase(lines, line);
  if (lines.size() >= domain::chat_lines_max)
    lines.erase(lines.begin());
  lines.push_back(std::move(line));
  return true;
}

bool fill_in(std::string& known, std::string_view told) {
  if (!known.empty() || told.empty())
    return false;
  known = domain::clip(told, domain::name_length_max);
  return true;
}

domain::session fresh(const wire::inbound_message& message, domain::uuid id,
                      domain::timestamp now) {
  domain::session out;
  out.id = domain::session_id{id};
  out.via = domain::channel::whatsapp;
  out.mode = domain::session_mode::bot;
  out.is_group = message.is_group;
  out.created_at = now;
  return out;
}

/// What went wrong when nothing was written and asking again does not help.
domain::error not_written() {
  return {domain::errc::storage_unavailable, "the session could not be stored"};
}

bool may_go_on(const persistence::commit_outcome& result) {
  const auto* const failure = std::get_if<persistence::commit_failure>(&result);
  return failure == nullptr || *failure == persistence::commit_failure::stale;
}

} // namespace

std::vector<std::string> identities_of(const wire::inbound_message& message) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view prefix, std::string_view name) {
    std::string one{name.starts_with(prefix) ? std::string_view{} : prefix};
    one += name;
    out.push_back(std::move(one));
  };
  if (message.is_group) {
    add(group_prefix, message.group.empty() ? message.address : message.group);
    return out;
  }
  if (!message.author.phone.empty())
    add(phone_prefix, message.author.phone);
  for (const auto& alias : message.author.aliases)
    if (!alias.empty() && out.size() < domain::chat_identities_max)
      out.push_back(alias);
  if (out.empty()) {
    std::string place = "address:";
    place += to_string(message.via);
    place += ':';
    out.push_back(place + message.address);
  }
  return out;
}

std::string name_of(const wire::person& author) {
  const auto& name = author.name.empty() ? author.phone : author.name;
  return std::string{domain::clip(name, domain::name_length_max)};
}

bool learn(domain::session& session, const wire::inbound_message& message) {
  bool is_new = learn_identities(session, message);
  is_new |= learn_line(session, line_of(message));
  if (!message.is_group) {
    is_new |= fill_in(session.contact.name, message.author.name);
    is_new |= fill_in(session.contact.phone, message.author.phone);
    return is_new;
  }
  // Groups have no name of their own here: they are called after the first who
  // has written.
  const auto first = name_of(message.author);
  is_new |= fill_in(session.contact.name,
                    first.empty() ? "WhatsApp group" : "Group of " + first);
  return is_new;
}

std::optional<persistence::versioned<domain::session>>
sessions::find(const wire::inbound_message& message) const {
  for (const auto& name : identities_of(message))
    if (const auto id = records_.find_session(name))
      if (auto found = records_.find(*id))
        return found;
  return std::nullopt;
}

boost::asio::awaitable<domain::result<domain::session>>
sessions::enter(const wire::inbound_message& message) {
  using result = domain::result<domain::session>;
  const auto names = identities_of(message);
  for (int round = 0; round < rounds_max; ++round) {
    const auto now = tools_.parts.now();
    const auto before = find(message);
    auto after = before ? before->value
                        : fresh(message, tools_.parts.ids.next_uuid(), now);
    const auto contact = after.contact;
    if (!learn(after, message))
      co_return result{std::move(after)};
    if (before) {
      auto releasing = release(names, after.id);
      const bool is_free = co_await std::move(releasing);
      if (!is_free)
        break;
    }
    after.updated_at = now;
    auto what = persistence::save(before, after, now);
    auto committing = commit(tools_.parts.journal, std::move(what));
    const auto written = co_await std::move(committing);
    if (std::holds_alternative<persistence::committed>(written)) {
      if (before && after.contact != contact && !after.is_group)
        co_await tell_contact(after);
      co_return result{std::move(after)};
    }
    if (!may_go_on(written))
      break;
  }
  auto reason = not_written();
  co_return result{domain::fail(reason.code, std::move(reason.detail))};
}

boost::asio::awaitable<bool>
sessions::release(const std::vector<std::string>& names,
                  domain::session_id keeper) {
  for (const auto& name : names) {
    const auto holder = records_.find_session(name);
    if (!holder || *holder == keeper)
      continue;
    const auto before = records_.find(*holder);
    if (!before)
      continue;
    auto after = before->value;
    std::erase(after.identities, name);
    after.updated_at = tools_.parts.now();
    auto what = persistence::save(before, after, after.updated_at);
    auto committing = commit(tools_.parts.journal, std::move(what));
    const auto written = co_await std::move(committing);
    // Whoever was quicker has changed something: the next round sees it.
    if (!may_go_on(written))
      co_return false;
  }
  co_return true;
}

boost::asio::awaitable<void> sessions::hand_over(domain::session_id session) {
  for (int round = 0; round < rounds_max; ++round) {
    const auto before = records_.find(session);
    if (!before || before->value.mode == domain::session_mode::agent)
      co_return;
    auto after = before->value;
    after.mode = domain::session_mode::agent;
    after.updated_at = tools_.parts.now();
    auto what = persistence::save(before, after, after.updated_at);
    auto committing = commit(tools_.parts.journal, std::move(what));
    const auto written = co_await std::move(committing);
    if (std::holds_alternative<persistence::committed>(written)
        || !may_go_on(written))
      co_return;
  }
}

boost::asio::awaitable<void>
sessions::tell_contact(const domain::session& session) {
  const persistence::session_views threads{tools_.rows()};
  const auto ticket = threads.last_ticket(session.id);
  if (!ticket || ticket->state == domain::status::closed)
    co_return;
  auto from = ticket->from;
  fill_in(from.name, session.contact.name);
  fill_in(from.phone, session.contact.phone);
  if (from == ticket->from)
    co_return;
  domain::update_ticket update;
  update.edits.from = std::move(from);
  update.actor = "customer";
  actors::ticket_request request;
  request.target = ticket->id;
  request.command = std::move(update);
  // The message itself does not depend on it.
  auto asking = command(tools_.asker, tools_.parts.engine, std::move(request));
  const auto reply = co_await std::move(asking);
  static_cast<void>(reply);
}

} // namespace switchboard::api::whatsapp
