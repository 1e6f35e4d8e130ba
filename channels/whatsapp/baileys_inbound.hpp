#pragma once

#include "channels/whatsapp/inbound.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

/// What Baileys sidecars say, and workflows that hand on what one said. Pure.
namespace switchboard::channels::whatsapp {

struct baileys_reading {
  /// What the messages are to be of: `baileys`, or `n8n` for the bridge.
  provider via = provider::baileys;
  /// Our own number's address, with which the bot is named in groups; or empty:
  /// then what the call itself says of it (`sender`, `me`) counts.
  std::string own_jid;
  /// A file that comes along may have so many bytes; of a larger one only the
  /// name comes.
  std::size_t media_bytes_max = std::size_t{16} * 1024 * 1024;
  domain::timestamp now{};
  /// Messages that the sidecar had missed (`append`) count when they are not
  /// older than this; what is older is history.
  std::chrono::milliseconds append_age_max{std::chrono::hours{48}};
};

struct baileys_call {
  inbound_batch batch;
  /// The key, where the sidecar puts it into the body (fazer, Evolution); or
  /// empty.
  std::string verify_token;
};

/// Reads the canonical form and all its variants: Baileys' own events,
/// Evolution API, fazer, nizarfadlan, WAHA, whatsapp-api, wppconnect, and the
/// simple
/// `{"from", "text", "id"}`. Refused is only what is no JSON or has no shape of
/// these; unknown events count as ignored, and one bad message spoils itself.
///
/// The address is the chat's (`remoteJid`), as it came but for its device,
/// since that is where an answer goes. A number that stands alone becomes
/// `<digits>@s.whatsapp.net`. The phone comes from whichever of the chat's or
/// author's names has one; `lid:<id>` is an alias.
[[nodiscard]] domain::result<baileys_call>
decode_baileys(std::string_view body, const baileys_reading& how);

} // namespace switchboard::channels::whatsapp
