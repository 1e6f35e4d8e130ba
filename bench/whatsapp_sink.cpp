#include "bench/whatsapp_sink.hpp"

#include <utility>

namespace switchboard::bench {

whatsapp_sink::whatsapp_sink(std::uint16_t port, listener on_message)
  : on_message_{std::move(on_message)},
    server_{port, [this](const light_call& call, light_answer& out) {
              answer(call, out);
            }} {}

void whatsapp_sink::answer(const light_call& call, light_answer& out) {
  const auto to = recipient_of(call.target, call.body);
  if (!to) {
    ++strange_;
    return;
  }
  // Twilio's messages are things that were created.
  out.status = to->via == whatsapp_provider::twilio ? 201 : 200;
  out.body = sent_answer(*to, ++messages_);
  on_message_(*to);
}

} // namespace switchboard::bench
