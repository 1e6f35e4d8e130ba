#include "tests/simulators/ticket_created_check.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace switchboard::simulators {

namespace {

namespace dom = simdjson::dom;

constexpr std::array<std::string_view, 12> keys{
  "event",        "ticketId",      "ticketRef",     "ticketUrl",
  "customerName", "customerPhone", "customerEmail", "subject",
  "message",      "priority",      "createdAt",     "agentPhone"};
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// In `form`, 9 stands for a digit, h for a lower-case hex digit; the rest for
/// itself.
bool has_form(std::string_view text, std::string_view form) {
  return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                    [](char c, char f) {
                      if (f == '9')
                        return is_digit(c);
                      if (f == 'h')
                        return is_digit(c) || (c >= 'a' && c <= 'f');
                      return c == f;
                    });
}

bool is_uuid7(std::string_view text) {
  return has_form(text, "hhhhhhhh-hhhh-7hhh-hhhh-hhhhhhhhhhhh")
         && std::string_view{"89ab"}.find(text[19]) != std::string_view::npos;
}

bool is_ref(std::string_view text) {
  if (text.size() < 15 || text.size() > 37
      || !has_form(text.substr(0, 11), "T-99999999-"))
    return false;
  const auto tail = text.substr(11);
  return tail.find_first_not_of(crockford) == std::string_view::npos;
}

bool is_phone(std::string_view text) {
  return text.size() >= 9 && text.size() <= 16 && text[0] == '+'
         && text[1] != '0'
         && std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0
         && text.find('@', at + 1) == std::string_view::npos
         && text.find('.', at) != std::string_view::npos
         && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

bool is_time(std::string_view text) {
  return has_form(text, "9999-99-99T99:99:99.999Z") && text.substr(5, 2) >= "01"
         && text.substr(5, 2) <= "12" && text.substr(8, 2) >= "01"
         && text.substr(8, 2) <= "31" && text.substr(11, 2) <= "23"
         && text.substr(14, 2) <= "59" && text.substr(17, 2) <= "60";
}

bool is_url_of(std::string_view text, std::string_view ref) {
  return (text.starts_with("http://") || text.starts_with("https://"))
         && text.find_first_of(" \t\r\n\"<>") == std::string_view::npos
         && (ref.empty() || text.ends_with("/" + std::string{ref}));
}

bool is_priority(std::string_view text) {
  return text == "low" || text == "medium" || text == "high"
         || text == "urgent";
}

/// The body's members by key; what is wrong with the keys goes to
/// `violations`.
std::map<std::string_view, dom::element>
collect(const dom::object& from, std::vector<std::string>& violations) {
  std::map<std::string_view, dom::element> out;
  for (const auto& [key, value] : from) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      violations.push_back("unknown key " + std::string{key});
    else if (!out.emplace(key, value).second)
      violations.push_back("key twice: " + std::string{key});
  }
  for (const auto key : keys) {
    if (!out.contains(key))
      violations.push_back("missing key " + std::string{key});
  }
  return out;
}

class reader {
public:
  reader(std::map<std::string_view, dom::element> members,
         std::vector<std::string>& violations)
    : members_{std::move(members)}, violations_{violations} {}

  /// The string under `key`; nullopt when it is absent or another type.
  std::optional<std::string> text(std::string_view key) {
    const auto i = members_.find(key);
    if (i == members_.end())
      return std::nullopt;
    std::string_view out;
    if (i->second.get_string().get(out) == simdjson::SUCCESS)
      return std::string{out};
    complain(key, "is not a string");
    return std::nullopt;
  }

  [[nodiscard]] bool is_null(std::string_view key) const {
    const auto i = members_.find(key);
    return i != members_.end() && i->second.is_null();
  }

  void complain(std::string_view key, std::string_view what) {
    violations_.push_back(std::string{key}.append(" ").append(what));
  }

  template <class Test>
  std::string expect(std::string_view key, std::string_view what, Test good) {
    const auto value = text(key);
    if (value && !good(*value))
      complain(key, what);
    return value.value_or("");
  }

private:
  std::map<std::string_view, dom::element> members_;
  std::vector<std::string>& violations_;
};

void check_contact(reader& in) {
  const auto no_phone = in.is_null("customerPhone");
  const auto no_email = in.is_null("customerEmail");
  if (!no_phone)
    in.expect("customerPhone", "is neither null nor E.164", is_phone);
  if (!no_email)
    in.expect("customerEmail", "is neither null nor an e-mail", is_email);
  if (no_phone && no_email)
    in.complain("customerPhone", "and customerEmail are both null");
}

} // namespace

ticket_created check_ticket_created(std::string_view body,
                                    std::vector<std::string>& violations) {
  ticket_created out;
  dom::parser parser;
  dom::object object;
  const simdjson::padded_string padded{body};
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS) {
    violations.emplace_back("the body is not a JSON object");
    return out;
  }
  const auto not_empty = [](std::string_view x) { return !x.empty(); };
  reader in{collect(object, violations), violations};
  in.expect("event", "is not ticket.created",
            [](std::string_view x) { return x == "ticket.created"; });
  out.ticket_id = in.expect("ticketId", "is not a UUIDv7", is_uuid7);
  out.ticket_ref = in.expect("ticketRef", "is not a ticket ref", is_ref);
  in.expect("ticketUrl", "is not an address that ends in the ref",
            [&out](std::string_view x) {
              const auto known = is_ref(out.ticket_ref);
              return is_url_of(x, known ? out.ticket_ref : std::string_view{});
            });
  in.expect("customerName", "is empty", not_empty);
  check_contact(in);
  out.subject = in.expect("subject", "is empty", not_empty);
  out.message = in.expect("message", "is empty", not_empty);
  in.expect("priority", "is no priority", is_priority);
  in.expect("createdAt", "is not RFC 3339 UTC with milliseconds", is_time);
  // Empty while the operator has configured none.
  out.agent_phone
    = in.expect("agentPhone", "is neither empty nor E.164",
                [](std::string_view x) { return x.empty() || is_phone(x); });
  return out;
}

} // namespace switchboard::simulators
