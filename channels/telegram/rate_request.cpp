#include "channels/telegram/rate_request.hpp"

#include "channels/telegram/utf16.hpp"

#include <type_traits>

namespace switchboard::channels::telegram {

namespace {

constexpr std::size_t merged_spans_max = 100;

template <class Call, class... Of>
inline constexpr bool is_one_of = (std::is_same_v<Call, Of> || ...);

template <class Call>
inline constexpr bool is_send
  = is_one_of<Call, send_message, send_file, send_media_group, copy_message>;

template <class Call>
inline constexpr bool is_topic_call
  = is_one_of<Call, create_forum_topic, edit_forum_topic, close_forum_topic,
              reopen_forum_topic, delete_forum_topic>;

template <class Call>
inline constexpr bool is_whole_edit
  = is_one_of<Call, edit_message_text, edit_message_caption>;

template <class Call>
inline constexpr bool is_content_edit
  = is_whole_edit<Call> || std::is_same_v<Call, edit_message_reply_markup>;

template <class Call>
inline constexpr bool is_message_call
  = is_content_edit<
      Call> || is_one_of<Call, delete_message, set_message_reaction>;

/// Whether the newer call can stand for both as it is.
template <class Older, class Newer>
inline constexpr bool replaces
  = (is_content_edit<Older> && is_whole_edit<Newer>)
    || (is_one_of<
          Older,
          edit_message_reply_markup> && is_one_of<Newer, edit_message_reply_markup>)
    || (is_message_call<Older> && is_one_of<Newer, delete_message>)
    || (is_one_of<
          Older,
          set_message_reaction> && is_one_of<Newer, set_message_reaction>)
    || (is_one_of<Older,
                  send_chat_action> && is_one_of<Newer, send_chat_action>);

bool is_plain(const send_message& call) {
  return std::holds_alternative<std::monostate>(call.markup)
         && !call.to.reply_to && !call.shows_link_preview;
}

} // namespace

std::string_view to_string(urgency u) noexcept {
  switch (u) {
    case urgency::customer: return "customer";
    case urgency::mirror: return "mirror";
    case urgency::cosmetic: return "cosmetic";
  }
  return "mirror";
}

std::string_view to_string(call_family f) noexcept {
  switch (f) {
    case call_family::send: return "send";
    case call_family::edit: return "edit";
    case call_family::topic: return "topic";
    case call_family::light: return "light";
  }
  return "light";
}

call_family family_of(const method& call) {
  return std::visit(
    []<class Call>(const Call&) {
      if constexpr (is_send<Call>)
        return call_family::send;
      else if constexpr (is_message_call<Call>)
        return call_family::edit;
      else if constexpr (is_topic_call<Call>)
        return call_family::topic;
      else
        return call_family::light;
    },
    call);
}

std::uint32_t cost_of(const method& call) {
  if (const auto* album = std::get_if<send_media_group>(&call))
    return static_cast<std::uint32_t>(album->items.size());
  return 1;
}

std::int64_t line_key_of(const method& call, std::uint64_t order) {
  return std::visit(
    [&call, order]<class Call>(const Call& one) -> std::int64_t {
      if constexpr (is_message_call<Call>)
        return static_cast<std::int32_t>(one.message);
      else if constexpr (
        is_send<
          Call> || is_topic_call<Call> || is_one_of<Call, send_chat_action>)
        return static_cast<std::int32_t>(topic_of(call).value_or(topic_id{}));
      else
        return -1 - static_cast<std::int64_t>(order);
    },
    call);
}

bool absorb(method& older, const method& newer) {
  return std::visit(
    [&]<class Older, class Newer>(Older& before, const Newer& after) {
      if constexpr (replaces<Older, Newer>) {
        older = newer;
        return true;
      } else if constexpr (
        is_whole_edit<Older> && is_one_of<Newer, edit_message_reply_markup>) {
        before.keyboard = after.keyboard;
        return true;
      } else if constexpr (
        is_one_of<Older,
                  edit_forum_topic> && is_one_of<Newer, edit_forum_topic>) {
        if (after.name)
          before.name = after.name;
        if (after.icon_emoji_id)
          before.icon_emoji_id = after.icon_emoji_id;
        return true;
      } else {
        return false;
      }
    },
    older, newer);
}

bool merge_text(send_message& into, const method& next) {
  const auto* more = std::get_if<send_message>(&next);
  if (more == nullptr || !is_plain(into) || !is_plain(*more)
      || into.to.is_silent != more->to.is_silent
      || into.to.is_protected != more->to.is_protected
      || into.text.spans.size() + more->text.spans.size() > merged_spans_max
      || count_units(into.text.text) + 1 + count_units(more->text.text)
           > text_units_max)
    return false;
  into.text.add("\n").append(more->text);
  return true;
}

bool amend_text(method& call, const styled_text& text) {
  auto changed = call;
  if (auto* message = std::get_if<send_message>(&changed))
    message->text = text;
  else if (auto* file = std::get_if<send_file>(&changed))
    file->caption = text;
  else
    return false;
  if (!find_fault(changed).empty())
    return false;
  call = std::move(changed);
  return true;
}

void readdress(method& call, chat_id chat) {
  std::visit(
    [chat]<class Call>(Call& one) {
      if constexpr (is_send<Call>)
        one.to.chat = chat;
      else if constexpr (requires { one.chat = chat; })
        one.chat = chat;
    },
    call);
}

bool ends_topic(const method& call) {
  return std::holds_alternative<close_forum_topic>(call)
         || std::holds_alternative<delete_forum_topic>(call);
}

bool reopens_topic(const method& call) {
  return std::holds_alternative<reopen_forum_topic>(call);
}

} // namespace switchboard::channels::telegram
