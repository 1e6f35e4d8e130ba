#include "tests/integration/visitor_client.hpp"

#include <boost/json/serialize.hpp>

namespace switchboard::test {

visitor_client::visitor_client(test_server& server, const json::object& body)
  : server_{server} {
  const auto reply = server.post("/api/session", json::serialize(body));
  EXPECT_EQ(reply.status, 201) << reply.body;
  const auto made = parsed(reply);
  id_ = text_at(made, "/session_id");
  token_ = text_at(made, "/access_token");
}

std::string visitor_client::path(std::string_view rest) const {
  return "/api/session/" + id_ + std::string{rest};
}

http_reply visitor_client::send(verb method, std::string_view rest,
                                std::string_view body,
                                const header_list& headers) const {
  auto all = joined(this->headers(), headers);
  if (!body.empty())
    all = joined(json_type, all);
  return support::call(server_.port(), method, path(rest), all, body, patience);
}

http_reply visitor_client::say(const json::object& message,
                               const header_list& headers) const {
  return send(verb::post, "/messages", json::serialize(message), headers);
}

json::value visitor_client::write(std::string_view words,
                                  std::string_view client_id) {
  json::object message{{"body", words}};
  if (!client_id.empty())
    message["client_id"] = client_id;
  const auto reply = say(message);
  EXPECT_EQ(reply.status, 201) << reply.body;
  return parsed(reply);
}

json::value visitor_client::read(std::string_view after) const {
  const auto reply
    = send(verb::get, after.empty() ? "" : "?after=" + std::string{after});
  EXPECT_EQ(reply.status, 200) << reply.body;
  return parsed(reply);
}

std::vector<std::string> visitor_client::bodies() const {
  const auto all = read();
  const auto& messages = all.at("messages").as_array();
  return texts_of({messages.begin(), messages.end()}, "/body");
}

http_reply visitor_client::close(std::string_view ticket) const {
  return server_.post("/api/tickets/" + std::string{ticket} + "/close", {},
                      headers());
}

std::string ticket_of(const json::value& sent) {
  return json::serialize(sent.at("ticket_id"));
}

} // namespace switchboard::test
