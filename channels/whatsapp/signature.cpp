#include "channels/whatsapp/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::size_t sha1_size = 20;
constexpr int base64_kind = sodium_base64_VARIANT_ORIGINAL;
constexpr std::size_t sha1_text_size
  = sodium_base64_ENCODED_LEN(sha1_size, base64_kind) - 1;
constexpr std::size_t sha256_size = crypto_hash_sha256_BYTES;
constexpr std::string_view body_hash_field = "bodySHA256=";
constexpr std::string_view meta_prefix = "sha256=";

const unsigned char* to_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

template <std::size_t Size>
std::string to_hex(const std::array<unsigned char, Size>& bytes) {
  std::array<char, 2 * Size + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  return {hex.data(), hex.size() - 1};
}

std::string twilio_mac(std::string_view key, std::string_view text) {
  std::array<unsigned char, sha1_size> mac{};
  unsigned size = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), to_bytes(text),
           text.size(), mac.data(), &size)
        == nullptr
      || size != sha1_size)
    return {};
  std::array<char, sha1_text_size + 1> out{};
  sodium_bin2base64(out.data(), out.size(), mac.data(), mac.size(),
                    base64_kind);
  return {out.data(), sha1_text_size};
}

/// The same address with its scheme's own port written out, or left out, if it
/// was the other way; empty when it has another port or scheme.
std::string other_port_form(std::string_view url) {
  const bool secure = url.starts_with("https://");
  if (!secure && !url.starts_with("http://"))
    return {};
  const std::size_t begin = secure ? 8 : 7;
  const auto end = std::min(url.find_first_of("/?#", begin), url.size());
  const auto authority = url.substr(0, end);
  const std::string_view port = secure ? ":443" : ":80";
  // Colons of a user's name, or within brackets, are no port's.
  const auto host = std::max(authority.rfind('@') + 1, begin);
  const auto colon
    = authority.find(':', std::max(authority.rfind(']') + 1, host));
  std::string out{authority};
  if (colon == std::string_view::npos)
    out.append(port);
  else if (authority.substr(colon) == port)
    out.resize(colon);
  else
    return {};
  return out.append(url.substr(end));
}

/// What is signed behind the URL: the fields by their names, and each name's
/// values, once each.
std::string canonical(const form& fields) {
  std::vector<const form::value_type*> sorted;
  sorted.reserve(fields.size());
  for (const auto& field : fields)
    sorted.push_back(&field);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return *a < *b; });
  std::string out;
  const form::value_type* last = nullptr;
  for (const auto* field : sorted) {
    if (last == nullptr || *last != *field)
      out.append(field->first).append(field->second);
    last = field;
  }
  return out;
}

/// Compares both forms in any case, so that the time says nothing.
bool matches(std::string_view token, std::string_view url,
             std::string_view signed_fields, std::string_view signature) {
  if (token.empty() || signature.empty())
    return false;
  url = url.substr(0, url.find('#'));
  std::string text{url};
  text += signed_fields;
  bool found = is_same(twilio_mac(token, text), signature);
  if (auto other = other_port_form(url); !other.empty()) {
    other += signed_fields;
    found |= is_same(twilio_mac(token, other), signature);
  }
  return found;
}

/// The value of `bodySHA256` in the query.
std::string_view body_hash_of(std::string_view url) {
  url = url.substr(0, url.find('#'));
  auto at = url.find('?');
  while (at != std::string_view::npos) {
    const auto rest = url.substr(at + 1);
    const auto field = rest.substr(0, rest.find('&'));
    if (field.starts_with(body_hash_field))
      return field.substr(body_hash_field.size());
    at = url.find('&', at + 1);
  }
  return {};
}

} // namespace

bool is_signed_by_twilio(std::string_view auth_token, std::string_view url,
                         const form& fields, std::string_view signature) {
  return matches(auth_token, url, canonical(fields), signature);
}

bool is_body_signed_by_twilio(std::string_view auth_token, std::string_view url,
                              std::string_view raw_body,
                              std::string_view signature) {
  std::array<unsigned char, sha256_size> hash{};
  crypto_hash_sha256(hash.data(), to_bytes(raw_body), raw_body.size());
  const bool is_body = is_same(body_hash_of(url), to_hex(hash));
  return matches(auth_token, url, {}, signature) && is_body;
}

bool is_signed_by_meta(std::string_view app_secret, std::string_view raw_body,
                       std::string_view header) {
  if (app_secret.empty() || !header.starts_with(meta_prefix))
    return false;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, to_bytes(app_secret), app_secret.size());
  crypto_auth_hmacsha256_update(&state, to_bytes(raw_body), raw_body.size());
  std::array<unsigned char, sha256_size> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  sodium_memzero(&state, sizeof state);
  return is_same(to_hex(mac), header.substr(meta_prefix.size()));
}

} // namespace switchboard::channels::whatsapp
