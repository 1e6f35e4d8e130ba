#include "tests/faults/fault_world.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace switchboard::faults {

namespace {

using boost::beast::http::verb;

constexpr std::chrono::milliseconds look_interval{10};

/// Every delivery comes through in the end, however often n8n fails.
constexpr const char* n8n_retries = "20";
constexpr const char* n8n_backoff_ms = "10";

std::optional<std::uint64_t> number_of_variable(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr)
    return std::nullopt;
  const std::string_view all{text};
  std::uint64_t out = 0;
  const auto [end, problem]
    = std::from_chars(all.data(), all.data() + all.size(), out);
  if (problem != std::errc{} || end != all.data() + all.size())
    throw std::runtime_error{std::string{name} + " must be a number"};
  return out;
}

} // namespace

std::chrono::seconds fault_time(std::chrono::seconds usual) {
  const auto wanted = number_of_variable("SWITCHBOARD_FAULTS_SECONDS");
  return wanted ? std::chrono::seconds{*wanted} : usual;
}

std::uint64_t fault_seed() {
  const auto wanted = number_of_variable("SWITCHBOARD_FAULTS_SEED");
  const auto seed = wanted ? *wanted : std::random_device{}();
  std::cout << "SWITCHBOARD_FAULTS_SEED=" << seed << std::endl;
  return seed;
}

bool wait_until(const std::function<bool()>& holds,
                std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(look_interval);
  }
  return true;
}

void announcements::add(const std::string& ticket_id) {
  const std::lock_guard lock{mutex_};
  ids_.insert(ticket_id);
  ++calls_;
}

bool announcements::has_all(const std::vector<customer>& customers) const {
  const std::lock_guard lock{mutex_};
  return std::ranges::all_of(customers, [this](const customer& one) {
    return std::ranges::all_of(one.tickets(), [this](const known_ticket& t) {
      return t.ref.empty() || ids_.contains(t.id);
    });
  });
}

bool announcements::wait_for(const std::vector<customer>& customers,
                             std::chrono::milliseconds timeout) {
  return wait_until([&] { return has_all(customers); }, timeout);
}

std::size_t announcements::call_count() const {
  const std::lock_guard lock{mutex_};
  return calls_;
}

std::size_t verification::count(std::string_view of_what) const {
  const auto end = text.find(" " + std::string{of_what});
  if (end == std::string::npos)
    return SIZE_MAX;
  const auto begin = text.find_last_not_of("0123456789", end - 1) + 1;
  std::size_t out = SIZE_MAX;
  std::from_chars(text.data() + begin, text.data() + end, out);
  return out;
}

fault_world::fault_world() {
  simulators::n8n_simulator_options options;
  options.on_call = [this](const simulators::received_call& call) {
    if (call.status == 200)
      told.add(call.content.ticket_id);
  };
  n8n = std::make_unique<simulators::n8n_simulator>(std::move(options));
  for (unsigned i = 0; i < customer_count; ++i)
    customers.emplace_back(i, seed);
}

