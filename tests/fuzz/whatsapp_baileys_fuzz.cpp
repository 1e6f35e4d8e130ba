// What sidecars of WhatsApp send: any bytes give messages that can be handed on
// as they are, or nothing.
#include "channels/whatsapp/baileys_inbound.hpp"
#include "channels/whatsapp/errand.hpp"
#include "tests/fuzz/whatsapp_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard::channels::whatsapp;
  using switchboard::fuzz::require;
  const auto text = switchboard::fuzz::to_text(data, size);
  baileys_reading how;
  how.own_jid = "15550001111@s.whatsapp.net";
  how.media_bytes_max = 1'000;
  if (const auto call = decode_baileys(text, how))
    switchboard::fuzz::require_batch(call.value().batch, how.media_bytes_max);
  if (const auto stored = decode_errand(text))
    require(decode_errand(encode(*stored)) == stored,
            "an errand comes back as it was written");
  return 0;
}
