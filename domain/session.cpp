#include "domain/session.hpp"

#include "domain/text.hpp"

#include <algorithm>

namespace switchboard::domain {

namespace {

constexpr std::size_t uuid_text_size = 36;
constexpr std::string_view no_words = "Conversation";

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

} // namespace

std::string_view to_string(session_mode mode) noexcept {
  switch (mode) {
    case session_mode::bot: return "bot";
    case session_mode::agent: return "agent";
  }
  return "unknown_mode";
}

customer changed(const customer& before, const contact_change& change) {
  return {change.name.value_or(before.name),
          change.phone.value_or(before.phone),
          change.email.value_or(before.email)};
}

std::string_view visitor_status(const ticket& ticket) noexcept {
  if (ticket.state == status::resolved || ticket.state == status::closed)
    return "closed";
  return ticket.assignee.empty() ? "open" : "claimed";
}

std::string_view visitor_sender(sender_role role) noexcept {
  switch (role) {
    case sender_role::customer: return "visitor";
    case sender_role::agent:
    case sender_role::manager: return "agent";
    case sender_role::bot:
    case sender_role::system: return "system";
  }
  return "system";
}

std::string derived_subject(std::string_view body) {
  while (!body.empty()) {
    const auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(line.size() + 1, body.size()));
    std::string words{trim(line)};
    std::erase_if(words, is_control);
    if (words.empty())
      continue;
    if (count_code_points(words) <= derived_subject_length_max)
      return words;
    std::string cut{trim(clip(words, derived_subject_length_max - 1))};
    cut += "\u2026";
    return cut;
  }
  return std::string{no_words};
}

bool is_open_category(std::span<const std::string> categories,
                      std::string_view category) noexcept {
  return category.empty() || categories.empty()
         || std::find(categories.begin(), categories.end(), category)
              != categories.end();
}

std::string visitor_external_id(const session_id& session,
                                std::string_view client_id) {
  auto out = to_string(session.value);
  out += ':';
  out += client_id;
  return out;
}

std::string_view client_id_of(const session_id& session,
                              const message_draft& message) noexcept {
  const std::string_view external{message.external_id};
  if (external.size() <= uuid_text_size || external[uuid_text_size] != ':'
      || parse_uuid(external.substr(0, uuid_text_size)) != session.value)
    return {};
  return external.substr(uuid_text_size + 1);
}

} // namespace switchboard::domain
