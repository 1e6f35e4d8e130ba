#include "tests/support/certificates.hpp"
#include "tests/unit/net_http_client_fixture.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>

#include <unistd.h>

namespace switchboard::net {
namespace {

using std::chrono::milliseconds;
using support::loopback_peer;
using support::loopback_server;

boost::asio::ip::address address(const char* text) {
  return boost::asio::ip::make_address(text);
}

std::string port_of(const loopback_server& server) {
  return std::to_string(server.port());
}

class HttpClientAddress : public HttpClient {
protected:
  client_answer call_public(std::string url) {
    auto request = request_to(std::move(url));
    request.public_only = true;
    return call(std::move(request));
  }

  /// Every name stands for these addresses.
  void resolve_to(const std::vector<boost::asio::ip::address>& all) {
    options.resolve = [all](const std::string&) {
      return resolved_host{all, {}};
    };
  }
};

TEST_F(HttpClientAddress, PrivateLiteralsAreRefused) {
  loopback_server server{answer_all};
  for (const auto* host :
       {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "0.0.0.0", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]"}) {
    const auto url = "http://" + std::string{host} + ":" + port_of(server);
    expect_failure(call_public(url), client_failure::address_refused);
  }
  EXPECT_EQ(server.accepted(), 0U);
}

TEST_F(HttpClientAddress, NamesOfPrivateAddressesAreRefused) {
  loopback_server server{answer_all};
  resolve_to({address("127.0.0.1")});
  const auto answer
    = call_public("http://hook.example:" + port_of(server) + "/");
  expect_failure(answer, client_failure::address_refused);
  EXPECT_EQ(answer.detail.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(server.accepted(), 0U);
}

TEST_F(HttpClientAddress, OnePrivateAddressAmongPublicOnesIsEnough) {
  resolve_to({address("192.0.2.1"), address("8.8.8.8"), address("::1")});
  options.allowed = {parse_block("192.0.2.0/24").value()};
  expect_failure(call_public("http://hook.example/"),
                 client_failure::address_refused);
}

TEST_F(HttpClientAddress, AllowedBlocksPass) {
  loopback_server server{answer_all};
  options.allowed = {parse_block("127.0.0.0/30").value()};
  EXPECT_EQ(call_public(server.url()).status, 200);
  const auto mapped = "http://[::ffff:127.0.0.1]:" + port_of(server) + "/";
  EXPECT_EQ(call_public(mapped).status, 200);
  expect_failure(call_public("http://127.0.0.4:" + port_of(server) + "/"),
                 client_failure::address_refused);
}

TEST_F(HttpClientAddress, TheSystemsResolverKnowsTheLoopback) {
  loopback_server server{answer_all};
  const auto url = "http://localhost:" + port_of(server) + "/";
  EXPECT_EQ(call(request_to(url)).status, 200);
  expect_failure(call_public(url), client_failure::address_refused);
}

TEST_F(HttpClientAddress, AsksOnceAndConnectsToWhatWasChecked) {
  std::atomic<int> asked = 0;
  options.allowed = {parse_block("127.0.0.1").value()};
  // Whoever asks a second time gets an answer that must not be used.
  options.resolve = [&](const std::string& name) {
    EXPECT_EQ(name, "hook.example");
    return resolved_host{{address(++asked == 1 ? "127.0.0.1" : "127.0.0.2")},
                         {}};
  };
  std::promise<std::string> host;
  loopback_server server{[&](loopback_peer& peer) {
    host.set_value(peer.read_request().value().header("Host"));
    peer.answer(200);
  }};
  const auto name = "hook.example:" + port_of(server);
  EXPECT_EQ(call_public("http://" + name + "/").status, 200);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(host.get_future().get(), name);
}

TEST_F(HttpClientAddress, TriesOneAddressAfterTheOther) {
  loopback_server server{answer_all};
  resolve_to({address("127.0.0.2"), address("::1"), address("127.0.0.1")});
  const auto answer
    = call(request_to("http://hook.example:" + port_of(server) + "/"));
  EXPECT_EQ(answer.status, 200) << answer.detail;
}

TEST_F(HttpClientAddress, DeadNamesHoldUpNobodyElse) {
  std::latch end{1};
  std::atomic<int> asked = 0;
  options.resolver_threads = 1;
  options.resolve = [&](const std::string& name) {
    if (name != "dead.example")
      return resolved_host{{address("127.0.0.1")}, {}};
    ++asked;
    end.wait();
    return resolved_host{{}, "dead"};
  };
  loopback_server server{answer_all};
  auto request = request_to("http://dead.example/");
  request.public_only = true;
  request.connect_timeout = milliseconds{50};
  for (int i = 0; i < 3; ++i) {
    const auto answer = call(request);
    expect_failure(answer, client_failure::connect_timeout);
  }
  EXPECT_EQ(asked, 1) << "the same name is asked for once at a time";
  const auto url = "http://n8n.example:" + port_of(server) + "/";
  EXPECT_EQ(call(request_to(url)).status, 200);
  client().stop();
  end.count_down();
}

class HttpClientTls : public HttpClient {
protected:
  HttpClientTls() {
    options.ca_file = (folder_ / "ca.pem").string();
    std::filesystem::create_directories(folder_);
    std::ofstream{options.ca_file} << authority_.certificate();
    options.resolve = [](const std::string&) {
      return resolved_host{{address("127.0.0.1")}, {}};
    };
  }

  ~HttpClientTls() override {
    std::filesystem::remove_all(folder_);
  }

  support::identity issue(std::string_view names) {
    return authority_.issue(names);
  }

private:
  std::filesystem::path folder_
    = std::filesystem::temp_directory_path()
      / ("switchboard-tls-" + std::to_string(::getpid()));
  support::certificate_authority authority_;
};

TEST_F(HttpClientTls, TalksToServersWithTheRightCertificate) {
  loopback_server server{
    answer_all, issue("DNS:hook.example,IP:127.0.0.1,DNS:*.wild.example")};
  for (const auto* host : {"127.0.0.1", "hook.example", "a.wild.example"}) {
    const auto url = "https://" + std::string{host} + ":" + port_of(server);
    for (int i = 0; i < 2; ++i) {
      const auto answer = call(request_to(url));
      EXPECT_EQ(answer.status, 200) << host << ": " << answer.detail;
      EXPECT_EQ(answer.body, "fine");
    }
  }
  EXPECT_EQ(server.accepted(), 3U);
  EXPECT_EQ(client().figures().connections_reused, 3U);
}

TEST_F(HttpClientTls, SendsAndReadsLargeBodies) {
  loopback_server server{[](loopback_peer& peer) {
                           const auto request = peer.read_request();
                           peer.answer(200, request ? request->body : "");
                         },
                         issue("IP:127.0.0.1")};
  auto request = request_to(server.url());
  request.body.assign(1'000'000, 'x');
  request.answer_body_max = 2'000'000;
  const auto answer = call(request);
  EXPECT_EQ(answer.status, 200) << answer.detail;
  EXPECT_TRUE(answer.body == request.body);
}

TEST_F(HttpClientTls, RefusesCertificatesForOthers) {
  loopback_server server{answer_all, issue("DNS:other.example,IP:127.0.0.2")};
  for (const auto* host : {"127.0.0.1", "hook.example"}) {
    const auto answer = call(
      request_to("https://" + std::string{host} + ":" + port_of(server)));
    expect_failure(answer, client_failure::tls_failed);
    EXPECT_NE(answer.detail.find("mismatch"), std::string::npos)
      << answer.detail;
  }
}

TEST_F(HttpClientTls, RefusesCertificatesThatNobodyVouchesFor) {
  loopback_server server{answer_all, support::self_signed("IP:127.0.0.1")};
  const auto answer = call(request_to(server.url()));
  expect_failure(answer, client_failure::tls_failed);
  EXPECT_NE(answer.detail.find("self-signed"), std::string::npos)
    << answer.detail;
}

TEST_F(HttpClientTls, RefusesServersThatDoNotEncrypt) {
  loopback_server server{[](loopback_peer& peer) {
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_for_close();
  }};
  expect_failure(call(request_to("https://127.0.0.1:" + port_of(server))),
                 client_failure::tls_failed);
}

TEST_F(HttpClientTls, TheHandshakeCountsAsConnecting) {
  // Reads on for a request that never becomes readable.
  loopback_server silent{[](loopback_peer& peer) { peer.read_request(); }};
  auto request = request_to("https://127.0.0.1:" + port_of(silent));
  request.connect_timeout = milliseconds{100};
  expect_failure(call(request), client_failure::connect_timeout);
}

TEST_F(HttpClientTls, AMissingCaFileIsSaidAtOnce) {
  options.ca_file = "/nonexistent/ca.pem";
  EXPECT_THROW(client(), std::runtime_error);
}

} // namespace
} // namespace switchboard::net
