#include "tests/integration/server_fixture.hpp"

#include "api/openapi/document.hpp"
#include "tests/support/openapi_check.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace switchboard::test {

namespace {

constexpr const char* none = "(none)";

std::string describe(const http_reply& reply) {
  return "status " + std::to_string(reply.status) + ", problem '"
         + reply.problem + "', body: " + reply.body.substr(0, 600);
}

std::atomic<int> unjudged{0};

void judge(verb method, std::string_view target, const http_reply& reply) {
  static const support::openapi_check api{
    json::parse(api::openapi_document{}.text("http://127.0.0.1"))};
  if (unjudged != 0)
    return;
  for (const auto& problem : api.judge(method, target, reply))
    ADD_FAILURE() << problem << "\n" << describe(reply);
}

[[maybe_unused]] const bool judges = [] {
  support::observe_replies(judge);
  return true;
}();

} // namespace

unjudged_answers::unjudged_answers() {
  ++unjudged;
}

unjudged_answers::~unjudged_answers() {
  --unjudged;
}

header_list joined(header_list a, const header_list& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

json::object ticket_body() {
  return {{"customerName", "John Doe"},
          {"customerPhone", customer_phone},
          {"customerEmail", "john@example.com"},
          {"subject", "Product Quality Issue"},
          {"message", "I received damaged bottles in my last order."},
          {"priority", "high"}};
}

json::object inbound_body(const std::string& ref, std::string message) {
  return {{"ticketRef", ref},
          {"message", std::move(message)},
          {"from", manager_phone},
          {"channel", "whatsapp"}};
}

json::value parsed(const http_reply& reply) {
  boost::system::error_code problem;
  auto out = json::parse(reply.body, problem);
  EXPECT_FALSE(problem) << describe(reply);
  return out;
}

std::string text_at(const json::value& in, std::string_view pointer) {
  boost::system::error_code problem;
  const auto* found
    = in.find_pointer({pointer.data(), pointer.size()}, problem);
  if (found == nullptr || !found->is_string())
    return none;
  return std::string{found->get_string().c_str(), found->get_string().size()};
}

std::vector<std::string> keys_of(const json::value& object) {
  std::vector<std::string> out;
  if (object.is_object())
    for (const auto& member : object.get_object())
      out.emplace_back(member.key());
  return out;
}

testing::AssertionResult is_error(const http_reply& reply, int status,
                                  std::string_view code) {
  if (reply.status != status)
    return testing::AssertionFailure() << describe(reply);
  boost::system::error_code problem;
  const auto body = json::parse(reply.body, problem);
  const std::vector<std::string> outer{"ok", "error"};
  const std::vector<std::string> inner{"code", "message", "details"};
  const bool good = !problem && keys_of(body) == outer
                    && body.at("ok").is_bool() && !body.at("ok").get_bool()
                    && keys_of(body.at("error")) == inner
                    && text_at(body, "/error/code") == code
                    && text_at(body, "/error/message") != none
                    && body.at("error").at("details").is_array()
                    && reply.header("Content-Type") == "application/json";
  return good ? testing::AssertionSuccess()
              : testing::AssertionFailure()
                  << "not the error " << code << ": " << describe(reply);
}

std::vector<std::string> wrong_fields(const http_reply& reply) {
  std::vector<std::string> out;
  const auto body = parsed(reply);
  boost::system::error_code problem;
  const auto* details = body.find_pointer("/error/details", problem);
  if (details == nullptr || !details->is_array())
    return out;
  for (const auto& one : details->get_array()) {
    EXPECT_FALSE(text_at(one, "/message").empty());
    out.push_back(text_at(one, "/field"));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

support::server_process_options
server_options(const settings& more, const std::filesystem::path& data) {
  support::server_process_options out;
  out.environment = more;
  out.data = data;
  auto& e = out.environment;
  e.try_emplace("SWITCHBOARD_LIMITS_PUBLIC_CREATE_PER_MINUTE", "0");
  e.try_emplace("SWITCHBOARD_LIMITS_PUBLIC_MISS_PER_MINUTE", "0");
  e.try_emplace("SWITCHBOARD_LIMITS_API_KEY_PER_SECOND", "0");
  e.try_emplace("SWITCHBOARD_STORAGE_RESERVE_BYTES", "0");
  e.try_emplace("SWITCHBOARD_ADMIN_KEY", admin_key);
  e.try_emplace("RAILWAY_INBOUND_SECRET", inbound_key);
  return out;
}

test_server::test_server(const settings& more,
                         const std::filesystem::path& data)
  : process_{server_options(more, data)} {
  process_.start();
}

http_reply test_server::get(std::string_view target,
                            const header_list& headers) {
  return support::call(port(), verb::get, target, headers, {}, patience);
}

http_reply test_server::post(std::string_view target, std::string_view body,
                             const header_list& headers) {
  return support::call(port(), verb::post, target, headers, body, patience);
}

http_reply test_server::create(const json::object& body,
                               const header_list& headers) {
  return post("/api/ticket", json::serialize(body), headers);
}

http_reply test_server::inbound(const json::object& body,
                                const header_list& headers) {
  return post("/api/ticket/inbound", json::serialize(body), headers);
}

created_ticket test_server::create_ticket(const json::object& body) {
  const auto reply = create(body);
  EXPECT_EQ(reply.status, 201) << describe(reply);
  const auto answer = parsed(reply);
  return {text_at(answer, "/ticketRef"), text_at(answer, "/ticketId"),
          text_at(answer, "/ticketUrl")};
}

json::value test_server::thread(const std::string& ref) {
  const auto reply = get("/api/ticket/" + ref);
  EXPECT_EQ(reply.status, 200) << describe(reply);
  return parsed(reply);
}

std::vector<std::string> test_server::bodies(const std::string& ref) {
  std::vector<std::string> out;
  const auto all = thread(ref);
  if (const auto* object = all.if_object();
      object != nullptr && object->contains("messages"))
    for (const auto& message : all.at("messages").as_array())
      out.push_back(text_at(message, "/body"));
  return out;
}

double test_server::metric(std::string_view series) {
  const auto page = "\n" + get("/metrics").body;
  const auto line = "\n" + std::string{series} + " ";
  const auto at = page.find(line);
  return at == std::string::npos
           ? 0.0
           : std::strtod(page.c_str() + at + line.size(), nullptr);
}

void test_server::restart_after_kill() {
  process_.kill();
  process_.start();
}

void test_server::restart() {
  EXPECT_EQ(process_.terminate(), 0) << process_.log();
  process_.start();
}

command_result run_command(const std::filesystem::path& data,
                           std::vector<std::string> arguments,
                           const settings& more) {
  auto options = server_options(more, data);
  options.arguments = std::move(arguments);
  support::server_process process{std::move(options)};
  command_result out;
  out.code = process.run_to_end();
  out.output = process.log();
  return out;
}

std::vector<json::object> exported(const std::filesystem::path& data) {
  std::vector<json::object> out;
  const auto run = run_command(data, {"export", "--format", "jsonl"});
  EXPECT_EQ(run.code, 0) << run.output;
  // The log is among the lines.
  for (std::size_t at = 0; at < run.output.size();) {
    const auto end = std::min(run.output.find('\n', at), run.output.size());
    const auto line = run.output.substr(at, end - at);
    if (line.starts_with('{'))
      out.push_back(json::parse(line).as_object());
    at = end + 1;
  }
  return out;
}

std::size_t count_events(const std::vector<json::object>& events,
                         std::string_view type) {
  return static_cast<std::size_t>(std::count_if(
    events.begin(), events.end(),
    [&](const auto& event) { return text_at(event, "/type") == type; }));
}

} // namespace switchboard::test
