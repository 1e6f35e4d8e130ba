#include "bench/visitors.hpp"

#include "bench/json_text.hpp"
#include "bench/plain_caller.hpp"
#include "bench/step_scenario.hpp"
#include "bench/website_requests.hpp"

namespace switchboard::bench {

std::vector<visitor_session> open_sessions(const load_options& load,
                                           std::uint32_t count) {
  std::vector<visitor_session> out(count);
  const auto host = to_string(load.server);
  const step opening{
    "opening a session",
    [&](std::uint32_t) {
      return make_request("POST", "/api/session", host, "",
                          R"({"locale":"en","name":"Petra"})");
    },
    [&](std::uint32_t index, const answer& reply) {
      out[index].id = find_json_string(reply.body, "session_id");
      out[index].token = find_json_string(reply.body, "access_token");
      return reply.status == 201 && !out[index].id.empty()
             && !out[index].token.empty();
    }};
  do_for_each(load, count, opening);
  return out;
}

std::string message_request(const std::string& host,
                            const visitor_session& session,
                            std::string_view text) {
  const auto body = R"({"body":")" + std::string{text} + R"("})";
  return make_request("POST", "/api/session/" + session.id + "/messages", host,
                      bearer(session.token), body);
}

std::uint64_t ticket_of(const answer& reply) {
  return reply.status == 201
           ? find_json_number<std::uint64_t>(reply.body, "ticket_id")
           : 0;
}

} // namespace switchboard::bench
