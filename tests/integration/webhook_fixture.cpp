#include "tests/integration/webhook_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace switchboard::test {

void webhook_test::TearDown() {
  EXPECT_EQ(receiver.violations(), std::vector<std::string>{});
}

settings webhook_test::with(settings more) {
  more.try_emplace("SWITCHBOARD_WEBHOOKS_ALLOW_NETWORKS", "127.0.0.0/8");
  more.try_emplace("SWITCHBOARD_WEBHOOKS_RETRY_SCHEDULE_S", "0,0.02,0.04,0.04");
  more.try_emplace("SWITCHBOARD_WEBHOOKS_PER_SECOND", "0");
  more.try_emplace("SWITCHBOARD_LIMITS_API_KEY_PER_SECOND", "0");
  return more;
}

http_reply
webhook_test::send(test_server& server, verb method, const std::string& target,
                   const json::value& body, const header_list& headers) {
  auto all = joined(as_admin, headers);
  if (body.is_null())
    return support::call(server.port(), method, target, all, {}, patience);
  return support::call(server.port(), method, target, joined(all, json_type),
                       json::serialize(body), patience);
}

json::value webhook_test::read(test_server& server, const std::string& target) {
  const auto reply = send(server, verb::get, target);
  EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
  return parsed(reply);
}

json::array webhook_test::list(test_server& server, const std::string& target,
                               int limit) {
  json::array out;
  std::string cursor;
  const auto mark = target.find('?') == std::string::npos ? "?" : "&";
  do {
    const auto page
      = read(server, target + mark + "limit=" + std::to_string(limit)
                       + (cursor.empty() ? "" : "&cursor=" + cursor));
    const auto* object = page.if_object();
    if (object == nullptr || !object->contains("data"))
      break;
    const auto& data = page.at("data").as_array();
    EXPECT_LE(data.size(), static_cast<std::size_t>(limit));
    out.insert(out.end(), data.begin(), data.end());
    cursor
      = page.at("next_cursor").is_null() ? "" : text_at(page, "/next_cursor");
  } while (!cursor.empty());
  return out;
}

hook webhook_test::subscribe(test_server& server, const std::string& path,
                             json::object more,
                             webhook_endpoint_options expects) {
  if (!more.contains("events"))
    more["events"] = json::array{"*"};
  if (!more.contains("url"))
    more["url"] = receiver.url(path);
  const auto reply = send(server, verb::post, "/api/v1/webhooks", more);
  EXPECT_EQ(reply.status, 201) << reply.body;
  const auto made = parsed(reply);
  hook out{text_at(made, "/id"), path, text_at(made, "/secret")};
  expects.secrets = {out.secret};
  receiver.add(path, std::move(expects));
  return out;
}

json::value webhook_test::ticket(test_server& server, std::string title) {
  const json::object body{
    {"title", std::move(title)},
    {"description", "The bottles came damaged."},
    {"priority", "high"},
    {"customer", {{"name", "John Doe"}, {"phone", customer_phone}}}};
  const auto reply = send(server, verb::post, "/api/v1/tickets", body);
  EXPECT_EQ(reply.status, 201) << reply.body;
  return parsed(reply);
}

void webhook_test::say(test_server& server, const json::value& ticket,
                       std::string body, std::string sender) {
  const json::object message{{"sender", std::move(sender)},
                             {"body", std::move(body)}};
  const auto reply
    = send(server, verb::post,
           "/api/v1/tickets/" + text_at(ticket, "/id") + "/messages", message);
  EXPECT_EQ(reply.status, 201) << reply.body;
}

std::multiset<event_name> webhook_test::history(test_server& server) {
  std::multiset<event_name> out;
  for (std::int64_t after = 0;;) {
    const auto page
      = read(server, "/api/v1/events?limit=200&after=" + std::to_string(after));
    const auto& data = page.at("data").as_array();
    if (data.empty())
      return out;
    for (const auto& event : data)
      out.emplace(text_at(event, "/type"), text_at(event, "/ticket_id"),
                  event.at("sequence").to_number<std::int64_t>());
    after = data.back().at("offset").to_number<std::int64_t>();
  }
}

std::multiset<event_name> webhook_test::told(std::string_view path) const {
  std::multiset<event_name> out;
  for (const auto& call : receiver.calls(path))
    if (call.accepted && !call.duplicate)
      out.emplace(call.content.type, call.content.ticket_id,
                  call.content.sequence);
  return out;
}

bool webhook_test::accepts(const hook& to, std::uint64_t messages) {
  return receiver.wait_until(
    to.path, [&](const auto& tally) { return tally.messages >= messages; },
    patience);
}

bool webhook_test::hears(const hook& to, std::uint64_t calls) {
  return receiver.wait_until(
    to.path, [&](const auto& tally) { return tally.calls >= calls; }, patience);
}

json::array webhook_test::dead_letters(test_server& server, std::size_t count) {
  json::array out;
  eventually([&] {
    out = list(server, "/api/v1/dead-letters");
    return out.size() >= count;
  });
  EXPECT_EQ(out.size(), count);
  return out;
}

bool webhook_test::becomes_disabled(test_server& server, const hook& which) {
  return eventually([&] {
    return read(server, which.target()).at("enabled") == json::value(false);
  });
}

json::array webhook_test::attempts(test_server& server, const hook& of,
                                   std::size_t count) {
  json::array out;
  eventually([&] {
    out = list(server, of.target("/attempts"));
    return out.size() >= count;
  });
  EXPECT_EQ(out.size(), count);
  std::reverse(out.begin(), out.end());
  return out;
}

} // namespace switchboard::test
