#pragma once

#include "domain/result.hpp"

#include <string>
#include <string_view>

/// Checks of single text values. Each gives the value as it is to be kept, or a
/// refusal whose detail says what would be right ("must be …"). None of them
/// touches the network or the disk. An empty text means "not set" and passes,
/// except for paths, hosts, categories, the API's address and words of a list.
namespace switchboard::config {

using text_check = domain::result<std::string> (*)(std::string_view);

domain::result<std::string> check_host(std::string_view text);
/// http or https with a host, without user name, query and fragment; a slash
/// at the end is taken off.
domain::result<std::string> check_base_url(std::string_view text);
/// http or https with a host; no user name or fragment.
domain::result<std::string> check_url(std::string_view text);
/// A website as browsers name it, `https://shop.example`, in lower case and
/// without the scheme's own port; or `*` for all.
domain::result<std::string> check_origin(std::string_view text);
/// An address or a CIDR block, IPv4 or IPv6.
domain::result<std::string> check_network(std::string_view text);
/// A number of seconds, up to a week, with up to three decimals.
domain::result<std::string> check_pause(std::string_view text);
/// As `check_base_url`, but not empty.
domain::result<std::string> check_api_url(std::string_view text);
/// A Telegram bot's: its number, a colon and letters.
domain::result<std::string> check_bot_token(std::string_view text);
/// What Telegram takes: 1 to 256 of `A-Za-z0-9_-`.
domain::result<std::string> check_webhook_secret(std::string_view text);
domain::result<std::string> check_telegram_mode(std::string_view text);
domain::result<std::string> check_phone(std::string_view text);
domain::result<std::string> check_path(std::string_view text);
domain::result<std::string> check_optional_path(std::string_view text);
/// What can travel in an HTTP header: visible ASCII, 8 to 512 characters.
domain::result<std::string> check_secret(std::string_view text);
/// A name that visitors choose a category by; blanks around it are taken off.
domain::result<std::string> check_category(std::string_view text);
domain::result<std::string> check_log_level(std::string_view text);
domain::result<std::string> check_log_format(std::string_view text);

} // namespace switchboard::config
