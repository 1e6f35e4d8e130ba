#include "bench/load_runner.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>

namespace switchboard::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view good
  = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers the n-th request (from 1) with what `script` gives: bytes, nothing
/// (then it stays silent) or "close".
class scripted_server {
public:
  using script = std::function<std::string(std::uint64_t)>;

  explicit scripted_server(script answers) : answers_{std::move(answers)} {
    listener_ = descriptor{::socket(AF_INET, SOCK_STREAM, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), generic, length), 0);
    EXPECT_EQ(::listen(listener_.get(), 64), 0);
    EXPECT_EQ(::getsockname(listener_.get(), generic, &length), 0);
    port_ = ntohs(address.sin_port);
    thread_
      = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
  }

  [[nodiscard]] endpoint where() const {
    return {.address = "127.0.0.1", .port = port_};
  }

private:
  void serve(const std::stop_token& stop) {
    std::vector<descriptor> clients;
    while (!stop.stop_requested()) {
      std::vector<pollfd> waiting{
        {.fd = listener_.get(), .events = POLLIN, .revents = 0}};
      for (auto& client : clients)
        waiting.push_back({.fd = client.get(), .events = POLLIN, .revents = 0});
      if (::poll(waiting.data(), waiting.size(), 10) <= 0)
        continue;
      for (std::size_t i = clients.size(); i > 0; --i)
        if (waiting[i].revents != 0 && !answer_one(clients[i - 1].get()))
          clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i - 1));
      if (waiting[0].revents != 0)
        clients.emplace_back(::accept(listener_.get(), nullptr, nullptr));
    }
  }

  bool answer_one(int fd) {
    std::array<char, 4096> buffer{};
    if (::recv(fd, buffer.data(), buffer.size(), 0) <= 0)
      return false;
    auto reply = answers_(++requests_);
    if (reply == "close")
      return false;
    return reply.empty()
           || ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL) > 0;
  }

  script answers_;
  descriptor listener_;
  std::uint16_t port_ = 0;
  std::uint64_t requests_ = 0;
  std::jthread thread_;
};

class one_request : public scenario {
public:
  [[nodiscard]] std::vector<std::string_view> kinds() const override {
    return {"ask"};
  }
  outgoing next() override {
    return {
      .bytes = "GET / HTTP/1.1\r\nHost: h\r\n\r\n", .token = 0, .kind = 0};
  }
  bool accept(std::uint32_t, const answer& reply) override {
    return reply.status == 200;
  }
  void lose(std::uint32_t) override {
    ++lost;
  }

  int lost = 0;
};

class LoadRunner : public ::testing::Test {
protected:
  load_figures run(scripted_server::script answers) {
    scripted_server server{std::move(answers)};
    options.server = server.where();
    load_runner runner{options, work};
    return runner.run(nullptr);
  }

  LoadRunner() {
    options.connections = 1;
    options.warm_up = 0ns;
    options.count = 10;
  }

  load_options options;
  one_request work;
};

TEST_F(LoadRunner, CountsRightAnswers) {
  options.connections = 4;
  options.count = 1'000;
  auto figures = run([](auto) { return std::string{good}; });
  EXPECT_EQ(figures.errors.total(), 0U) << figures.first_error;
  EXPECT_EQ(figures.all().count(), 1'000U);
  EXPECT_GT(figures.measured, 0ns);
  EXPECT_GT(figures.generator_cpu, 0ns);
}

TEST_F(LoadRunner, TakesAnswersThatComeInPieces) {
  // More than one read can take.
  std::string body(1'000'000, 'x');
  auto text = "HTTP/1.1 200 OK\r\nContent-Length: "
              + std::to_string(body.size()) + "\r\n\r\n" + body;
  auto figures = run([&](auto) { return text; });
  EXPECT_EQ(figures.errors.total(), 0U) << figures.first_error;
  EXPECT_EQ(figures.all().count(), 10U);
}

TEST_F(LoadRunner, CountsAWrongStatus) {
  auto figures = run([](auto n) {
    return n == 3 ? "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
                  : std::string{good};
  });
  EXPECT_EQ(figures.errors.unexpected, 1U);
  EXPECT_EQ(figures.all().count(), 9U);
  EXPECT_EQ(figures.first_error, "answer 503 to 'ask': busy");
}

TEST_F(LoadRunner, CountsAClosedConnectionAndGoesOn) {
  auto figures
    = run([](auto n) { return n == 3 ? "close" : std::string{good}; });
  EXPECT_EQ(figures.errors.closed, 1U);
  EXPECT_EQ(figures.errors.total(), 1U);
  EXPECT_EQ(figures.all().count(), 9U);
  EXPECT_EQ(work.lost, 1);
}

TEST_F(LoadRunner, OpensAConnectionAnewWhenTheServerSaysClose) {
  auto figures = run([](auto) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  });
  EXPECT_EQ(figures.errors.total(), 0U) << figures.first_error;
  EXPECT_EQ(figures.all().count(), 10U);
}

