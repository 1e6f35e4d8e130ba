#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "domain/result.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What Meta's webhooks say. Pure.
namespace switchboard::channels::whatsapp {

/// Every message and status of every change of every entry, in their order;
/// what is no `messages` change counts as ignored. Refused is only what is no
/// JSON or no call of this interface at all: one bad message spoils itself.
///
/// The address is the sender's digits (`from`); a user without a phone has
/// their id there (`US.1349…`). The alias is `user:<id>`. The account is our
/// number's id (`phone_number_id`).
[[nodiscard]] domain::result<inbound_batch> decode_cloud(std::string_view body);

/// What a GET of the webhook is answered with, when Meta asks whether the
/// address is ours: the challenge, if the token is `expected` (never empty).
/// Takes the same time wherever two tokens differ.
[[nodiscard]] std::optional<std::string>
answer_challenge(std::string_view mode, std::string_view token,
                 std::string_view challenge, std::string_view expected);

} // namespace switchboard::channels::whatsapp
