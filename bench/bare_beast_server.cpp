// bare-beast-server: what Beast alone can answer on this machine. Coroutines,
// keep-alive, one thread; the answers are constants of the product's size.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace switchboard::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using request_parser = http::request_parser<http::string_body>;
using string_response = http::response<http::string_body>;

constexpr std::uint64_t body_bytes_max = 1'048'576;

/// The bodies of the answers; read by all threads, never changed.
struct answers {
  std::string created
    = R"({"ok":true,"ticketRef":"T-20250101-0123ABCD",)"
      R"("ticketId":"01942f5e-7c00-7000-8000-000000000001",)"
      R"("ticketUrl":"http://127.0.0.1:8080/t/T-20250101-0123ABCD"})";
  std::string thread
    = R"({"ok":true,"ticket":{"id":"01942f5e-7c00-7000-8000-000000000001",)"
      R"("ticketRef":"T-20250101-0123ABCD","subject":"Order has not arrived",)"
      R"("status":"open","customerName":"Petra Lindqvist",)"
      R"("customerPhone":"+491512345678",)"
      R"("customerEmail":"customer123456@example.com","priority":"medium",)"
      R"("createdAt":"2025-01-01T09:00:00.000Z",)"
      R"("updatedAt":"2025-01-01T09:00:00.000Z"},"messages":[{"id":)"
      R"("01942f5e-7c00-7000-8000-000000000002","sender":"customer",)"
      R"("channel":"web","body":"I ordered two weeks ago and the tracking page )"
      R"(has not moved since Monday. Could somebody please look into it before )"
      R"(the weekend?","mediaUrl":null,)"
      R"("createdAt":"2025-01-01T09:00:00.000Z"}]})";
  std::string done = R"({"ok":true})";
  std::string not_found
    = R"({"ok":false,"error":{"code":"not_found","message":"no such route"}})";
};

struct arguments {
  std::uint16_t port = 8090;
  unsigned threads = 1;
  std::string create_answer;
  std::string read_answer;
};

string_response respond(const http::request<http::string_body>& request,
                        const answers& constants) {
  auto target = request.target();
  auto status = http::status::not_found;
  const auto* body = &constants.not_found;
  if (request.method() == http::verb::post && target == "/api/ticket") {
    status = http::status::created;
    body = &constants.created;
  } else if (request.method() == http::verb::get
             && target.starts_with("/api/ticket/")) {
    status = http::status::ok;
    body = &constants.thread;
  } else if (target == "/api/ticket/inbound" || target == "/healthz") {
    status = http::status::ok;
    body = &constants.done;
  }
  string_response response{status, request.version()};
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = *body;
  response.prepare_payload();
  return response;
}

asio::awaitable<void> serve(tcp::socket socket, const answers& constants) {
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  // One completion token for all operations: g++ 12 mishandles temporaries of
  // class type inside co_await.
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (true) {
    request_parser parser;
    parser.body_limit(body_bytes_max);
    co_await http::async_read(socket, buffer, parser, token);
    if (error)
      break;
    auto response = respond(parser.get(), constants);
    co_await http::async_write(socket, response, token);
    if (error || response.need_eof())
      break;
  }
  boost::system::error_code ignored;
  socket.shutdown(tcp::socket::shutdown_both, ignored);
}

asio::awaitable<void> accept(asio::io_context& context, tcp::acceptor& acceptor,
                             bool strands, const answers& constants) {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (true) {
    asio::any_io_executor executor{context.get_executor()};
    if (strands)
      executor = asio::make_strand(context);
    tcp::socket socket{executor};
    co_await acceptor.async_accept(socket, token);
    if (error == asio::error::operation_aborted)
      break;
    if (error)
      continue;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    asio::co_spawn(executor, serve(std::move(socket), constants),
                   asio::detached);
  }
}

std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::string content{std::istreambuf_iterator<char>{in}, {}};
  if (!in || content.empty())
    throw std::runtime_error{"cannot read " + path};
  return content;
}

void run(const arguments& args) {
  answers constants;
  if (!args.create_answer.empty())
    constants.created = read_file(args.create_answer);
  if (!args.read_answer.empty())
    constants.thread = read_file(args.read_answer);
  asio::io_context context{static_cast<int>(args.threads)};
  tcp::endpoint address{asio::ip::make_address("127.0.0.1"), args.port};
  tcp::acceptor acceptor{context, address};
  auto accepting = accept(context, acceptor, args.threads > 1, constants);
  asio::co_spawn(context, std::move(accepting), asio::detached);
  asio::signal_set signals{context, SIGINT, SIGTERM};
  signals.async_wait([&](auto, auto) { context.stop(); });
  std::printf("bare-beast-server: listening on http://127.0.0.1:%u\n",
              static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < args.threads; ++i)
    others.emplace_back([&context] { context.run(); });
  context.run();
}

} // namespace
} // namespace switchboard::bench

int main(int argc, char** argv) try {
  CLI::App app{
    "Answers the website's requests with constants, by Beast alone."};
  switchboard::bench::arguments args;
  app.add_option("--port", args.port, "0: any")->capture_default_str();
  app.add_option("--threads", args.threads)
    ->check(CLI::Range(1U, 64U))
    ->capture_default_str();
  app.add_option("--create-answer", args.create_answer,
                 "file with the body that answers POST /api/ticket");
  app.add_option("--read-answer", args.read_answer,
                 "file with the body that answers GET /api/ticket/:ref");
  CLI11_PARSE(app, argc, argv);
  switchboard::bench::run(args);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bare-beast-server: %s\n", error.what());
  return 1;
}
