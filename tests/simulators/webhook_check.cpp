#include "tests/simulators/webhook_check.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace switchboard::simulators {

namespace {

constexpr std::int64_t tolerance_s = 300;
constexpr std::size_t timestamp_digits_max = 12;
constexpr std::string_view secret_prefix = "whsec_";
constexpr std::string_view version = "v1,";

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x))
           == std::tolower(static_cast<unsigned char>(y));
  });
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// EVP_DecodeBlock counts the padding as bytes.
std::string from_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  const auto size
    = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      bytes_of(text), static_cast<int>(text.size()));
  const auto padding
    = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
  if (size < 0 || static_cast<std::size_t>(size) < padding)
    return {};
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= timestamp_digits_max
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c >= '0' && c <= '9'; });
}

std::string text_at(const simdjson::dom::element& from, const char* pointer) {
  std::string_view out;
  if (from.at_pointer(pointer).get(out) != simdjson::SUCCESS)
    return {};
  return std::string{out};
}

} // namespace

std::string webhook_request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_text(key, name))
      return value;
  return {};
}

std::size_t webhook_request::header_count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
    headers, [name](const auto& one) { return same_text(one.first, name); }));
}

webhook_content read_webhook(std::string_view body) {
  webhook_content out;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS)
    return out;
  out.is_json = true;
  if (!root.is_object())
    return out;
  out.type = text_at(root, "/type");
  out.timestamp = text_at(root, "/timestamp");
  out.ticket_id = text_at(root, "/data/ticket/id");
  if (root.at_pointer("/sequence").get(out.sequence) != simdjson::SUCCESS)
    out.sequence = 0;
  return out;
}

std::vector<std::string> find_head_problems(const webhook_request& call,
                                            std::int64_t now) {
  std::vector<std::string> out;
  if (call.method != "POST")
    out.push_back("method " + call.method);
  if (call.http_version != 11)
    out.emplace_back("not HTTP/1.1");
  for (const auto* name : {"host", "content-type", "webhook-id",
                           "webhook-timestamp", "webhook-signature"})
    if (const auto count = call.header_count(name); count != 1)
      out.push_back(std::string{name} + " is there " + std::to_string(count)
                    + " times");
  const auto type = call.header("content-type");
  if (!same_text(type.substr(0, type.find(';')), "application/json"))
    out.push_back("content type " + type);
  const auto id = call.header("webhook-id");
  if (id.empty() || id.find('.') != std::string::npos
      || std::ranges::any_of(id, [](char c) { return c <= ' ' || c > '~'; }))
    out.push_back("webhook-id " + id);
  const auto stamp = call.header("webhook-timestamp");
  if (!is_number(stamp))
    out.push_back("webhook-timestamp " + stamp);
  else if (std::abs(std::atoll(stamp.c_str()) - now) > tolerance_s)
    out.push_back("webhook-timestamp is "
                  + std::to_string(std::atoll(stamp.c_str()) - now)
                  + " s from now");
  return out;
}

bool is_signed_by(const webhook_request& call,
                  std::span<const std::string> secrets) {
  const auto id = call.header("webhook-id");
  const auto stamp = call.header("webhook-timestamp");
  const auto given = call.header("webhook-signature");
  return std::ranges::any_of(secrets, [&](const std::string& secret) {
    const auto expected = webhook_signature(secret, id, stamp, call.body);
    for (std::size_t at = 0; at < given.size();) {
      const auto end = std::min(given.find(' ', at), given.size());
      if (end - at == expected.size()
          && CRYPTO_memcmp(given.data() + at, expected.data(), expected.size())
               == 0)
        return true;
      at = end + 1;
    }
    return false;
  });
}

std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view timestamp,
                              std::string_view body) {
  if (secret.starts_with(secret_prefix))
    secret.remove_prefix(secret_prefix.size());
  const auto key = from_base64(secret);
  std::string content;
  content.reserve(id.size() + timestamp.size() + body.size() + 2);
  content.append(id).append(".").append(timestamp).append(".").append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       bytes_of(content), content.size(), mac.data(), &size);
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> text{};
  const auto length
    = EVP_EncodeBlock(text.data(), mac.data(), static_cast<int>(size));
  std::string out{version};
  out.append(reinterpret_cast<const char*>(text.data()),
             static_cast<std::size_t>(length));
  return out;
}

} // namespace switchboard::simulators
