#include "channels/whatsapp/provider.hpp"

#include "domain/ticket.hpp"

#include <sodium.h>

#include <array>

namespace switchboard::channels::whatsapp {

namespace {

constexpr std::string_view out_prefix = "whatsapp:";
constexpr std::string_view intake_prefix = "whatsapp-in:";
constexpr std::string_view files_prefix = "whatsapp-files:";
/// Stands where a name that is no hash has its account; no account has one.
constexpr char hash_sign = '~';

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(),
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return {hex.data(), hex.size() - 1};
}

/// An account must not hold what separates it from the id.
std::string escape_account(std::string_view account) {
  std::string out;
  for (const char c : account) {
    if (c == '%')
      out += "%25";
    else if (c == ':')
      out += "%3A";
    else if (c == hash_sign)
      out += "%7E";
    else
      out += c;
  }
  return out;
}

std::string restore_account(std::string_view escaped) {
  std::string out;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    const auto code = escaped.substr(i, 3);
    if (code == "%25")
      out += '%';
    else if (code == "%3A")
      out += ':';
    else if (code == "%7E")
      out += hash_sign;
    else {
      out += escaped[i];
      continue;
    }
    i += 2;
  }
  return out;
}

/// Takes `<provider>:` off `text`.
std::optional<provider> take_provider(std::string_view& text) noexcept {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto via = parse_provider(text.substr(0, colon));
  if (via)
    text.remove_prefix(colon + 1);
  return via;
}

} // namespace

std::string_view to_string(provider p) noexcept {
  switch (p) {
    case provider::baileys: return "baileys";
    case provider::twilio: return "twilio";
    case provider::cloud: return "cloud";
    case provider::n8n: return "n8n";
  }
  return "unknown_provider";
}

std::optional<provider> parse_provider(std::string_view word) noexcept {
  for (const auto p : all_providers)
    if (to_string(p) == word)
      return p;
  return std::nullopt;
}

bool has_window(provider p) noexcept {
  return p == provider::twilio || p == provider::cloud;
}

std::string external_id(provider p, std::string_view account,
                        std::string_view id) {
  std::string out{to_string(p)};
  out.append(":").append(escape_account(account)).append(":").append(id);
  if (out.size() <= domain::external_id_size_max)
    return out;
  const auto hash = sha256_hex(out);
  out.assign(to_string(p)).append(":").append(1, hash_sign).append(hash);
  return out;
}

std::optional<provider> provider_of(std::string_view external_id) noexcept {
  return take_provider(external_id);
}

std::optional<external_name> parse_external_id(std::string_view external_id) {
  const auto via = take_provider(external_id);
  const auto colon = external_id.find(':');
  if (!via || colon == std::string_view::npos
      || external_id.starts_with(hash_sign))
    return std::nullopt;
  return external_name{*via, restore_account(external_id.substr(0, colon)),
                       std::string{external_id.substr(colon + 1)}};
}

std::string lane_of(provider p, std::string_view address) {
  std::string out{out_prefix};
  out.append(to_string(p)).append(":").append(address);
  return out;
}

std::string intake_lane(provider p) {
  return std::string{intake_prefix}.append(to_string(p));
}

std::string files_lane(provider p) {
  return std::string{files_prefix}.append(to_string(p));
}

std::optional<lane_place> parse_lane(std::string_view lane) {
  if (!lane.starts_with(out_prefix))
    return std::nullopt;
  lane.remove_prefix(out_prefix.size());
  const auto via = take_provider(lane);
  if (!via || lane.empty())
    return std::nullopt;
  return lane_place{*via, std::string{lane}};
}

} // namespace switchboard::channels::whatsapp
