// Goal: pin how a stream is spoken over a WebSocket: the handshake, both ways,
// the limits, every way to end. Method: Beast's client on real sockets, raw
// bytes for handshakes that no client sends.

#include "tests/unit/net_stream_fixture.hpp"

#include "tests/support/certificates.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace switchboard::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr const char* handshake
  = "GET /feed HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

class WebSocket : public StreamTest {
protected:
  void open(plain_client& client, const std::string& target = "/feed",
            const support::header_list& headers = {}) {
    client.connect(server_->port());
    const auto problem = client.shake_hands(target, headers);
    ASSERT_FALSE(problem) << problem.message();
  }
};

TEST_F(WebSocket, SendsMessagesAsJson) {
  start_streams();
  feed_->push({"a\"b", "7\n", R"({"x":1})"});
  feed_->push({"", "", ""});
  plain_client client;
  open(client, "/feed?after=3", {{"Last-Event-ID", "9"}});
  EXPECT_EQ(client.read(), R"({"event":"a\"b","id":"7\u000a","data":{"x":1}})");
  EXPECT_EQ(client.read(), R"({"event":"","id":"","data":null})");
  EXPECT_EQ(asked_, "9|after=3");
  EXPECT_EQ(client.answer["X-Extra"], "yes");
}

TEST_F(WebSocket, HearsTheClient) {
  start_streams();
  plain_client client;
  open(client);
  for (int i = 0; i < 50; ++i) {
    ASSERT_FALSE(client.send(std::to_string(i)));
    ASSERT_EQ(client.read(),
              R"({"event":"echo","id":"","data":)" + std::to_string(i) + "}");
  }
}

TEST_F(WebSocket, SendsLargeMessages) {
  start_streams();
  const std::string large(3'000'000, '1');
  feed_->push({"large", "", large});
  plain_client client;
  open(client);
  EXPECT_EQ(client.read(), R"({"event":"large","id":"","data":)" + large + "}");
}

TEST_F(WebSocket, AnswersPings) {
  start_streams();
  plain_client client;
  open(client);
  ASSERT_FALSE(client.ping());
  ASSERT_FALSE(client.send("1"));
  EXPECT_FALSE(client.read().empty());
  EXPECT_EQ(client.pongs, 1);
}

TEST_F(WebSocket, KeepsSilentClientsThatAnswerPings) {
  options_.stream_silence_max = 200ms;
  options_.idle_timeout = 100ms;
  start_streams();
  plain_client client;
  open(client);
  // Each round waits for a ping; the answers to them keep the stream open for
  // longer than the silence that is allowed.
  for (int rounds = 0; rounds < 5; ++rounds) {
    client.on_ping = [this, before = client.pings, &client] {
      if (client.pings > before)
        feed_->push({"late", "", "1"});
    };
    ASSERT_NE(client.read().find("late"), std::string::npos)
      << client.problem.message();
  }
  EXPECT_GE(client.pings, 5);
}

TEST_F(WebSocket, GivesUpClientsThatAnswerNothing) {
  options_.stream_silence_max = 200ms;
  start_streams();
  auto mute = connect();
  mute.send_bytes(std::string{handshake} + "\r\n");
  wait_until_started();
  EXPECT_TRUE(feed_->wait_until_gone());
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 1; }));
}

