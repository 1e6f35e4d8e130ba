// What Meta's webhooks say: any bytes give messages that can be handed on as
// they are, or nothing.
#include "channels/whatsapp/cloud_inbound.hpp"
#include "channels/whatsapp/signature.hpp"
#include "tests/fuzz/whatsapp_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard::channels::whatsapp;
  const auto text = switchboard::fuzz::to_text(data, size);
  if (const auto batch = decode_cloud(text))
    switchboard::fuzz::require_batch(batch.value(), 0);
  switchboard::fuzz::require(!is_signed_by_meta("secret", text, text),
                             "no text signs itself");
  return 0;
}
