// Goal: show that the server speaks TLS, and only such as is safe. Method: a
// certificate made on the spot, OpenSSL's client on real sockets.

#include "tests/unit/net_server_fixture.hpp"

#include "tests/support/certificates.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace switchboard::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

class ServerTls : public ServerTest {
protected:
  ServerTls() {
    write("cert.pem", identity_.certificate);
    write("key.pem", identity_.key);
    options_.tls_cert = folder_ / "cert.pem";
    options_.tls_key = folder_ / "key.pem";
  }
  ~ServerTls() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string start_failure() {
    try {
      start();
    } catch (const std::runtime_error& e) {
      server_.reset();
      return e.what();
    }
    return "started";
  }

  void write(const char* name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
  }

  using client_stream = asio::ssl::stream<asio::ip::tcp::socket>;

  client_stream connect_tls(asio::ssl::context& context) {
    client_stream stream{io_, context};
    const asio::ip::tcp::endpoint to{asio::ip::address_v4::loopback(),
                                     server_->port()};
    stream.next_layer().connect(to);
    return stream;
  }

  static std::filesystem::path make_folder() {
    std::string name = std::filesystem::temp_directory_path() / "tls-XXXXXX";
    return ::mkdtemp(name.data());
  }

  asio::io_context io_;
  std::filesystem::path folder_ = make_folder();
  support::identity identity_ = support::self_signed("IP:127.0.0.1");
};

TEST_F(ServerTls, SpeaksTls) {
  start();
  asio::ssl::context context{asio::ssl::context::tls_client};
  context.add_certificate_authority(asio::buffer(identity_.certificate));
  context.set_verify_mode(asio::ssl::verify_peer);
  auto stream = connect_tls(context);
  stream.handshake(asio::ssl::stream_base::client);
  boost::beast::flat_buffer buffer;
  for (const auto* target : {"/hello/1", "/size/100000", "/hello/2"}) {
    http::request<http::string_body> question{http::verb::get, target, 11};
    question.set(http::field::host, "a");
    http::write(stream, question);
    http::response<http::string_body> answer;
    http::read(stream, buffer, answer);
    EXPECT_EQ(answer.result_int(), 200u);
  }
  boost::system::error_code problem;
  server_->stop(5s);
  char byte = 0;
  stream.read_some(asio::buffer(&byte, 1), problem);
  EXPECT_EQ(problem, asio::error::eof); // a proper end, not a cut
}

TEST_F(ServerTls, RefusesOldTls) {
  start();
  asio::ssl::context context{asio::ssl::context::tls_client};
  SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
  auto stream = connect_tls(context);
  boost::system::error_code problem;
  stream.handshake(asio::ssl::stream_base::client, problem);
  EXPECT_TRUE(problem);
}

TEST_F(ServerTls, CutsOffSlowHandshakes) {
  options_.request_timeout = 200ms;
  start();
  auto silent = connect();
  EXPECT_EQ(silent.read_until_close(), "");
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 1; }));
}

TEST_F(ServerTls, ClosesOnPlainText) {
  start();
  auto line = connect();
  line.send_bytes("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 1; }));
}

TEST_F(ServerTls, SaysWhatIsWrongWithItsFiles) {
  options_.tls_cert = folder_ / "nowhere.pem";
  EXPECT_TRUE(start_failure().starts_with("TLS: cannot use the certificate '"));
  options_.tls_cert = folder_ / "cert.pem";
  write("key.pem", "no key");
  EXPECT_TRUE(start_failure().starts_with("TLS: cannot use the key '"));
  write("key.pem", support::self_signed("IP:127.0.0.1").key);
  EXPECT_NE(start_failure().find("TLS: "), std::string::npos);
  options_.tls_key.clear();
  EXPECT_EQ(start_failure(),
            "TLS needs both a certificate and a key, or neither");
}

} // namespace
} // namespace switchboard::net
