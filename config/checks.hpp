#pragma once

#include "domain/result.hpp"

#include <string>
#include <string_view>

/// Checks of single text values. Each gives the value as it is to be kept, or a
/// refusal whose detail says what would be right ("must be …"). None of them
/// touches the network or the disk. Except for `check_path`, `check_host`
/// and `check_category`, an empty text passes: it means "not set".
namespace switchboard::config {

using text_check = domain::result<std::string> (*)(std::string_view);

domain::result<std::string> check_host(std::string_view text);
/// http or https with a host, without user name, query and fragment; a slash
/// at the end is taken off.
domain::result<std::string> check_base_url(std::string_view text);
/// http or https with a host; no user name or fragment.
domain::result<std::string> check_url(std::string_view text);
/// An address or a CIDR block, IPv4 or IPv6.
domain::result<std::string> check_network(std::string_view text);
/// A number of seconds, up to a week, with up to three decimals.
domain::result<std::string> check_pause(std::string_view text);
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
