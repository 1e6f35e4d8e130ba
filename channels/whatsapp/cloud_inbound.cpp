#include "channels/whatsapp/cloud_inbound.hpp"

#include "channels/whatsapp/cloud_content.hpp"
#include "channels/whatsapp/inbound_json.hpp"
#include "channels/whatsapp/inbound_text.hpp"
#include "domain/session.hpp"

#include <sodium.h>

#include <array>
#include <limits>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

using domain::delivery_state;

constexpr int window_closed_code = 131'047;
/// With `user:` in front it is still an identity.
constexpr std::size_t user_size_max = domain::chat_address_size_max - 5;
constexpr std::size_t challenge_size_max = 1'000;

/// One who is written about beside the messages.
json_node contact_of(json_node value, std::string_view phone,
                     std::string_view user) {
  const auto contacts = value["contacts"].items();
  for (const auto one : contacts) {
    const auto wa_id = one["wa_id"].string();
    const auto user_id = one["user_id"].string();
    if ((!phone.empty() && wa_id == phone)
        || (!user.empty() && user_id == user))
      return one;
  }
  // A single one can only be the author, be it under another form of the same
  // number; unless it is another message's.
  if (contacts.size() != 1)
    return {};
  const auto wa_id = contacts[0]["wa_id"].string();
  for (const auto other : value["messages"].items())
    if (!phone.empty() && !wa_id.empty() && other["from"].string() == wa_id)
      return {};
  return contacts[0];
}

/// Who has written, and where they are answered; false when nobody says.
bool read_author(json_node value, json_node message, inbound_message& out) {
  const auto from = message["from"].string();
  const auto contact
    = contact_of(value, from, message["from_user_id"].string());
  auto user = message["from_user_id"].string();
  if (user.empty())
    user = contact["user_id"].string();
  auto number = from;
  if (number.empty())
    number = contact["wa_id"].string();
  auto address = read_identifier(number.empty() ? user : number, user_size_max);
  if (!address)
    return false;
  std::vector<std::string> aliases;
  if (const auto alias = read_identifier(user, user_size_max))
    aliases.push_back("user:" + *alias);
  out.author
    = make_person(contact["profile"].first("name", "username").string(),
                  read_phone(number), std::move(aliases), *address);
  out.address = std::move(*address);
  return true;
}

void read_message(json_node value, json_node in, const std::string& account,
                  inbound_batch& batch) {
  inbound_message out;
  out.via = provider::cloud;
  out.account = account;
  auto id = read_identifier(in["id"].string(), inbound_id_size_max);
  if (!id || !read_author(value, in, out)) {
    ++batch.malformed;
    return;
  }
  auto what = read_cloud_content(in);
  if (!what) {
    ++batch.ignored;
    return;
  }
  if (!is_sound(*what)) {
    ++batch.malformed;
    return;
  }
  out.id = std::move(*id);
  out.sent_at = read_moment(in["timestamp"].integer());
  const auto context = in["context"];
  out.reply_to
    = read_identifier(context["id"].string(), inbound_id_size_max).value_or("");
  out.is_forwarded
    = context["forwarded"].flag() || context["frequently_forwarded"].flag();
  out.what = std::move(*what);
  batch.messages.push_back(std::move(out));
}

std::optional<delivery_state> state_of(std::string_view word) {
  using row = std::pair<std::string_view, delivery_state>;
  static constexpr std::array rows{row{"sent", delivery_state::sent},
                                   row{"delivered", delivery_state::delivered},
                                   row{"read", delivery_state::read},
                                   row{"played", delivery_state::read},
                                   row{"failed", delivery_state::failed}};
  for (const auto& [name, state] : rows)
    if (name == word)
      return state;
  return std::nullopt;
}

int read_code(json_node in) {
  const auto code = in.integer().value_or(0);
  return code > 0 && code <= std::numeric_limits<int>::max()
           ? static_cast<int>(code)
           : 0;
}

void read_status(json_node in, const std::string& account,
                 inbound_batch& batch) {
  auto id = read_identifier(in["id"].string(), inbound_id_size_max);
  if (!id) {
    ++batch.malformed;
    return;
  }
  const auto state = state_of(in["status"].string());
  if (!state) {
    ++batch.ignored;
    return;
  }
  status_report out;
  out.via = provider::cloud;
  out.account = account;
  out.id = std::move(*id);
  out.state = *state;
  if (const auto errors = in["errors"].items();
      *state == delivery_state::failed && !errors.empty()) {
    const auto error = errors[0];
    out.code = read_code(error["code"]);
    auto reason = error["error_data"]["details"].string();
    if (reason.empty())
      reason = error.first("message", "title").string();
    out.reason = clean_line(reason, domain::reason_length_max);
    out.window_closed = out.code == window_closed_code;
  }
  batch.statuses.push_back(std::move(out));
}

void read_change(json_node change, inbound_batch& batch) {
  const auto value = change["value"];
  if (change["field"].string() != "messages" || !value.is_object()) {
    ++batch.ignored;
    return;
  }
  const auto account
    = read_identifier(value["metadata"]["phone_number_id"].string(),
                      account_size_max)
        .value_or("");
  for (const auto one : value["messages"].items())
    read_message(value, one, account, batch);
  for (const auto one : value["statuses"].items())
    read_status(one, account, batch);
  // What is wrong with the account stands in the provider's own console, too.
  batch.ignored += value["errors"].items().size();
}

} // namespace

domain::result<inbound_batch> decode_cloud(std::string_view body) {
  json_document document;
  if (!document.parse(body))
    return domain::fail(domain::errc::invalid, "the body is not valid JSON");
  const auto root = document.root();
  const auto object = root["object"];
  if (!root["entry"].is_array()
      || (object && object.string() != "whatsapp_business_account"))
    return domain::fail(domain::errc::invalid,
                        "the body is no webhook of WhatsApp's Cloud API");
  inbound_batch out;
  for (const auto entry : root["entry"].items())
    for (const auto change : entry["changes"].items())
      read_change(change, out);
  return out;
}

std::optional<std::string>
answer_challenge(std::string_view mode, std::string_view token,
                 std::string_view challenge, std::string_view expected) {
  const bool is_token
    = !expected.empty() && token.size() == expected.size()
      && sodium_memcmp(token.data(), expected.data(), token.size()) == 0;
  if (mode != "subscribe" || !is_token)
    return std::nullopt;
  return read_identifier(challenge, challenge_size_max);
}

} // namespace switchboard::channels::whatsapp
