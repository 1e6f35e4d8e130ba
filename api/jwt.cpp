#include "api/jwt.hpp"

#include "channels/json/reader.hpp"
#include "channels/json/writer.hpp"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace switchboard::api {

namespace json = channels::json;

namespace {

constexpr std::string_view header = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view audience = "authenticated";
constexpr int encoding = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t word_length_max = 64;
/// The year 9999: later times do not fit into RFC 3339.
constexpr std::int64_t seconds_max = 253'402'300'799;

std::string encode(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), encoding), '\0');
  sodium_bin2base64(out.data(), out.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), encoding);
  out.pop_back(); // its terminating zero
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()),
                        out.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, encoding)
      != 0)
    return std::nullopt;
  out.resize(size);
  return out;
}

struct token_parts {
  std::string_view head;
  std::string_view claims;
  std::string_view signature;
  std::string_view signed_text; ///< head, dot, claims
};

std::optional<token_parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  if (token.size() > visitor_tokens::token_size_max
      || first == std::string_view::npos || second == std::string_view::npos
      || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  return token_parts{token.substr(0, first),
                     token.substr(first + 1, second - first - 1),
                     token.substr(second + 1), token.substr(0, second)};
}

bool is_our_header(std::string_view text) {
  static constexpr std::array<std::string_view, 3> fields{"alg", "typ", "crit"};
  json::object_reader in{text, fields};
  const json::object_reader::text_rule word{
    .length_max = word_length_max, .required = false, .trimmed = false};
  if (!in.is_object() || in.has("crit"))
    return false;
  const auto type = in.text("typ", word);
  return in.text("alg", word) == "HS256" && (type.empty() || type == "JWT")
         && in.problems().empty();
}

std::string seconds_of(domain::timestamp at) {
  return std::to_string(
    std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

domain::timestamp time_of_seconds(std::int64_t seconds) {
  return domain::timestamp{std::chrono::seconds{seconds}};
}

std::optional<visitor_claims> read_claims(std::string_view text) {
  static constexpr std::array<std::string_view, 6> fields{
    "aud", "role", "session_id", "iat", "exp", "nbf"};
  json::object_reader in{text, fields};
  if (!in.is_object())
    return std::nullopt;
  const json::object_reader::text_rule word{.length_max = word_length_max,
                                            .trimmed = false};
  const auto is_for_us
    = in.text("aud", word) == audience && in.text("role", word) == audience;
  const auto session = domain::parse_uuid(in.text("session_id", word));
  const auto issued = in.integer("iat", 0, seconds_max);
  const auto expires = in.integer("exp", 0, seconds_max);
  if (!is_for_us || !session || !issued || !expires || in.has("nbf")
      || !in.problems().empty())
    return std::nullopt;
  return visitor_claims{domain::session_id{*session}, time_of_seconds(*issued),
                        time_of_seconds(*expires)};
}

} // namespace

visitor_tokens::visitor_tokens(std::string key) : key_{std::move(key)} {}

std::string visitor_tokens::sign(std::string_view text) const {
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(
    &state, reinterpret_cast<const unsigned char*>(key_.data()), key_.size());
  crypto_auth_hmacsha256_update(
    &state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

std::string visitor_tokens::issue(const domain::session_id& session,
                                  domain::timestamp now) const {
  std::string claims;
  json::writer out{claims};
  out.begin_object().key("aud").string(audience);
  out.key("role").string(audience);
  out.key("session_id").string(to_string(session.value));
  out.key("iat").raw(seconds_of(now));
  out.key("exp").raw(seconds_of(now + life)).end_object();
  auto token = encode(header) + '.' + encode(claims);
  const auto signature = encode(sign(token));
  token += '.';
  token += signature;
  return token;
}

std::optional<visitor_claims>
visitor_tokens::read(std::string_view token, domain::timestamp now) const {
  const auto parts = split(token);
  if (!parts || key_.empty())
    return std::nullopt;
  const auto signature = decode(parts->signature);
  const auto expected = sign(parts->signed_text);
  if (!signature || signature->size() != expected.size()
      || sodium_memcmp(signature->data(), expected.data(), expected.size())
           != 0)
    return std::nullopt;
  const auto head = decode(parts->head);
  const auto claims = decode(parts->claims);
  if (!head || !claims || !is_our_header(*head))
    return std::nullopt;
  auto known = read_claims(*claims);
  if (known && known->expires_at <= now)
    known.reset();
  return known;
}

} // namespace switchboard::api
