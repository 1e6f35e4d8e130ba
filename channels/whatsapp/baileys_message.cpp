#include "channels/whatsapp/baileys_message.hpp"

#include "channels/whatsapp/inbound_text.hpp"

#include <algorithm>
#include <utility>

namespace switchboard::channels::whatsapp {

namespace {

bool is_own(const jid& who, const sidecar_call& call) {
  return std::any_of(call.own.begin(), call.own.end(),
                     [&](const jid& own) { return is_same_user(own, who); });
}

/// Whether the text names us, as phones write a mention.
bool names_us(std::string_view text, const sidecar_call& call) {
  for (const auto& own : call.own) {
    const auto name = "@" + own.user;
    for (auto at = text.find(name); at != std::string_view::npos;
         at = text.find(name, at + 1)) {
      const auto end = at + name.size();
      // The number may go on.
      if (end == text.size() || text[end] < '0' || text[end] > '9')
        return true;
    }
  }
  return false;
}

bool is_addressed(const sidecar_content& what, const sidecar_call& call) {
  if (is_own(what.quoted_author, call)
      || std::any_of(what.mentioned.begin(), what.mentioned.end(),
                     [&](const jid& one) { return is_own(one, call); }))
    return true;
  const auto* words = std::get_if<said>(&what.what);
  return words != nullptr && names_us(words->text, call);
}

bool is_too_old(domain::timestamp sent_at, const sidecar_call& call) {
  return call.is_backlog && sent_at < call.how->now - call.how->append_age_max;
}

} // namespace

void add_message(const message_key& key, std::string_view name,
                 domain::timestamp sent_at, std::optional<sidecar_content> what,
                 const sidecar_call& call, inbound_batch& batch) {
  if (!what || key.is_ours || key.chat.is_silent()
      || is_too_old(sent_at, call)) {
    ++batch.ignored;
    return;
  }
  inbound_message out;
  out.via = call.how->via;
  out.account = call.account;
  out.id = key.id;
  if (!is_sound(what->what) || !set_place(key, name, out)) {
    ++batch.malformed;
    return;
  }
  out.sent_at = sent_at;
  out.is_addressed = out.is_group && is_addressed(*what, call);
  out.reply_to = std::move(what->reply_to);
  out.is_forwarded = what->is_forwarded;
  out.what = std::move(what->what);
  batch.messages.push_back(std::move(out));
}

void read_keyed_message(const message_key& key, json_node item,
                        json_node message, const sidecar_call& call,
                        inbound_batch& batch) {
  // Files of what is not wanted are not worth decoding.
  if (key.is_ours || key.chat.is_silent()) {
    ++batch.ignored;
    return;
  }
  const file_sources files{call.media[key.id], item, call.how->media_bytes_max};
  auto what = read_sidecar_content(message, files);
  add_message(key, item.first("pushName", "verifiedBizName").string(),
              read_moment(item["messageTimestamp"].integer()), std::move(what),
              call, batch);
}

void read_sidecar_message(json_node item, const sidecar_call& call,
                          inbound_batch& batch) {
  if (!item["key"].is_object()) {
    read_simple_message(item, call, batch);
    return;
  }
  const auto key = read_key(item["key"], item);
  if (!key) {
    ++batch.malformed;
    return;
  }
  // A stub says what has become of the chat, or that a message cannot be read
  // yet; the message itself comes under the same id.
  if (!item["message"].is_object()) {
    ++batch.ignored;
    return;
  }
  read_keyed_message(*key, item, item["message"], call, batch);
}

} // namespace switchboard::channels::whatsapp