TEST_F(LoadRunner, CountsWhatIsNoHttp) {
  auto figures = run(
    [](auto n) { return n == 1 ? std::string{"SMTP?"} : std::string{good}; });
  EXPECT_EQ(figures.errors.malformed, 1U);
  EXPECT_EQ(figures.all().count(), 9U);
}

TEST_F(LoadRunner, CountsAnAnswerNobodyAskedForAsMalformed) {
  auto figures = run([](auto n) {
    return n == 1 ? std::string{good} + std::string{good} : std::string{good};
  });
  EXPECT_EQ(figures.errors.malformed, 1U);
}

TEST_F(LoadRunner, GivesUpOnASilentServer) {
  options.answer_timeout = 100ms;
  options.count = 2;
  auto figures
    = run([](auto n) { return n == 1 ? std::string{} : std::string{good}; });
  EXPECT_EQ(figures.errors.timed_out, 1U);
  EXPECT_EQ(figures.first_error, "a request was not answered in time");
}

TEST_F(LoadRunner, KeepsItsRate) {
  options.count.reset();
  options.duration = 1s;
  options.rate = 500;
  options.arrival = arrival_kind::constant;
  options.connections = 8;
  auto figures = run([](auto) { return std::string{good}; });
  EXPECT_EQ(figures.errors.total(), 0U) << figures.first_error;
  EXPECT_NEAR(static_cast<double>(figures.all().count()), 500, 2);
}

TEST_F(LoadRunner, CountsTheWaitOfRequestsBehindAStall) {
  // One stall of 300 ms in a second of 500 requests: a generator that waited
  // for the answer before it took the next arrival would show one slow request,
  // not the 150 that were due meanwhile.
  options.count.reset();
  options.duration = 1s;
  options.rate = 500;
  options.arrival = arrival_kind::constant;
  auto figures = run([](auto n) {
    if (n == 100)
      std::this_thread::sleep_for(300ms);
    return std::string{good};
  });
  EXPECT_EQ(figures.errors.total(), 0U) << figures.first_error;
  EXPECT_NEAR(static_cast<double>(figures.all().count()), 500, 2);
  EXPECT_GT(figures.all().quantile(0.80), 50ms);
  EXPECT_GT(figures.all().quantile(0.95), 200ms);
}

TEST_F(LoadRunner, SaysWhatItCouldNotSend) {
  options.count.reset();
  options.duration = 200ms;
  options.answer_timeout = 100ms;
  options.rate = 100;
  options.arrival = arrival_kind::constant;
  auto figures = run([](auto) { return std::string{}; });
  EXPECT_EQ(figures.all().count(), 0U);
  EXPECT_GT(figures.errors.unsent, 0U);
  EXPECT_GT(figures.errors.timed_out, 0U);
}

TEST_F(LoadRunner, ThrowsWhenNobodyListens) {
  options.server.port = 1;
  EXPECT_THROW((load_runner{options, work}), std::system_error);
}

} // namespace
} // namespace switchboard::bench
