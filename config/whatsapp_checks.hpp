#pragma once

#include "config/checks.hpp"

/// Checks of the values of [whatsapp] and its parts, in the manner of
/// checks.hpp.
namespace switchboard::config {

domain::result<std::string> check_priority(std::string_view text);
/// `<priority>: <word>|<word>`.
domain::result<std::string> check_priority_keywords(std::string_view text);
/// `<language>: <text>`.
domain::result<std::string> check_acknowledgement(std::string_view text);
/// What customers are told: up to 1000 characters, or nothing.
domain::result<std::string> check_words(std::string_view text);
domain::result<std::string> check_whatsapp_provider(std::string_view text);
domain::result<std::string> check_sidecar_dialect(std::string_view text);
/// A number's name at WhatsApp, `15550001111@s.whatsapp.net`.
domain::result<std::string> check_jid(std::string_view text);
/// E.164, or a messaging service (`MG` and 32 hexadecimal digits).
domain::result<std::string> check_twilio_sender(std::string_view text);
/// A secret that somebody else has chosen: visible ASCII, up to 1024
/// characters.
domain::result<std::string> check_given_secret(std::string_view text);
/// Letters, digits, `.`, `-` and `_`, up to 200; not empty.
domain::result<std::string> check_word(std::string_view text);
domain::result<std::string> check_optional_word(std::string_view text);

} // namespace switchboard::config
