#include "net/http_client.hpp"

#include "net/http_client_head.hpp"
#include "tests/unit/net_http_client_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

#include <atomic>

namespace switchboard::net {
namespace {

using support::loopback_peer;
using support::loopback_server;
using support::raw_request;

TEST_F(HttpClient, SendsTheRequestAsItIs) {
  std::promise<raw_request> seen;
  loopback_server server{[&](loopback_peer& peer) {
    seen.set_value(peer.read_request().value());
    peer.answer(201, R"({"ok":true})");
  }};
  auto request = request_to(server.url("/hook?a=%20b"));
  request.headers = {{"Content-Type", "application/json"}, {"x-api-key", "k"}};
  request.body = R"({"n":1})";
  options.user_agent = "Switchboard/1.2.3";
  const auto answer = call(request);
  EXPECT_EQ(answer.failure, client_failure::none) << answer.detail;
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"ok":true})");
  const auto got = seen.get_future().get();
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.target, "/hook?a=%20b");
  EXPECT_EQ(got.body, request.body);
  EXPECT_EQ(got.header("host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(got.header("content-length"), "7");
  EXPECT_EQ(got.header("content-type"), "application/json");
  EXPECT_EQ(got.header("x-api-key"), "k");
  EXPECT_EQ(got.header("user-agent"), "Switchboard/1.2.3");
}

TEST_F(HttpClient, ReadsAnswersOfEveryLength) {
  struct row {
    const char* bytes;
    int status;
    const char* body;
  };
  const std::vector<row> rows{
    {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
    {"HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
    {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, ""},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nTrailer: z\r\n\r\n",
     200, "abcde"},
    {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"},
    {"HTTP/1.0 200 OK\r\n\r\nold", 200, "old"},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
     200, "ok"},
    {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
     "Content-Length: 0\r\n\r\n",
     302, ""},
    {"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", 500, "oops"},
  };
  for (const auto& r : rows) {
    loopback_server server{[&](loopback_peer& peer) {
      peer.read_request();
      peer.write(r.bytes);
    }};
    const auto answer = get(server.url());
    EXPECT_EQ(answer.failure, client_failure::none) << r.bytes << answer.detail;
    EXPECT_EQ(answer.status, r.status) << r.bytes;
    EXPECT_EQ(answer.body, r.body) << r.bytes;
  }
}

TEST_F(HttpClient, ReadsNoBodyAfterHead) {
  loopback_server server{[](loopback_peer& peer) {
    while (peer.read_request())
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  }};
  auto request = request_to(server.url());
  request.method = "HEAD";
  for (int i = 0; i < 2; ++i) {
    const auto answer = call(request);
    EXPECT_EQ(answer.status, 200) << answer.detail;
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST_F(HttpClient, ClipsHugeBodiesAndDoesNotReadOn) {
  const std::vector<std::string> heads{
    "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3b9aca00\r\n"};
  for (const auto& head : heads) {
    std::promise<bool> was_cut;
    loopback_server server{[&](loopback_peer& peer) {
      peer.read_request();
      peer.write(head);
      const std::string block(1'048'576, 'x');
      auto blocks = 0;
      while (blocks < 950 && peer.write(block))
        ++blocks;
      was_cut.set_value(blocks < 950);
    }};
    auto request = request_to(server.url());
    request.answer_body_max = 100'000;
    const auto answer = call(request);
    EXPECT_EQ(answer.status, 200) << answer.detail;
    EXPECT_EQ(answer.body, std::string(100'000, 'x'));
    EXPECT_TRUE(was_cut.get_future().get()) << head;
    EXPECT_EQ(client().figures().idle, 0U);
  }
}

TEST_F(HttpClient, TellsHowLongAPeerWantsToBeLeftAlone) {
  loopback_server server{[](loopback_peer& peer) {
    peer.read_request();
    peer.answer(429, "", "Retry-After: 17\r\n");
    peer.read_request();
    peer.answer(503, "", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n");
    peer.read_request();
    peer.answer(503, "", "Retry-After: soon\r\n");
    peer.read_request();
    peer.answer(503);
  }};
  using std::chrono::seconds;
  EXPECT_EQ(get(server.url()).retry_after, seconds{17});
  EXPECT_EQ(get(server.url()).retry_after, seconds{0});
  EXPECT_EQ(get(server.url()).retry_after, std::nullopt);
  EXPECT_EQ(get(server.url()).retry_after, std::nullopt);
}

TEST(RetryAfter, IsReadInBothForms) {
  using std::chrono::seconds;
  using result = std::optional<seconds>;
  const std::chrono::system_clock::time_point now
    = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}
      + std::chrono::hours{12} + std::chrono::milliseconds{500};
  const seconds week{7 * 24 * 3600};
  struct row {
    const char* text;
    result expected;
  };
  const std::vector<row> rows{
    {"0", seconds{0}},
    {"120", seconds{120}},
    {"99999999", week},
    {"99999999999999999999", week},
    {"Sat, 31 Jan 2026 12:00:10 GMT", seconds{10}},
    {"Sat, 31 Jan 2026 12:00:00 GMT", seconds{0}},
    {"Sun, 01 Feb 2026 00:00:00 GMT", seconds{43'200}},
    {"Fri, 31 Jan 2098 12:00:10 GMT", week},
    {"", std::nullopt},
    {"-5", std::nullopt},
    {"5.0", std::nullopt},
    {"5 s", std::nullopt},
    {"Sat, 30 Feb 2026 12:00:10 GMT", std::nullopt},
    {"Sat, 31 Jan 2026 24:00:10 GMT", std::nullopt},
    {"Sat, 31 Jan 2026 12:00:10 CET", std::nullopt},
    {"Sat, 31 Xxx 2026 12:00:10 GMT", std::nullopt},
    {"Sat, -1 Jan 2026 12:00:10 GMT", std::nullopt},
  };
  for (const auto& r : rows)
    EXPECT_EQ(parse_retry_after(r.text, now), r.expected) << r.text;
}

TEST_F(HttpClient, RefusesWhatItCannotSend) {
  const auto bad = [this](auto change) {
    auto request = request_to("http://127.0.0.1:1/");
    change(request);
    const auto answer = call(request);
    expect_failure(answer, client_failure::bad_url);
    EXPECT_EQ(answer.detail.find("secret"), std::string::npos) << answer.detail;
  };
  using R = client_request;
  bad([](R& r) { r.url = "ftp://x/"; });
  bad([](R& r) { r.url = "http://user:secret@x/"; });
  bad([](R& r) { r.method = "GET /x"; });
  bad([](R& r) { r.method = ""; });
  bad([](R& r) { r.method = "CONNECT"; });
  bad([](R& r) { r.headers = {{"a", "secret\r\nb: c"}}; });
  bad([](R& r) { r.headers = {{"a", "secret\nb"}}; });
  bad([](R& r) { r.headers = {{"a", std::string{"secret\0b", 8}}}; });
  bad([](R& r) { r.headers = {{"a\r\nb", "c"}}; });
  bad([](R& r) { r.headers = {{"a b", "c"}}; });
  bad([](R& r) { r.headers = {{"", "c"}}; });
  bad([](R& r) { r.headers = {{"host", "c"}}; });
  bad([](R& r) { r.headers = {{"CONTENT-length", "1"}}; });
  bad([](R& r) { r.headers = {{"Transfer-Encoding", "chunked"}}; });
  bad([](R& r) { r.headers = {{"Connection", "close"}}; });
  bad([](R& r) { r.headers.assign(65, {"a", "b"}); });
  bad([](R& r) { r.headers = {{"a", std::string(17'408, 'b')}}; });
}

TEST_F(HttpClient, AnswersCoroutines) {
  loopback_server server{answer_all};
  std::promise<client_answer> done;
  auto& one = client();
  boost::asio::co_spawn(
    io(), one.exchange(request_to(server.url())),
    [&done](const std::exception_ptr& e, client_answer answer) {
      EXPECT_EQ(e, nullptr);
      done.set_value(std::move(answer));
    });
  const auto answer = take(done.get_future());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "fine");
}

TEST_F(HttpClient, TakesRequestsFromManyThreads) {
  constexpr std::size_t senders = 4;
  constexpr std::size_t each = 50;
  loopback_server server{answer_all};
  run_threads(2);
  options.connections_per_host_max = 3;
  std::atomic<std::size_t> good = 0;
  auto& one = client();
  std::vector<std::thread> threads;
  std::promise<void> all_done;
  std::atomic<std::size_t> left = senders * each;
  for (std::size_t i = 0; i < senders; ++i) {
    threads.emplace_back([&] {
      for (std::size_t k = 0; k < each; ++k) {
        one.send(request_to(server.url()), [&](const client_answer& answer) {
          good += answer.status == 200 ? 1U : 0U;
          if (--left == 0)
            all_done.set_value();
        });
      }
    });
  }
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(all_done.get_future().wait_for(support::patience),
            std::future_status::ready);
  EXPECT_EQ(good, senders * each);
  EXPECT_LE(server.accepted(), 3U);
  EXPECT_EQ(one.figures().in_flight, 0U);
}

} // namespace
} // namespace switchboard::net
