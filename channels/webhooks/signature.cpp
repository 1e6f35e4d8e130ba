#include "channels/webhooks/signature.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace switchboard::channels::webhooks {

namespace {

constexpr std::string_view version = "v1,";
constexpr std::size_t mac_size = crypto_auth_hmacsha256_BYTES;
constexpr int base64_kind = sodium_base64_VARIANT_ORIGINAL;
/// A base64 text and the NUL that libsodium puts behind it.
constexpr std::size_t mac_text_size
  = sodium_base64_ENCODED_LEN(mac_size, base64_kind) - 1;
/// More signatures than any rotation has are not worth comparing.
constexpr std::size_t signatures_max = 16;

using mac_text = std::array<char, mac_text_size + 1>;

const unsigned char* to_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view view(const mac_text& text) {
  return {text.data(), mac_text_size};
}

/// The timestamp is taken as text, because that is what was signed: `01` and
/// `1` are the same second, but not the same bytes.
mac_text compute(const webhook_secret& secret, std::string_view id,
                 std::string_view timestamp, std::string_view body) {
  crypto_auth_hmacsha256_state state;
  const auto key = secret.bytes();
  crypto_auth_hmacsha256_init(&state, to_bytes(key), key.size());
  for (const auto part :
       {id, std::string_view{"."}, timestamp, std::string_view{"."}, body})
    crypto_auth_hmacsha256_update(&state, to_bytes(part), part.size());
  std::array<unsigned char, mac_size> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  sodium_memzero(&state, sizeof state);
  mac_text out{};
  sodium_bin2base64(out.data(), out.size(), mac.data(), mac.size(),
                    base64_kind);
  return out;
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::int64_t> read_seconds(std::string_view text) {
  std::int64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, out);
  if (problem != std::errc{} || at != end || out < 0)
    return std::nullopt;
  return out;
}

/// Takes the text up to the next space off `rest`.
std::string_view next_word(std::string_view& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

bool is_listed(std::string_view expected, std::string_view signatures) {
  bool found = false;
  for (std::size_t i = 0; i < signatures_max && !signatures.empty(); ++i) {
    const auto word = next_word(signatures);
    if (word.starts_with(version))
      found |= is_same(word.substr(version.size()), expected);
  }
  return found;
}

} // namespace

std::optional<webhook_secret>
webhook_secret::from_bytes(std::string_view random) {
  if (random.size() < size_min || random.size() > size_max)
    return std::nullopt;
  webhook_secret out;
  std::copy(random.begin(), random.end(), out.bytes_.begin());
  out.size_ = random.size();
  return out;
}

std::optional<webhook_secret> webhook_secret::parse(std::string_view text) {
  if (text.starts_with(prefix))
    text.remove_prefix(prefix.size());
  webhook_secret out;
  const char* end = nullptr;
  const auto read = sodium_base642bin(
    reinterpret_cast<unsigned char*>(out.bytes_.data()), out.bytes_.size(),
    text.data(), text.size(), nullptr, &out.size_, &end, base64_kind);
  if (read != 0 || end != text.data() + text.size() || out.size_ < size_min)
    return std::nullopt;
  return out;
}

std::string webhook_secret::text() const {
  const auto room = sodium_base64_encoded_len(size_, base64_kind);
  std::string out(prefix.size() + room, '\0');
  prefix.copy(out.data(), prefix.size());
  sodium_bin2base64(out.data() + prefix.size(), room, to_bytes(bytes()), size_,
                    base64_kind);
  out.pop_back(); // the NUL
  return out;
}

std::string sign(std::span<const webhook_secret> secrets,
                 const signed_head& head, std::string_view body) {
  std::array<char, std::numeric_limits<std::int64_t>::digits10 + 2> digits{};
  const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                  head.timestamp)
                      .ptr;
  const std::string_view timestamp{
    digits.data(), static_cast<std::size_t>(end - digits.data())};
  std::string out;
  out.reserve(secrets.size() * (version.size() + mac_text_size + 1));
  for (const auto& secret : secrets) {
    const auto mac = compute(secret, head.id, timestamp, body);
    if (!out.empty())
      out += ' ';
    out.append(version).append(view(mac));
  }
  return out;
}

std::string_view to_string(signature_check c) noexcept {
  switch (c) {
    case signature_check::valid: return "valid";
    case signature_check::missing_header: return "missing_header";
    case signature_check::bad_timestamp: return "bad_timestamp";
    case signature_check::too_old: return "too_old";
    case signature_check::too_new: return "too_new";
    case signature_check::no_match: return "no_match";
  }
  return "unknown";
}

signature_check verify(std::span<const webhook_secret> secrets,
                       const received_headers& headers, std::string_view body,
                       std::int64_t now, std::int64_t tolerance) {
  if (headers.id.empty() || headers.timestamp.empty()
      || headers.signature.empty())
    return signature_check::missing_header;
  const auto at = read_seconds(headers.timestamp);
  if (!at)
    return signature_check::bad_timestamp;
  // Neither side of a comparison can overflow: the stamp is not negative.
  if (*at < now - tolerance)
    return signature_check::too_old;
  if (*at - tolerance > now)
    return signature_check::too_new;
  bool found = false;
  for (const auto& secret : secrets) {
    const auto mac = compute(secret, headers.id, headers.timestamp, body);
    found |= is_listed(view(mac), headers.signature);
  }
  return found ? signature_check::valid : signature_check::no_match;
}

} // namespace switchboard::channels::webhooks
