#include "channels/webhooks/delivery.hpp"

#include <sodium.h>

namespace switchboard::channels::webhooks {

namespace {

constexpr std::string_view id_prefix = "msg_";
constexpr std::size_t id_characters = 26;
constexpr std::size_t id_hash_size = 17; // 26 characters of five bits

void feed(crypto_generichash_state& state, std::string_view bytes) {
  crypto_generichash_update(
    &state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

/// Most significant bit first; what is left over at the end is dropped.
std::string to_base32(std::span<const unsigned char> bytes,
                      std::size_t characters) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  for (std::size_t i = 0; i < characters; ++i) {
    unsigned digit = 0;
    for (auto bit = i * 5; bit < i * 5 + 5; ++bit)
      digit
        = (digit << 1U)
          | ((static_cast<unsigned>(bytes[bit / 8]) >> (7U - bit % 8)) & 1U);
    out += alphabet[digit];
  }
  return out;
}

verdict judge_failure(const http_answer& answer) {
  verdict out;
  switch (answer.failure) {
    case http_failure::bad_url:
      out.outcome = delivery_outcome::refused;
      out.reason = "the endpoint's URL cannot be called";
      break;
    case http_failure::address_refused:
      out.outcome = delivery_outcome::refused;
      out.reason = "the endpoint's address is not allowed";
      break;
    default: out.reason = to_string(answer.failure); break;
  }
  if (!answer.detail.empty())
    out.reason += ": " + answer.detail;
  return out;
}

} // namespace

std::string make_webhook_id(const domain::uuid& endpoint,
                            const domain::uuid& ticket,
                            domain::sequence sequence, std::string_view type) {
  std::array<char, 8> number{};
  for (std::size_t i = 0; i < number.size(); ++i)
    number[i] = static_cast<char>(static_cast<std::uint64_t>(sequence)
                                  >> (56U - 8U * i));
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, id_hash_size);
  feed(state, endpoint.view());
  feed(state, ticket.view());
  feed(state, {number.data(), number.size()});
  feed(state, type);
  std::array<unsigned char, id_hash_size> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  return std::string{id_prefix} + to_base32(hash, id_characters);
}

http_request encode(const endpoint_view& endpoint, std::string_view id,
                    std::string body, std::int64_t now_seconds) {
  http_request call;
  call.url = endpoint.url;
  call.headers.reserve(4 + endpoint.headers.size());
  call.headers.emplace_back("content-type", "application/json");
  call.headers.emplace_back("webhook-id", id);
  call.headers.emplace_back("webhook-timestamp", std::to_string(now_seconds));
  const signed_head head{id, now_seconds};
  call.headers.emplace_back("webhook-signature",
                            sign(endpoint.secrets, head, body));
  call.headers.insert(call.headers.end(), endpoint.headers.begin(),
                      endpoint.headers.end());
  call.body = std::move(body);
  call.total_timeout = endpoint.timeout;
  call.public_only = true;
  return call;
}

verdict judge(const http_answer& answer) {
  if (answer.failure != http_failure::none)
    return judge_failure(answer);
  verdict out;
  out.reason = "HTTP " + std::to_string(answer.status);
  if (answer.status >= 200 && answer.status < 300) {
    out.outcome = delivery_outcome::delivered;
  } else if (answer.status >= 300 && answer.status < 400) {
    out.reason += ": redirects are not followed";
  } else if (answer.status == 410) {
    out.outcome = delivery_outcome::gone;
    out.reason += ": the receiver wants no more of this endpoint's events";
  } else {
    if (answer.status == 429)
      out.outcome = delivery_outcome::slow_down;
    out.retry_after = answer.retry_after;
  }
  return out;
}

} // namespace switchboard::channels::webhooks
