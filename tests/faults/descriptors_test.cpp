// Goal: at the limit of descriptors new clients wait, and those who are in are
// served. Method: real limits, once from the start on and once from below while
// the server runs, so that accepting itself fails.
#include "tests/faults/fault_world.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace switchboard::faults {
namespace {

using boost::beast::http::verb;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What a recovery may take on a busy machine; a second is the goal.
constexpr seconds recovery{3};
/// Long enough to see that somebody is not served.
constexpr milliseconds short_while{300};
constexpr const char* question
  = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

using line = std::vector<std::unique_ptr<support::http_connection>>;

class Descriptors : public fault_world {
protected:
  /// Clients that connect and ask one after the other, without waiting.
  line ask_from(std::size_t count) {
    line out;
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(std::make_unique<support::http_connection>(server->port()));
      EXPECT_TRUE(out.back()->send_bytes(question));
    }
    return out;
  }

  [[nodiscard]] std::size_t open_descriptors() const {
    namespace fs = std::filesystem;
    const auto folder = "/proc/" + std::to_string(server->pid()) + "/fd";
    return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
  }

  static bool is_served(support::http_connection& one, milliseconds timeout) {
    return one.read_reply(false, timeout).status == 200;
  }

  /// Asks again over a connection that has been served before.
  static bool is_served_again(support::http_connection& one) {
    return one.call(verb::get, "/healthz", {}, {}, recovery).status == 200;
  }
};

TEST_F(Descriptors, FewFromTheStartLimitTheConnections) {
  support::server_process_options options;
  options.binary = "/bin/sh";
  std::string script = "ulimit -n 160; exec ";
  script.append(SWITCHBOARD_BINARY_DIR).append("/switchboard serve");
  options.arguments = {"-c", script};
  server = std::make_unique<support::server_process>(std::move(options));
  server->start();
  EXPECT_TRUE(server->wait_for_log("the limit of 160 descriptors", seconds{1}))
    << server->log();

  constexpr std::size_t room = 80;
  auto clients = ask_from(2 * room);
  for (std::size_t i = 0; i < room; ++i)
    ASSERT_TRUE(is_served(*clients[i], seconds{10})) << "client " << i;
  EXPECT_FALSE(is_served(*clients[room], short_while));
  EXPECT_LT(open_descriptors(), 160U);
  // Those who are in: a read, and a write that needs the disk.
  EXPECT_TRUE(is_served_again(*clients[0]));
  const auto created = clients[1]->call(
    verb::post, "/api/ticket", {{"Content-Type", "application/json"}},
    R"({"customerName":"A","customerEmail":"a@example.org",)"
    R"("subject":"S","message":"M"})");
  EXPECT_EQ(created.status, 201) << created.body;

  for (std::size_t i = 0; i < room / 2; ++i)
    clients[i].reset();
  for (std::size_t i = room; i < room + room / 2; ++i)
    EXPECT_TRUE(is_served(*clients[i], recovery)) << "client " << i;
  EXPECT_EQ(server->terminate(), 0);
}

TEST_F(Descriptors, RunOutWhileItServes) {
  make_server();
  server->start();
  ASSERT_EQ(create("before").status, 201);
  constexpr std::size_t left = 40;
  rlimit limit{};
  ASSERT_EQ(::prlimit(server->pid(), RLIMIT_NOFILE, nullptr, &limit), 0);
  limit.rlim_cur = open_descriptors() + left;
  ASSERT_EQ(::prlimit(server->pid(), RLIMIT_NOFILE, &limit, nullptr), 0);

  auto clients = ask_from(2 * left);
  EXPECT_TRUE(server->wait_for_log("cannot accept", seconds{10}))
    << server->log();
  std::size_t served = 0;
  while (served < clients.size() && is_served(*clients[served], short_while))
    ++served;
  ASSERT_GT(served, 0U);
  ASSERT_LT(served, clients.size());
  for (std::size_t i = 0; i < served; ++i)
    EXPECT_TRUE(is_served_again(*clients[i])) << "client " << i;
  // It holds out like that, and does not fill its log meanwhile.
  EXPECT_TRUE(server->is_running());
  EXPECT_LT(server->log().size(), std::size_t{256} * 1024);

  const auto leaving = std::min(served, clients.size() - served - 1);
  for (std::size_t i = 0; i < leaving; ++i)
    clients[i].reset();
  // The first of those who wait has had its time above, and asks anew.
  std::size_t next = served;
  const auto enough = leaving / 2;
  EXPECT_TRUE(is_served(*clients[next], recovery));
  for (std::size_t i = 1; i < enough; ++i)
    EXPECT_TRUE(is_served(*clients[next + i], recovery)) << "client " << i;
  clients.clear();
  EXPECT_TRUE(
    wait_until([&] { return create("after").status == 201; }, recovery));
  EXPECT_EQ(server->terminate(), 0);
}

} // namespace
} // namespace switchboard::faults
