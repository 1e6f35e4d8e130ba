#include "channels/whatsapp/baileys_events.hpp"

#include "channels/whatsapp/inbound_text.hpp"

#include <array>
#include <limits>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

using domain::delivery_state;

struct state_row {
  std::int64_t number;
  std::string_view word;
  std::optional<delivery_state> state; ///< nothing while it has not left
};

constexpr std::array states{
  state_row{0, "ERROR", delivery_state::failed},
  state_row{1, "PENDING", std::nullopt},
  state_row{2, "SERVER_ACK", delivery_state::sent},
  state_row{3, "DELIVERY_ACK", delivery_state::delivered},
  state_row{4, "READ", delivery_state::read},
  state_row{5, "PLAYED", delivery_state::read}};

constexpr std::int64_t revoke_stub = 1;

std::optional<delivery_state> read_state(json_node in) {
  const auto number = in.integer().value_or(-1);
  for (const auto& row : states)
    if (number == row.number || in.string() == row.word)
      return row.state;
  return std::nullopt;
}

/// WhatsApp's own code for why it did not take the message.
int read_code(json_node parameters) {
  for (const auto one : parameters.items())
    if (const auto code = one.integer();
        code && *code > 0 && *code < std::numeric_limits<int>::max())
      return static_cast<int>(*code);
  return 0;
}

/// Evolution has the fields of a key beside each other.
std::optional<message_key> read_any_key(json_node item) {
  if (item["key"].is_object())
    return read_key(item["key"], item);
  auto key = read_key(item, {});
  if (const auto id = item["keyId"].string(); !id.empty()) {
    const auto place = read_jid(item["remoteJid"].string());
    if (!place || !read_identifier(id, inbound_id_size_max))
      return std::nullopt;
    key.emplace();
    key->id = id;
    key->chat = place;
    key->is_ours = item["fromMe"].flag();
    const auto author = read_jid(item["participant"].string());
    key->author.push_back(author ? author : place);
  }
  return key;
}

void add_status(std::string id, delivery_state state, int code,
                const sidecar_call& call, inbound_batch& batch) {
  status_report out;
  out.via = call.how->via;
  out.account = call.account;
  out.id = std::move(id);
  out.state = state;
  if (state == delivery_state::failed) {
    out.code = code;
    out.reason = "WhatsApp did not take the message";
  }
  batch.statuses.push_back(std::move(out));
}

/// Ids of effects that have none of their own: the same effect told twice has
/// the same, and a later one another.
std::string effect_id(const std::string& target, std::string_view what,
                      json_node moment) {
  auto out = target + ":" + std::string{what};
  if (const auto at = moment.integer())
    out.append(":").append(std::to_string(*at));
  return out;
}

bool is_revoke(json_node update) {
  const auto stub = update["messageStubType"];
  return stub.string() == "REVOKE" || stub.integer().value_or(0) == revoke_stub;
}

void add_change(message_key key, json_node item, std::string id, content what,
                json_node moment, const sidecar_call& call,
                inbound_batch& batch) {
  key.id = std::move(id);
  sidecar_content change;
  change.what = std::move(what);
  add_message(key, item["pushName"].string(), read_moment(moment.integer()),
              std::move(change), call, batch);
}

} // namespace

