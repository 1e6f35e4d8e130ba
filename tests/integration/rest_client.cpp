#include "tests/integration/rest_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace switchboard::test {

header_list as_key(const std::string& key) {
  return {{"Authorization", "Bearer " + key}};
}

header_list once(const std::string& idempotency_key) {
  return {{"Idempotency-Key", idempotency_key}};
}

header_list if_match(const std::string& etag) {
  return {{"If-Match", etag}};
}

rest_client::rest_client(const test_server& server, std::string key)
  : server_{server}, key_{std::move(key)} {}

http_reply rest_client::send(verb method, std::string_view target,
                             std::string_view body,
                             const header_list& headers) const {
  auto all = joined(as_key(key_), headers);
  if (!body.empty())
    all = joined(json_type, all);
  return support::call(server_.port(), method, target, all, body, patience);
}

json::value rest_client::read(std::string_view target) const {
  const auto reply = get(target);
  EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
  return parsed(reply);
}

json::value rest_client::make(std::string_view target, const json::object& body,
                              const header_list& headers) const {
  const auto reply = post(target, json::serialize(body), headers);
  EXPECT_EQ(reply.status, 201) << target << ": " << reply.body;
  return parsed(reply);
}

json::value rest_client::change(std::string_view target,
                                std::string_view body) const {
  const auto reply = put(target, body);
  EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
  return parsed(reply);
}

json::value rest_client::act(std::string_view target,
                             std::string_view body) const {
  const auto reply = post(target, body);
  EXPECT_EQ(reply.status, 200) << target << ": " << reply.body;
  return parsed(reply);
}

std::vector<json::value> rest_client::read_all(std::string_view target,
                                               std::size_t limit) const {
  std::vector<json::value> out;
  std::string path{target};
  path += target.find('?') == std::string_view::npos ? '?' : '&';
  path += "limit=" + std::to_string(limit);
  std::string cursor;
  do {
    const auto page = read(path + (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page.is_object() || !page.get_object().contains("data"))
      return out;
    auto items = items_of(page);
    EXPECT_LE(items.size(), limit);
    std::move(items.begin(), items.end(), std::back_inserter(out));
    cursor
      = page.at("next_cursor").is_null() ? "" : text_at(page, "/next_cursor");
  } while (!cursor.empty());
  return out;
}

json::value make_ticket(const rest_client& client, std::string_view title,
                        const json::object& more) {
  auto body = more;
  body["title"] = title;
  return client.make("/api/v1/tickets", body);
}

std::int64_t make_user(const rest_client& admin, std::string_view name,
                       const json::object& more) {
  auto body = more;
  body["name"] = name;
  return admin.make("/api/v1/users", body).at("id").to_number<std::int64_t>();
}

std::string make_key(const rest_client& admin,
                     const std::vector<std::string>& scopes,
                     std::optional<std::int64_t> owner) {
  json::object body{{"name", "a key of the tests"}};
  json::array list;
  for (const auto& scope : scopes)
    list.emplace_back(scope);
  body["scopes"] = std::move(list);
  if (owner)
    body["user_id"] = *owner;
  return text_at(admin.make("/api/v1/api-keys", body), "/key");
}

std::string path_of(const json::value& ticket, std::string_view rest) {
  return "/api/v1/tickets/" + text_at(ticket, "/id") + std::string{rest};
}

std::vector<std::string> texts_of(const std::vector<json::value>& items,
                                  std::string_view pointer) {
  std::vector<std::string> out;
  out.reserve(items.size());
  for (const auto& item : items)
    out.push_back(text_at(item, pointer));
  return out;
}

std::vector<json::value> items_of(const json::value& page) {
  const auto& data = page.at("data").as_array();
  return {data.begin(), data.end()};
}

} // namespace switchboard::test