TEST_F(WebSocket, RefusesMessagesThatAreTooLarge) {
  options_.stream_message_bytes_max = 1000;
  start_streams();
  plain_client client;
  open(client);
  ASSERT_FALSE(client.send(std::string(1000, '1')));
  EXPECT_FALSE(client.read().empty());
  ASSERT_FALSE(client.send(std::string(1001, '1')));
  EXPECT_EQ(client.close_code(), 1009);
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(WebSocket, RefusesWhatIsNoText) {
  start_streams();
  plain_client client;
  open(client);
  client.stream().binary(true);
  ASSERT_FALSE(client.send("abc"));
  EXPECT_EQ(client.close_code(), 1003);
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(WebSocket, SaysWhyItEnds) {
  start_streams();
  {
    plain_client client;
    open(client);
    feed_->fail();
    EXPECT_EQ(client.close_code(), 1011);
    EXPECT_TRUE(feed_->wait_until_gone());
  }
  feed_->reset();
  {
    plain_client client;
    open(client);
    feed_->push({"last", "", "1"});
    feed_->end();
    EXPECT_NE(client.read().find("last"), std::string::npos);
    EXPECT_EQ(client.close_code(), 1000);
    EXPECT_TRUE(feed_->wait_until_gone());
  }
  feed_->reset();
  plain_client client;
  open(client);
  server_->stop(1h);
  EXPECT_EQ(client.close_code(), 1001);
  EXPECT_TRUE(server_->wait_stopped(10s));
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(WebSocket, AnswersAClose) {
  start_streams();
  auto line = connect();
  line.send_bytes(std::string{handshake} + "\r\n");
  read_to(line, "\r\n\r\n");
  // A masked close frame with code 1000; the mask is zero.
  line.send_bytes(std::string{"\x88\x82\0\0\0\0\x03\xe8", 8});
  const auto rest = line.read_until_close().value_or("kept open");
  EXPECT_EQ(rest, (std::string{"\x88\x02\x03\xe8", 4}));
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(WebSocket, ForgetsClientsThatVanish) {
  start_streams();
  {
    plain_client client;
    open(client);
  }
  EXPECT_TRUE(feed_->wait_until_gone());
  EXPECT_TRUE(seen_.wait_until([&] { return seen_.closed == 1; }));
}

TEST_F(WebSocket, AsksNoMoreThanAReaderTakes) {
  options_.request_timeout = 300ms;
  start_streams();
  feed_->flood(std::size_t{16} * 1024);
  plain_client deaf;
  open(deaf);
  ASSERT_TRUE(feed_->wait_until_gone());
  EXPECT_LT(feed_->bytes_taken, 64u << 20U);
}

TEST_F(WebSocket, TakesFramesThatCameWithTheHandshake) {
  start_streams();
  auto line = connect();
  // A masked text frame `hi`; the mask is zero.
  line.send_bytes(std::string{handshake} + "\r\n"
                  + std::string{"\x81\x82\0\0\0\0hi", 8});
  EXPECT_TRUE(feed_->wait_until(
    [this] { return feed_->heard == std::vector<std::string>{"hi"}; }));
}

TEST_F(WebSocket, TakesHandshakesWithManyHeaders) {
  start_streams();
  auto line = connect();
  line.send_bytes(std::string{handshake} + "Cookie: " + std::string(8'000, 'c')
                  + "\r\n\r\n");
  EXPECT_TRUE(read_to(line, "\r\n\r\n").starts_with("HTTP/1.1 101 "));
}

TEST_F(WebSocket, RefusesBadHandshakes) {
  start_streams();
  struct row {
    const char* lines;
    int status;
  };
  const std::vector<row> table{
    {"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", 400},
    {"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: short\r\n",
     400},
    {"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
     400},
    {"Connection: keep-alive\r\nSec-WebSocket-Version: 13\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
     400},
    {"Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
     426},
    {"Connection: Upgrade\r\nSec-WebSocket-Key: "
     "dGhlIHNhbXBsZSBub25jZQ==\r\n",
     426},
  };
  for (const auto& [lines, status] : table) {
    auto line = connect();
    line.send_bytes("GET /feed HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n"
                    + std::string{lines} + "\r\n");
    const auto answer = line.read_reply();
    EXPECT_EQ(answer.status, status) << lines;
    EXPECT_EQ(answer.header("Sec-WebSocket-Version"),
              status == 426 ? "13" : "");
    EXPECT_EQ(line.call(verb::get, "/hello").status, 200);
  }
  EXPECT_TRUE(feed_->wait_until(
    [this] { return feed_->started == 0 && feed_->alive == 0; }));
}

TEST_F(WebSocket, AsksItsRouteFirst) {
  start_streams();
  plain_client client;
  client.connect(server_->port());
  EXPECT_TRUE(client.shake_hands("/closed"));
  EXPECT_EQ(client.answer.result_int(), 401u);
}

TEST_F(WebSocket, IgnoresOtherUpgrades) {
  start_streams();
  auto line = open_events("Connection: Upgrade\r\nUpgrade: h2c\r\n");
  EXPECT_TRUE(read_to(line, "retry: ").starts_with("HTTP/1.1 200 OK"));
}

TEST_F(WebSocket, CountsOnceWhenItBegins) {
  start_streams();
  plain_client client;
  open(client);
  ASSERT_TRUE(seen_.wait_until([&] { return seen_.requests.size() == 1; }));
  EXPECT_EQ(seen_.requests[0].status, 101u);
  EXPECT_EQ(server_->connection_count(), 1u);
}

class StreamTls : public WebSocket {
protected:
  StreamTls() {
    std::ofstream{folder_ / "cert.pem"} << identity_.certificate;
    std::ofstream{folder_ / "key.pem"} << identity_.key;
    options_.tls_cert = folder_ / "cert.pem";
    options_.tls_key = folder_ / "key.pem";
  }
  ~StreamTls() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  static std::filesystem::path make_folder() {
    std::string name = std::filesystem::temp_directory_path() / "tls-XXXXXX";
    return ::mkdtemp(name.data());
  }

  std::filesystem::path folder_ = make_folder();
  support::identity identity_ = support::self_signed("IP:127.0.0.1");
  asio::ssl::context context_{asio::ssl::context::tls_client};
};

TEST_F(StreamTls, SpeaksWebSocket) {
  start_streams();
  websocket_client<asio::ssl::stream<asio::ip::tcp::socket>> client{context_};
  client.connect(server_->port());
  client.stream().next_layer().handshake(asio::ssl::stream_base::client);
  ASSERT_FALSE(client.shake_hands("/feed"));
  ASSERT_FALSE(client.send("1"));
  EXPECT_NE(client.read().find("echo"), std::string::npos);
  server_->stop(1h);
  EXPECT_EQ(client.close_code(), 1001);
  EXPECT_TRUE(server_->wait_stopped(10s));
}

TEST_F(StreamTls, SendsEvents) {
  start_streams();
  asio::io_context io;
  asio::ssl::stream<asio::ip::tcp::socket> client{io, context_};
  const asio::ip::tcp::endpoint to{asio::ip::address_v4::loopback(),
                                   server_->port()};
  client.next_layer().connect(to);
  client.handshake(asio::ssl::stream_base::client);
  const std::string question = "GET /feed HTTP/1.1\r\nHost: a\r\n\r\n";
  asio::write(client, asio::buffer(question));
  wait_until_started();
  feed_->push({"n", "1", std::string(200'000, '1')});
  feed_->end();
  std::string text;
  boost::system::error_code problem;
  asio::read(client, asio::dynamic_buffer(text), problem);
  EXPECT_EQ(problem, asio::error::eof); // a proper end, not a cut
  EXPECT_TRUE(text.ends_with("1\n\n\r\n0\r\n\r\n"));
  EXPECT_TRUE(feed_->wait_until_gone());
}

TEST_F(StreamTls, ForgetsClientsThatVanish) {
  start_streams();
  {
    asio::io_context io;
    asio::ssl::stream<asio::ip::tcp::socket> client{io, context_};
    const asio::ip::tcp::endpoint to{asio::ip::address_v4::loopback(),
                                     server_->port()};
    client.next_layer().connect(to);
    client.handshake(asio::ssl::stream_base::client);
    const std::string question = "GET /feed HTTP/1.1\r\nHost: a\r\n\r\n";
    asio::write(client, asio::buffer(question));
    wait_until_started();
  }
  EXPECT_TRUE(feed_->wait_until_gone());
}

} // namespace
} // namespace switchboard::net