void fault_world::make_server(std::filesystem::path data,
                              const std::map<std::string, std::string>& more) {
  support::server_process_options options;
  options.data = std::move(data);
  options.environment = {
    {"N8N_TICKET_CREATED_WEBHOOK", n8n->url()},
    {"N8N_SHARED_SECRET", n8n->api_key()},
    {"RAILWAY_INBOUND_SECRET", inbound_key},
    {"SWITCHBOARD_ADMIN_KEY", admin_key},
    {"SWITCHBOARD_N8N_RETRIES", n8n_retries},
    {"SWITCHBOARD_N8N_BACKOFF_MS", n8n_backoff_ms},
    {"SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "0"},
    {"SWITCHBOARD_LIMITS_PUBLIC_MISS_PER_MINUTE", "0"},
  };
  for (const auto& [name, value] : more)
    options.environment[name] = value;
  server = std::make_unique<support::server_process>(std::move(options));
}

void fault_world::begin_load() {
  stop_ = false;
  for (auto& one : customers)
    threads_.emplace_back(
      [this, &one, port = server->port()] { one.work(port, stop_); });
}

void fault_world::stop_listening() {
  stop_ = true;
}

void fault_world::end_load() {
  stop_ = true;
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

void fault_world::kill_under_load() {
  server->kill();
  end_load();
}

void fault_world::run_all(const std::function<void(customer&)>& what) {
  std::vector<std::thread> threads;
  threads.reserve(customers.size());
  for (auto& one : customers)
    threads.emplace_back([&] { what(one); });
  for (auto& thread : threads)
    thread.join();
}

void fault_world::settle() {
  run_all([port = server->port()](customer& one) { one.settle(port); });
  expect_no_problems();
}

void fault_world::expect_no_problems() {
  for (const auto& one : customers)
    for (const auto& problem : one.problems())
      ADD_FAILURE() << problem;
  for (const auto& violation : n8n->violations())
    ADD_FAILURE() << "n8n: " << violation;
  n8n->forget();
}

void fault_world::expect_all_announced() {
  EXPECT_TRUE(told.wait_for(customers, std::chrono::minutes{1}))
    << "some acknowledged tickets were never announced to n8n";
  std::string bearer = "Bearer ";
  bearer += admin_key;
  const auto dead
    = support::call(server->port(), verb::get, "/api/v1/dead-letters",
                    {{"Authorization", bearer}});
  EXPECT_EQ(dead.status, 200) << dead.body;
  EXPECT_NE(dead.body.find(R"("data":[])"), std::string::npos) << dead.body;
}

void fault_world::expect_exactly_what_is_known() {
  const auto found = verify();
  EXPECT_EQ(found.status, 0) << found.text;
  EXPECT_NE(found.text.find("all is well"), std::string::npos) << found.text;
  EXPECT_EQ(found.count("tickets"), ticket_count()) << found.text;
  EXPECT_EQ(found.count("messages"), ticket_count() + message_count())
    << found.text;
}

verification fault_world::verify() {
  support::server_process_options options;
  options.arguments = {"verify"};
  options.data = server->data();
  support::server_process one{std::move(options)};
  verification out;
  out.status = one.run_to_end(std::chrono::minutes{5});
  out.text = one.log();
  return out;
}

support::http_reply fault_world::get(std::string_view target) {
  return support::call(server->port(), verb::get, target);
}

support::http_reply fault_world::create(std::string_view word) {
  const std::string name{word};
  return support::call(
    server->port(), verb::post, "/api/ticket",
    {{"Content-Type", "application/json"}, {"Idempotency-Key", name}},
    R"({"customerName":"Somebody","customerPhone":"+12025550123","subject":")"
      + name + R"(","message":"Some words"})");
}

std::string fault_world::ref_of(const support::http_reply& reply) {
  EXPECT_EQ(reply.status, 201) << reply.body << reply.problem;
  const auto at = std::min(reply.body.find("T-"), reply.body.size());
  return reply.body.substr(at, reply.body.find('"', at) - at);
}

std::size_t fault_world::ticket_count() const {
  std::size_t out = 0;
  for (const auto& one : customers)
    out += static_cast<std::size_t>(std::ranges::count_if(
      one.tickets(), [](const known_ticket& t) { return !t.ref.empty(); }));
  return out;
}

std::size_t fault_world::message_count() const {
  std::size_t out = 0;
  for (const auto& one : customers)
    out += one.message_count();
  return out;
}

std::size_t fault_world::acknowledged() const {
  std::size_t out = 0;
  for (const auto& one : customers)
    out += one.acknowledged();
  return out;
}

std::size_t fault_world::refused() const {
  std::size_t out = 0;
  for (const auto& one : customers)
    out += one.refused();
  return out;
}

std::chrono::milliseconds fault_world::random_delay(int from_ms, int to_ms) {
  return std::chrono::milliseconds{
    std::uniform_int_distribution{from_ms, to_ms}(random)};
}

} // namespace switchboard::faults
