#pragma once

#include "channels/http_exchange.hpp"
#include "channels/json/writer.hpp"
#include "channels/whatsapp/outgoing.hpp"

#include <simdjson.h>
#include <chrono>
#include <string>
#include <string_view>

/// What the encoders of all providers share; for the sources of this folder
/// only.
namespace switchboard::channels::whatsapp {

/// How long a provider may take for words, and for a file's bytes.
inline constexpr std::chrono::seconds words_timeout{20};
inline constexpr std::chrono::seconds file_timeout{90};

/// The digits of the telephone number that an address stands for, whichever
/// provider's it is (`+1555…`, `1555…`, `whatsapp:+1555…`,
/// `1555…@s.whatsapp.net`); empty when it stands for none, as a group's or a
/// `@lid`. Views `address`.
[[nodiscard]] std::string_view phone_digits(std::string_view address) noexcept;

/// The address as Baileys writes it.
[[nodiscard]] std::string chat_jid(std::string_view address);

/// Padded base64, within quotes: a JSON string as it is.
[[nodiscard]] std::string quoted_base64(std::string_view bytes);
[[nodiscard]] std::string basic_authorization(std::string_view user,
                                              std::string_view password);

/// Appends `text` so that it can stand in a form or in one part of a path.
void append_percent_encoded(std::string& out, std::string_view text);

/// A call to an address that the operator configured.
[[nodiscard]] http_request call_of(std::string_view method, std::string url,
                                   std::string body);
[[nodiscard]] http_request json_call(std::string_view method, std::string url,
                                     std::string body);

/// The member in which Baileys, Meta and n8n have a file of this kind.
[[nodiscard]] std::string_view member_of(file_kind kind) noexcept;
/// Whether it is to be shown as a voice message.
[[nodiscard]] bool is_voice(const outgoing_file& file) noexcept;
/// The file's type for WhatsApp, which plays a voice only when it is told how
/// that is coded; never empty.
[[nodiscard]] std::string_view
declared_type(const outgoing_file& file) noexcept;
/// What stands below the file; empty when that kind has no caption there.
[[nodiscard]] std::string_view caption_of(provider p,
                                          const outgoing_message& message);

/// `"quoted":{"key":{…},"message":{…}}` under the given name.
void write_quoted(json::writer& out, std::string_view name,
                  std::string_view jid, const quoted_message& quoted);
/// `"key":{"remoteJid":…,"fromMe":…,"id":…}` under the given name.
void write_key(json::writer& out, std::string_view name, std::string_view jid,
               bool is_ours, std::string_view id);

/// The words as a parameter of a template, in which WhatsApp allows neither
/// line breaks nor tabs nor more than four spaces in a row.
[[nodiscard]] std::string template_words(std::string_view text);

/// Parses into this thread's document, which lives until the next call.
[[nodiscard]] bool parse_answer(std::string_view body,
                                simdjson::dom::element& root);
/// The text at this JSON pointer; empty when there is none.
[[nodiscard]] std::string_view text_at(simdjson::dom::element root,
                                       std::string_view pointer);

} // namespace switchboard::channels::whatsapp
