#pragma once

#include "channels/whatsapp/form.hpp"

#include <string_view>

/// Whether a webhook's call comes from whom it says. All comparisons take the
/// same time wherever two signatures differ. Pure.
namespace switchboard::channels::whatsapp {

/// `X-Twilio-Signature`. `url` is the address as Twilio was given it, with its
/// query; a standard port may be written there or not. `fields` are the body's
/// (none for a GET). An empty token signs nothing.
[[nodiscard]] bool is_signed_by_twilio(std::string_view auth_token,
                                       std::string_view url, const form& fields,
                                       std::string_view signature);

/// The same for a body that is no form: its hash stands in the URL, as
/// `bodySHA256`.
[[nodiscard]] bool
is_body_signed_by_twilio(std::string_view auth_token, std::string_view url,
                         std::string_view raw_body, std::string_view signature);

/// `X-Hub-Signature-256`, over the bytes as they came.
[[nodiscard]] bool is_signed_by_meta(std::string_view app_secret,
                                     std::string_view raw_body,
                                     std::string_view header);

} // namespace switchboard::channels::whatsapp
