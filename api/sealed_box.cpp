#include "api/sealed_box.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_secretbox.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

namespace switchboard::api {

namespace {

constexpr std::size_t nonce_size = crypto_secretbox_NONCEBYTES;
constexpr std::size_t mac_size = crypto_secretbox_MACBYTES;

unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

sealed_box::sealed_box(std::string_view secret) {
  static_assert(crypto_secretbox_KEYBYTES == 32);
  crypto_generichash(key_.data(), key_.size(), bytes(secret), secret.size(),
                     nullptr, 0);
}

sealed_box::~sealed_box() {
  sodium_memzero(key_.data(), key_.size());
}

std::string sealed_box::seal(std::string_view text) const {
  std::string out(nonce_size + mac_size + text.size(), '\0');
  randombytes_buf(out.data(), nonce_size);
  crypto_secretbox_easy(bytes(out) + nonce_size, bytes(text), text.size(),
                        bytes(out), key_.data());
  return out;
}

std::optional<std::string> sealed_box::open(std::string_view sealed) const {
  if (sealed.size() < nonce_size + mac_size)
    return std::nullopt;
  std::string out(sealed.size() - nonce_size - mac_size, '\0');
  if (crypto_secretbox_open_easy(bytes(out), bytes(sealed) + nonce_size,
                                 sealed.size() - nonce_size, bytes(sealed),
                                 key_.data())
      != 0)
    return std::nullopt;
  return out;
}

} // namespace switchboard::api
