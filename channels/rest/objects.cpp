#include "channels/rest/objects.hpp"

#include "domain/match.hpp"

#include <cassert>
#include <charconv>

namespace switchboard::channels::rest {

namespace {

template <class Id>
std::uint64_t number(Id id) noexcept {
  return static_cast<std::uint64_t>(id);
}

void write_texts(json::writer& out, const std::vector<std::string>& values) {
  out.begin_array();
  for (const auto& value : values)
    out.string(value);
  out.end_array();
}

void write_customer(json::writer& out, const domain::customer& from) {
  out.begin_object().key("name").string(from.name);
  out.key("phone").string_or_null(from.phone);
  out.key("email").string_or_null(from.email).end_object();
}

/// Agents are named by the number of their user; what is no number (a name from
/// before there were users) is shown as it is.
void write_agent(json::writer& out, std::string_view agent) {
  std::uint64_t id = 0;
  const auto* const end = agent.data() + agent.size();
  const auto [stop, error] = std::from_chars(agent.data(), end, id);
  if (error == std::errc{} && stop == end)
    out.number(id);
  else
    out.string_or_null(agent);
}

void write_data(json::writer& out, const domain::ticket_created& fact) {
  out.key("title").string(fact.subject);
  out.key("channel").string(to_string(fact.via));
  out.key("priority").string(to_string(fact.urgency));
}

void write_data(json::writer&, const domain::message_added&) {
  assert(false && "messages are no activities");
}

void write_data(json::writer& out, const domain::status_changed& fact) {
  out.key("from").string(to_string(fact.from));
  out.key("to").string(to_string(fact.to));
  out.key("reason").string_or_null(fact.reason);
}

void write_data(json::writer& out, const domain::assignee_changed& fact) {
  write_agent(out.key("from"), fact.previous);
  write_agent(out.key("to"), fact.agent);
  out.key("reason").string_or_null(fact.reason);
}

void write_data(json::writer& out, const domain::priority_changed& fact) {
  out.key("from").string(to_string(fact.from));
  out.key("to").string(to_string(fact.to));
}

void write_data(json::writer& out, const domain::ticket_edited& fact) {
  const auto& edits = fact.edits;
  if (edits.subject)
    out.key("title").string(*edits.subject);
  if (edits.description)
    out.key("description").string(*edits.description);
  if (edits.category)
    out.key("category").string_or_null(*edits.category);
  if (edits.tags)
    write_texts(out.key("tags"), *edits.tags);
  if (edits.from)
    write_customer(out.key("customer"), *edits.from);
}

void write_data(json::writer& out, const domain::note_added& fact) {
  out.key("body").string(fact.body);
}

void write_data(json::writer& out, const domain::user_mentioned& fact) {
  write_agent(out.key("user_id"), fact.user);
  out.key("user_name").string(fact.user_name);
  out.key("note").string_or_null(fact.note);
}

void write_data(json::writer&, const domain::message_edited&) {
  // Events show the message itself.
}

void write_data(json::writer&, const domain::ticket_passed&) {}

void write_data(json::writer&, const domain::claim_overdue&) {}

void write_data(json::writer& out, const domain::progress_reported& fact) {
  out.key("body").string(fact.body);
}

void write_data(json::writer&, const domain::message_reacted&) {
  assert(false && "reactions are no activities");
}

void write_data(json::writer& out, const domain::message_deleted& fact) {
  out.key("message").number(number(fact.number));
}

void write_data(json::writer& out, const domain::delivery_reported& fact) {
  out.key("message").number(number(fact.number));
  out.key("via").string_or_null(fact.via);
  out.key("reason").string_or_null(fact.reason);
}

void write_data(json::writer&, const domain::customer_reminded&) {}

void write_reply(json::writer& out, domain::message_sequence to) {
  if (to == domain::message_sequence{})
    out.null();
  else
    out.number(number(to));
}

/// Who reacts is known by an id that is nobody's business.
void write_reactions(json::writer& out,
                     const std::vector<domain::reaction>& reactions) {
  out.begin_array();
  for (const auto& one : reactions)
    out.begin_object()
      .key("by_name")
      .string(one.by_name)
      .key("emoji")
      .string(one.emoji)
      .end_object();
  out.end_array();
}

void write_delivery(json::writer& out,
                    const std::optional<domain::delivery_view>& delivery) {
  if (!delivery) {
    out.null();
    return;
  }
  out.begin_object().key("state").string(to_string(delivery->state));
  out.key("via").string_or_null(delivery->via);
  out.key("reason").string_or_null(delivery->reason);
  write_time(out.key("at"), delivery->at);
  out.end_object();
}

struct activity_head {
  std::string_view type;
  std::string_view actor;
};

activity_head head_of(const domain::ticket_fact& fact) {
  using head = activity_head;
  return domain::match(
    fact,
    [](const domain::ticket_created& f) {
      return head{"created", f.actor};
    },
    [](const domain::message_added&) {
      return head{"message", {}};
    },
    [](const domain::status_changed& f) {
      return head{"status_change", f.actor};
    },
    [](const domain::assignee_changed& f) {
      return head{"assignment", f.actor};
    },
    [](const domain::priority_changed& f) {
      return head{"priority_change", f.actor};
    },
    [](const domain::ticket_edited& f) {
      return head{"edit", f.actor};
    },
    [](const domain::note_added& f) {
      return head{"note", f.author};
    },
    [](const domain::user_mentioned& f) {
      return head{"mention", f.actor};
    },
    [](const domain::message_edited& f) {
      return head{"message_edit", f.message.sender_name};
    },
    [](const domain::ticket_passed& f) {
      return head{"pass", f.agent};
    },
    [](const domain::claim_overdue&) {
      return head{"claim_overdue", "system"};
    },
    [](const domain::progress_reported& f) {
      return head{"executor_update", f.author};
    },
    [](const domain::message_reacted&) {
      return head{"reaction", {}};
    },
    [](const domain::message_deleted& f) {
      return head{"message_deleted", f.actor};
    },
    [](const domain::delivery_reported& f) {
      return f.to == domain::delivery_state::failed
               ? head{"delivery_failed", {}}
               : head{"delivery", {}};
    },
    [](const domain::customer_reminded&) {
      return head{"customer_reminded", "system"};
    });
}

} // namespace

void write_time(json::writer& out, std::optional<domain::timestamp> at) {
  if (at)
    out.string(domain::to_rfc3339(*at));
  else
    out.null();
}

namespace {

void write_ticket_fields(json::writer& out, const domain::ticket& t,
                         std::string_view description) {
  out.key("id").string(to_string(t.id.value));
  out.key("number").number(number(t.number));
  out.key("ref").string(t.ref);
  out.key("key").string(domain::ticket_key(t.id));
  out.key("title").string(t.subject);
  out.key("description").string(description);
  out.key("status").string(to_string(t.state));
  out.key("state").string(domain::rest_state(t.state));
  out.key("priority").string(to_string(t.urgency));
  out.key("channel").string(to_string(t.via));
  out.key("category").string_or_null(t.category);
  write_customer(out.key("customer"), t.from);
  write_agent(out.key("assignee"), t.assignee);
  write_texts(out.key("tags"), t.tags);
  out.key("follows").string_or_null(t.follows ? to_string(t.follows->value)
                                              : std::string{});
  write_time(out.key("created_at"), t.created_at);
  write_time(out.key("updated_at"), t.updated_at);
  write_time(out.key("first_response_at"), t.first_response_at);
  write_time(out.key("resolved_at"), t.resolved_at);
  write_time(out.key("closed_at"), t.closed_at);
}

} // namespace

void write_ticket(json::writer& out, const domain::ticket& ticket,
                  std::string_view description) {
  out.begin_object();
  write_ticket_fields(out, ticket, description);
  out.end_object();
}

void write_queue_ticket(json::writer& out, const domain::ticket& ticket,
                        std::string_view description) {
  out.begin_object();
  write_ticket_fields(out, ticket, description);
  write_time(out.key("waiting_since"), ticket.waiting_since);
  write_time(out.key("assigned_at"), ticket.assigned_at);
  out.end_object();
}

void write_message(json::writer& out, domain::message_sequence number_in_thread,
                   domain::timestamp at, const domain::message_draft& m,
                   std::optional<domain::timestamp> edited_at,
                   const attachment_links* links,
                   const domain::message_marks& marks) {
  out.begin_object();
  out.key("id").string(to_string(m.id.value));
  out.key("number").number(number(number_in_thread));
  out.key("sender").string(to_string(m.role));
  out.key("sender_name").string(m.sender_name);
  out.key("channel").string(to_string(m.via));
  out.key("body").string(m.body);
  out.key("media_url").string_or_null(m.media_url);
  write_attachments(out.key("attachments"), m.attachments, links);
  out.key("external_id").string_or_null(m.external_id);
  write_time(out.key("created_at"), at);
  write_time(out.key("edited_at"), edited_at);
  write_reply(out.key("reply_to"), m.reply_to);
  write_time(out.key("deleted_at"), marks.deleted_at);
  write_reactions(out.key("reactions"), marks.reactions);
  write_delivery(out.key("delivery"), marks.delivery);
  out.end_object();
}

void write_activity(json::writer& out, const domain::ticket_event& event) {
  const auto [type, actor] = head_of(event.fact);
  out.begin_object();
  out.key("sequence").number(number(event.number));
  out.key("type").string(type);
  out.key("actor").string_or_null(actor);
  write_time(out.key("at"), event.at);
  out.key("data").begin_object();
  std::visit([&](const auto& fact) { write_data(out, fact); }, event.fact);
  out.end_object().end_object();
}

void write_creation(json::writer& out, const domain::ticket& t) {
  out.begin_object();
  out.key("sequence").number(1);
  out.key("type").string("created");
  out.key("actor").null();
  write_time(out.key("at"), t.created_at);
  out.key("data").begin_object();
  out.key("channel").string(to_string(t.via));
  out.end_object().end_object();
}

void write_user(json::writer& out, const domain::user& u) {
  out.begin_object();
  out.key("id").number(number(u.id));
  out.key("name").string(u.name);
  out.key("username").string_or_null(u.username);
  out.key("role").string(to_string(u.role));
  out.key("telegram_id");
  if (u.telegram_id)
    out.integer(*u.telegram_id);
  else
    out.null();
  out.key("phone").string_or_null(u.phone);
  out.key("email").string_or_null(u.email);
  out.key("default_group_id");
  if (u.default_group)
    out.number(number(*u.default_group));
  else
    out.null();
  write_texts(out.key("skills"), u.skills);
  out.key("online").boolean(u.online);
  write_time(out.key("created_at"), u.created_at);
  write_time(out.key("updated_at"), u.updated_at);
  out.end_object();
}

void write_group(json::writer& out, const domain::group& g) {
  out.begin_object();
  out.key("id").number(number(g.id));
  out.key("title").string(g.title);
  out.key("telegram_group_id");
  if (g.telegram_group_id)
    out.integer(*g.telegram_group_id);
  else
    out.null();
  write_time(out.key("created_at"), g.created_at);
  write_time(out.key("updated_at"), g.updated_at);
  out.end_object();
}

void write_api_key(json::writer& out, const domain::api_key& k,
                   std::optional<domain::timestamp> last_used_at,
                   std::string_view secret_key) {
  out.begin_object();
  out.key("id").string(to_string(k.id));
  out.key("name").string(k.name);
  out.key("scopes").begin_array();
  for (const auto scope : domain::all_scopes)
    if (k.scopes.has(scope))
      out.string(to_string(scope));
  out.end_array();
  out.key("user_id");
  if (k.owner)
    out.number(number(*k.owner));
  else
    out.null();
  write_time(out.key("expires_at"), k.expires_at);
  write_time(out.key("created_at"), k.created_at);
  write_time(out.key("last_used_at"), last_used_at);
  if (!secret_key.empty())
    out.key("key").string(secret_key);
  out.end_object();
}

void write_webhook(json::writer& out, const domain::webhook& w,
                   std::optional<domain::timestamp> failing_since,
                   std::string_view secret) {
  out.begin_object();
  out.key("id").string(to_string(w.id.value));
  out.key("url").string(w.url);
  write_texts(out.key("events"), w.events);
  out.key("template").string_or_null(w.payload_template);
  out.key("headers").begin_object();
  for (const auto& [name, value] : w.headers)
    out.escaped_key(name).string(value);
  out.end_object();
  out.key("description").string_or_null(w.description);
  out.key("enabled").boolean(w.enabled);
  out.key("disabled_reason").string_or_null(w.disabled_reason);
  write_time(out.key("failing_since"), failing_since);
  write_time(out.key("created_at"), w.created_at);
  write_time(out.key("updated_at"), w.updated_at);
  if (!secret.empty())
    out.key("secret").string(secret);
  out.end_object();
}

} // namespace switchboard::channels::rest
