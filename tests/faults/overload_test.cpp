// Goal: more work than the engine takes is refused at once and in plain words,
// and once the burst is over all is as before. Method: limits of one, and many
// clients at a time.
#include "tests/faults/fault_world.hpp"

namespace switchboard::faults {
namespace {

using boost::beast::http::verb;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t crowd = 64;

class Overload : public fault_world {
protected:
  struct tally {
    std::size_t done = 0;
    std::size_t refused = 0;
  };

  void start_with(const std::string& variable, const std::string& value) {
    make_server({}, {{variable, value}});
    server->start();
    for (std::size_t i = 0; i < crowd; ++i)
      clients.push_back(
        std::make_unique<support::http_connection>(server->port()));
  }

  static std::string request(const std::string& target,
                             const std::string& more_headers,
                             const std::string& body) {
    std::string out = "POST ";
    out.append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    out.append(more_headers).append("Content-Type: application/json\r\n");
    out.append("Content-Length: ").append(std::to_string(body.size()));
    return out.append("\r\n\r\n").append(body);
  }

  static std::string create_request() {
    return request("/api/ticket", {},
                   R"({"customerName":"A","customerPhone":"+12025550123",)"
                   R"("subject":"S","message":"M"})");
  }

  static std::string message_request(const std::string& ref) {
    std::string key = "x-api-key: ";
    key.append(inbound_key).append("\r\n");
    std::string body = R"({"message":"M","from":"+12025550123",)"
                       R"("channel":"whatsapp","ticketRef":")";
    body.append(ref).append(R"("})");
    return request("/api/ticket/inbound", key, body);
  }

  /// All clients ask at once; everyone gets an answer.
  tally burst(const std::string& bytes, int success) {
    for (auto& one : clients)
      EXPECT_TRUE(one->send_bytes(bytes));
    tally out;
    for (auto& one : clients) {
      const auto reply = one->read_reply();
      if (reply.status == success) {
        ++out.done;
        continue;
      }
      ++out.refused;
      EXPECT_EQ(reply.status, 503) << reply.body << reply.problem;
      EXPECT_FALSE(reply.header("Retry-After").empty());
      EXPECT_NE(reply.body.find(R"("code":"overloaded")"), std::string::npos)
        << reply.body;
    }
    return out;
  }

  /// Bursts until some were refused; returns what was done in all.
  tally burst_until_refused(const std::string& bytes, int success) {
    const auto deadline = steady_clock::now() + seconds{20};
    tally all;
    while (all.refused == 0 && steady_clock::now() < deadline
           && !HasFailure()) {
      const auto once = burst(bytes, success);
      EXPECT_GT(once.done, 0U);
      all.done += once.done;
      all.refused += once.refused;
    }
    EXPECT_GT(all.refused, 0U) << "the limit was never met";
    return all;
  }

  void expect_as_before(std::size_t tickets, std::size_t messages) {
    // With room for one, what n8n was told still fills it now and then.
    EXPECT_TRUE(
      wait_until([&] { return create("after").status == 201; }, seconds{5}));
    EXPECT_EQ(get("/readyz").status, 200);
    clients.clear();
    EXPECT_EQ(server->terminate(), 0);
    const auto found = verify();
    EXPECT_EQ(found.status, 0) << found.text;
    EXPECT_EQ(found.count("tickets"), tickets + 1) << found.text;
    EXPECT_EQ(found.count("messages"), messages + 1) << found.text;
  }

  std::vector<std::unique_ptr<support::http_connection>> clients;
};

TEST_F(Overload, OfTheServerIsRefused) {
  start_with("SWITCHBOARD_ACTORS_IN_FLIGHT_MAX", "1");
  const auto all = burst_until_refused(create_request(), 201);
  expect_as_before(all.done, all.done);
}

TEST_F(Overload, OfTheJournalIsRefused) {
  start_with("SWITCHBOARD_STORAGE_QUEUE_MAX", "1");
  const auto all = burst_until_refused(create_request(), 201);
  expect_as_before(all.done, all.done);
}

TEST_F(Overload, OfOneTicketIsRefused) {
  start_with("SWITCHBOARD_ACTORS_QUEUE_MAX", "1");
  const auto ref = ref_of(create("busy"));
  const auto all = burst_until_refused(message_request(ref), 200);
  expect_as_before(1, 1 + all.done);
}

} // namespace
} // namespace switchboard::faults
