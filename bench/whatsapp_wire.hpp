#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// WhatsApp's providers as the bench plays them: what they send to the server,
/// signed as each of them does it, and what they answer to its calls. Pure.
namespace switchboard::bench {

enum class whatsapp_provider : std::uint8_t { baileys, twilio, cloud, n8n };

inline constexpr std::array whatsapp_providers{
  whatsapp_provider::baileys, whatsapp_provider::twilio,
  whatsapp_provider::cloud, whatsapp_provider::n8n};

[[nodiscard]] std::string_view to_string(whatsapp_provider provider) noexcept;

/// One customer's chat. Those of two providers are never the same person.
struct whatsapp_chat {
  whatsapp_provider via = whatsapp_provider::baileys;
  std::uint32_t number = 0; ///< below 1 000 000

  friend bool operator==(const whatsapp_chat&, const whatsapp_chat&) = default;
};

/// The customer's telephone number, without a plus.
[[nodiscard]] std::string phone_of(const whatsapp_chat& chat);
/// Whose number that is; nothing: nobody's here.
[[nodiscard]] std::optional<whatsapp_chat> chat_of(std::string_view phone);

struct whatsapp_text {
  std::uint32_t chat = 0;
  std::string_view id;   ///< the provider's, different each time
  std::string_view body; ///< needs no escaping in JSON
};

/// Makes the requests by which one provider brings messages.
class whatsapp_caller {
public:
  struct options {
    whatsapp_provider via = whatsapp_provider::baileys;
    std::string host;         ///< the server's, for its header
    std::string public_url;   ///< where Twilio believes that it calls
    std::string secret;       ///< the API key, auth token or app secret
    std::int64_t sent_at = 0; ///< of all messages, in seconds
  };

  explicit whatsapp_caller(options how);

  /// A whole request, signed. More than one text: not from Twilio, who sends
  /// them one by one.
  [[nodiscard]] std::string request(std::span<const whatsapp_text> texts) const;

private:
  [[nodiscard]] std::string
  sidecar_body(std::span<const whatsapp_text> texts) const;
  [[nodiscard]] std::string
  cloud_body(std::span<const whatsapp_text> texts) const;
  [[nodiscard]] std::string twilio_request(const whatsapp_text& text) const;

  options how_;
  std::string sent_at_;
};

/// Whether that is the answer to a call that brought `count` texts; sidecars
/// are told how many were accepted.
[[nodiscard]] bool is_taken(whatsapp_provider via, std::uint32_t count,
                            unsigned status, std::string_view body);

/// Whom a call of the server writes to: a sidecar under `/baileys`, a workflow
/// at `/n8n`, Twilio and Meta under `/`. Nothing: it is no message to a chat.
[[nodiscard]] std::optional<whatsapp_chat> recipient_of(std::string_view target,
                                                        std::string_view body);

/// What each provider answers to a message that it takes.
[[nodiscard]] std::string sent_answer(const whatsapp_chat& to,
                                      std::uint64_t number);

} // namespace switchboard::bench
