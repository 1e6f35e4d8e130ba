#include "tests/support/certificates.hpp"

#include <cstdint>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace switchboard::support {

namespace {

constexpr long day_s = 86'400;
constexpr long clock_skew_s = 300;

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* x) const noexcept {
    Free(x);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freer<::EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freer<::X509_free>>;
using extension_ptr
  = std::unique_ptr<X509_EXTENSION, freer<::X509_EXTENSION_free>>;
using bio_ptr = std::unique_ptr<BIO, freer<::BIO_free_all>>;

void check(bool good) {
  if (!good)
    throw std::runtime_error{"OpenSSL cannot make a test certificate"};
}

std::string text_of(BIO* from) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(from, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(X509* one) {
  const bio_ptr out{::BIO_new(::BIO_s_mem())};
  check(::PEM_write_bio_X509(out.get(), one) == 1);
  return text_of(out.get());
}

std::string to_pem(EVP_PKEY* one) {
  const bio_ptr out{::BIO_new(::BIO_s_mem())};
  check(::PEM_write_bio_PrivateKey(out.get(), one, nullptr, nullptr, 0, nullptr,
                                   nullptr)
        == 1);
  return text_of(out.get());
}

key_ptr make_key() {
  key_ptr out{EVP_EC_gen("P-256")};
  check(out != nullptr);
  return out;
}

void add_extension(X509* to, int kind, const std::string& value) {
  const extension_ptr one{
    ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
  check(one && ::X509_add_ext(to, one.get(), -1) == 1);
}

certificate_ptr make_certificate(EVP_PKEY* key, const char* common_name) {
  certificate_ptr out{::X509_new()};
  check(out && ::X509_set_version(out.get(), X509_VERSION_3) == 1);
  std::uint32_t serial = 0;
  check(::RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial))
        == 1);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(out.get()),
                     static_cast<long>(serial) + 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(out.get()), -clock_skew_s);
  ::X509_gmtime_adj(::X509_getm_notAfter(out.get()), day_s);
  check(::X509_set_pubkey(out.get(), key) == 1);
  auto* name = ::X509_get_subject_name(out.get());
  check(::X509_NAME_add_entry_by_txt(
          name, "CN", MBSTRING_ASC,
          reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0)
        == 1);
  return out;
}

void sign(X509* one, X509* issuer, EVP_PKEY* issuer_key) {
  check(::X509_set_issuer_name(one, ::X509_get_subject_name(issuer)) == 1);
  check(::X509_sign(one, issuer_key, ::EVP_sha256()) != 0);
}

} // namespace

struct certificate_authority::impl {
  key_ptr key = make_key();
  certificate_ptr certificate = make_certificate(key.get(), "test authority");
  std::string pem;
};

certificate_authority::certificate_authority()
  : impl_{std::make_unique<impl>()} {
  auto* one = impl_->certificate.get();
  add_extension(one, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(one, NID_key_usage, "critical,keyCertSign");
  sign(one, one, impl_->key.get());
  impl_->pem = to_pem(one);
}

certificate_authority::~certificate_authority() = default;

const std::string& certificate_authority::certificate() const noexcept {
  return impl_->pem;
}

identity certificate_authority::issue(std::string_view names) const {
  const auto key = make_key();
  const auto one = make_certificate(key.get(), "test server");
  add_extension(one.get(), NID_subject_alt_name, std::string{names});
  sign(one.get(), impl_->certificate.get(), impl_->key.get());
  return {to_pem(one.get()), to_pem(key.get())};
}

identity self_signed(std::string_view names) {
  const auto key = make_key();
  const auto one = make_certificate(key.get(), "test server");
  add_extension(one.get(), NID_subject_alt_name, std::string{names});
  sign(one.get(), one.get(), key.get());
  return {to_pem(one.get()), to_pem(key.get())};
}

} // namespace switchboard::support
