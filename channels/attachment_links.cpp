#include "channels/attachment_links.hpp"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

#include <charconv>
#include <cstdint>
#include <utility>

namespace switchboard::channels {

namespace {

constexpr std::string_view key_name = "switchboard attachment links 1";
constexpr std::chrono::hours step{1};
/// 128 bits are beyond guessing, and keep the address short.
constexpr std::size_t signature_size = 16;
constexpr std::size_t expires_size_max = 19;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::int64_t seconds_of(domain::timestamp at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
    .count();
}

} // namespace

std::string attachment_path(const domain::attachment_id& id) {
  return "/api/v1/attachments/" + to_string(id.value);
}

attachment_links::attachment_links(std::string_view secret, clock_fn now)
  : now_{std::move(now)} {
  static_assert(crypto_auth_hmacsha256_BYTES == key_size);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes(key_name), key_name.size());
  crypto_auth_hmacsha256_final(&state, key_.data());
  sodium_memzero(&state, sizeof(state));
}

attachment_links::~attachment_links() {
  sodium_memzero(key_.data(), key_.size());
}

std::string attachment_links::sign(const domain::attachment_id& id,
                                   std::string_view expires) const {
  std::string text{id.value.view()};
  text += expires;
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> code{};
  crypto_auth_hmacsha256(code.data(), bytes(text), text.size(), key_.data());
  std::string hex(signature_size * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), code.data(), signature_size);
  hex.pop_back(); // its terminating zero
  return hex;
}

std::string attachment_links::url(const domain::attachment_id& id) const {
  const auto hour = std::chrono::floor<std::chrono::hours>(now_());
  const auto expires
    = std::to_string(seconds_of(domain::timestamp{hour} + 2 * step));
  auto out = attachment_path(id);
  out += "?expires=";
  out += expires;
  out += "&signature=";
  out += sign(id, expires);
  return out;
}

attachment_links::verdict
attachment_links::judge(const domain::attachment_id& id,
                        std::string_view expires,
                        std::string_view signature) const {
  if (expires.empty() || expires.size() > expires_size_max)
    return verdict::wrong;
  const auto right = sign(id, expires);
  if (signature.size() != right.size()
      || sodium_memcmp(signature.data(), right.data(), right.size()) != 0)
    return verdict::wrong;
  // What was signed is a number.
  std::int64_t until = 0;
  std::from_chars(expires.data(), expires.data() + expires.size(), until);
  return seconds_of(now_()) < until ? verdict::good : verdict::expired;
}

void write_attachments(json::writer& out,
                       const std::vector<domain::attachment_ref>& attachments,
                       const attachment_links* links) {
  out.begin_array();
  for (const auto& one : attachments) {
    out.begin_object().key("id").string(to_string(one.id.value));
    out.key("name").string(one.name);
    out.key("mime_type").string(one.mime_type);
    out.key("size");
    if (one.size > 0)
      out.number(one.size);
    else
      out.null();
    out.key("url").string(links != nullptr ? links->url(one.id)
                                           : attachment_path(one.id));
    out.end_object();
  }
  out.end_array();
}

} // namespace switchboard::channels
