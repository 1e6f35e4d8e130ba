// Twilio's forms: any bytes give fields within their limits, and a message that
// can be handed on as it is, or nothing.
#include "channels/whatsapp/signature.hpp"
#include "channels/whatsapp/twilio_inbound.hpp"
#include "channels/whatsapp/vcard.hpp"
#include "tests/fuzz/whatsapp_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace switchboard::channels::whatsapp;
  using switchboard::fuzz::require;
  const auto text = switchboard::fuzz::to_text(data, size);
  form_limits limits;
  limits.fields_max = 50;
  const auto fields = parse_form(text, limits);
  if (fields) {
    require(fields.value().size() <= limits.fields_max, "few fields");
    for (const auto& [name, value] : fields.value())
      require(name.size() + value.size() <= size, "decoding adds nothing");
    if (const auto batch = decode_twilio(fields.value()))
      switchboard::fuzz::require_batch(batch.value(), 0);
    require(!is_signed_by_twilio("secret", text, fields.value(), text),
            "no text signs itself");
  }
  require(!is_body_signed_by_twilio("secret", text, text, text),
          "no text signs itself");
  const auto card = read_vcard(text, "x");
  switchboard::fuzz::require_line(
    card.name, switchboard::domain::name_length_max, "a card's name");
  return 0;
}