void read_update(json_node item, const sidecar_call& call,
                 inbound_batch& batch) {
  const auto key = read_any_key(item);
  if (!key) {
    ++batch.malformed;
    return;
  }
  const auto update = item["update"].is_object() ? item["update"] : item;
  const auto moment = update["messageTimestamp"];
  if (is_revoke(update) && !update["message"]) {
    add_change(*key, item, effect_id(key->id, "revoke", {}), revoked{key->id},
               moment, call, batch);
    return;
  }
  if (const auto inner = update["message"]["editedMessage"]["message"]) {
    const auto words = read_sidecar_words(inner);
    const auto told = inner["protocolMessage"]["editedMessage"];
    add_change(*key, item, effect_id(key->id, "edit", moment),
               edited{key->id, told ? read_sidecar_words(told) : words}, moment,
               call, batch);
    return;
  }
  if (const auto message = update["message"]; message.is_object()) {
    read_keyed_message(*key, item, message, call, batch);
    return;
  }
  const auto state = read_state(update["status"]);
  const bool may_be_ours
    = key->is_ours || !(item["key"].has("fromMe") || item.has("fromMe"));
  if (!state || !may_be_ours) {
    ++batch.ignored;
    return;
  }
  add_status(key->id, *state, read_code(update["messageStubParameters"]), call,
             batch);
}

void read_receipt(json_node item, const sidecar_call& call,
                  inbound_batch& batch) {
  const auto key = read_any_key(item);
  if (!key) {
    ++batch.malformed;
    return;
  }
  const auto receipt = item["receipt"];
  const auto is_told = [&](std::string_view name) {
    return receipt[name].integer().value_or(0) > 0;
  };
  const bool is_read = is_told("readTimestamp") || is_told("playedTimestamp");
  if (!key->is_ours || (!is_read && !is_told("receiptTimestamp"))) {
    ++batch.ignored;
    return;
  }
  add_status(key->id,
             is_read ? delivery_state::read : delivery_state::delivered, 0,
             call, batch);
}

void read_reaction(json_node item, const sidecar_call& call,
                   inbound_batch& batch) {
  const auto target = read_any_key(item);
  const auto reaction = item["reaction"];
  if (!target || !reaction.is_object()) {
    ++batch.malformed;
    return;
  }
  // The reaction is a message of its own; it tells who has reacted.
  auto key = read_key(reaction["key"], reaction);
  if (!key) {
    key = target;
    key->id = effect_id(target->id, "reaction", reaction["senderTimestampMs"]);
  }
  const auto id = key->id;
  add_change(std::move(*key), item, id,
             reacted{target->id, clean_line(reaction["text"].string(),
                                            inbound_id_size_max)},
             reaction["senderTimestampMs"], call, batch);
}

void read_deletion(json_node item, const sidecar_call& call,
                   inbound_batch& batch) {
  // A list of keys is what somebody has removed from their own phone only.
  if (item.has("keys") || item.has("all")) {
    ++batch.ignored;
    return;
  }
  const auto key = read_any_key(item);
  if (!key) {
    ++batch.malformed;
    return;
  }
  add_change(*key, item, effect_id(key->id, "revoke", {}), revoked{key->id}, {},
             call, batch);
}

void read_edit(json_node item, const sidecar_call& call, inbound_batch& batch) {
  const auto key = read_any_key(item);
  if (!key) {
    ++batch.malformed;
    return;
  }
  const auto moment = item.first("timestampMs", "messageTimestamp");
  add_change(*key, item, effect_id(key->id, "edit", moment),
             edited{key->id, read_sidecar_words(item["editedMessage"])}, moment,
             call, batch);
}

void read_ack(json_node item, const sidecar_call& call, inbound_batch& batch) {
  const auto message = item["message"].is_object() ? item["message"] : item;
  auto id = read_simple_id(message["id"]);
  const auto ack = item["ack"].integer();
  if (id.empty() || !ack) {
    ++batch.malformed;
    return;
  }
  // How far we have read is no news.
  const bool is_theirs = (message.has("fromMe") && !message["fromMe"].flag())
                         || message["id"].string().starts_with("false_");
  // They begin to count one before Baileys does.
  constexpr std::int64_t offset = 1;
  std::optional<delivery_state> state;
  for (const auto& row : states)
    if (row.number == *ack + offset)
      state = row.state;
  if (!state || is_theirs) {
    ++batch.ignored;
    return;
  }
  add_status(std::move(id), *state, 0, call, batch);
}

} // namespace switchboard::channels::whatsapp
