#include "tests/integration/server_fixture.hpp"
#include "tests/support/certificates.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <fstream>
#include <memory>

#include <poll.h>

namespace switchboard::test {
namespace {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};

using context_ptr = std::unique_ptr<SSL_CTX, freed<SSL_CTX_free>>;
using session_ptr = std::unique_ptr<SSL, freed<SSL_free>>;
using memory_ptr = std::unique_ptr<BIO, freed<BIO_free_all>>;
using certificate_ptr = std::unique_ptr<X509, freed<X509_free>>;

/// A client that trusts one authority and expects 127.0.0.1. Empty answers
/// mean that something went wrong on the way.
class tls_client {
public:
  tls_client(std::uint16_t port, const std::string& authority, int version_max)
    : socket_{support::connect_to(port)}, context_{SSL_CTX_new(TLS_method())} {
    const memory_ptr pem{
      BIO_new_mem_buf(authority.data(), static_cast<int>(authority.size()))};
    const certificate_ptr trusted{
      PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)};
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), trusted.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    session_.reset(SSL_new(context_.get()));
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), "127.0.0.1");
    SSL_set_fd(session_.get(), socket_.descriptor());
  }

  bool shake_hands() {
    return until_done([this] { return SSL_connect(session_.get()); }) == 1;
  }

  [[nodiscard]] std::string version() const {
    return SSL_get_version(session_.get());
  }

  bool send(const std::string& text) {
    return until_done([&] {
             return SSL_write(session_.get(), text.data(),
                              static_cast<int>(text.size()));
           })
           == static_cast<int>(text.size());
  }

  /// All that comes until the server says goodbye; empty when it does not do
  /// so properly.
  std::string read_to_end() {
    std::string out;
    std::array<char, 4096> chunk{};
    for (;;) {
      const auto got = until_done([&] {
        return SSL_read(session_.get(), chunk.data(),
                        static_cast<int>(chunk.size()));
      });
      if (got <= 0)
        break;
      out.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0
             ? out
             : std::string{};
  }

private:
  template <class Step>
  int until_done(Step step) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      ERR_clear_error();
      const auto result = step();
      const auto why = SSL_get_error(session_.get(), result);
      if (result > 0
          || (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
          || std::chrono::steady_clock::now() > deadline)
        return result;
      pollfd one{
        socket_.descriptor(),
        static_cast<short>(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
      ::poll(&one, 1, 1'000);
    }
  }

  support::socket_handle socket_;
  context_ptr context_;
  session_ptr session_;
};

class Tls : public testing::Test {
protected:
  std::string write(const std::string& name, const std::string& text) {
    const auto file = folder.path() / name;
    std::ofstream{file} << text;
    return file.string();
  }

  settings with(const support::identity& who, const std::string& key) {
    return {{"SWITCHBOARD_HTTP_TLS_CERT", write("cert.pem", who.certificate)},
            {"SWITCHBOARD_HTTP_TLS_KEY", write("key.pem", key)}};
  }

  support::temporary_folder folder;
  support::certificate_authority authority;
  support::identity good = authority.issue("DNS:localhost,IP:127.0.0.1");
};

TEST_F(Tls, CarriesATicketThereAndBack) {
  test_server server{with(good, good.key)};
  const auto body = json::serialize(ticket_body());
  for (const auto version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    tls_client client{server.port(), authority.certificate(), version};
    ASSERT_TRUE(client.shake_hands());
    EXPECT_EQ(client.version(),
              version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    ASSERT_TRUE(
      client.send(
        "POST /api/ticket HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        "application/json\r\nContent-Length: "
        + std::to_string(body.size()) + "\r\n\r\n" + body
        + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: "
          "close\r\n\r\n"));
    const auto answers = client.read_to_end();
    EXPECT_TRUE(answers.starts_with("HTTP/1.1 201 Created\r\n")) << answers;
    EXPECT_TRUE(answers.ends_with(R"({"ok":true})")) << answers;
    // Links to the ticket name the protocol, too.
    EXPECT_NE(answers.find("\"https://127.0.0.1:"
                           + std::to_string(server.port()) + "/api/ticket/T-"),
              std::string::npos)
      << answers;
  }
}

TEST_F(Tls, IsNoLessThanVersion12) {
  test_server server{with(good, good.key)};
  tls_client client{server.port(), authority.certificate(), TLS1_1_VERSION};
  EXPECT_FALSE(client.shake_hands());
}

TEST_F(Tls, CutsOffThoseWhoDoNotShakeHands) {
  auto impatient = with(good, good.key);
  impatient["SWITCHBOARD_LIMITS_REQUEST_TIMEOUT_S"] = "1";
  test_server server{impatient};
  // Plain HTTP, and nothing at all.
  EXPECT_TRUE(support::call_raw(
    server.port(), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", patience));
  auto silent = support::connect_to(server.port());
  EXPECT_TRUE(silent.wait_for_close(patience));
  tls_client client{server.port(), authority.certificate(), TLS1_3_VERSION};
  EXPECT_TRUE(client.shake_hands());
}

TEST_F(Tls, DoesNotStartWithFilesThatDoNotFit) {
  const auto other = authority.issue("DNS:localhost");
  const auto data = folder.path() / "data";
  for (const auto& key : {other.key, std::string{"nonsense"}}) {
    const auto run = run_command(data, {"serve"}, with(good, key));
    EXPECT_EQ(run.code, 1) << run.output;
    EXPECT_NE(run.output.find("TLS: "), std::string::npos) << run.output;
    EXPECT_NE(run.output.find("key.pem"), std::string::npos) << run.output;
  }
  auto absent = with(good, good.key);
  absent["SWITCHBOARD_HTTP_TLS_CERT"] = "/none/cert.pem";
  const auto run = run_command(data, {"serve"}, absent);
  EXPECT_EQ(run.code, 1) << run.output;
  EXPECT_NE(run.output.find("/none/cert.pem"), std::string::npos) << run.output;
}

} // namespace
} // namespace switchboard::test
