#include "bench/queue_scenario.hpp"

#include "bench/json_text.hpp"
#include "bench/plain_caller.hpp"
#include "bench/website_requests.hpp"

#include <algorithm>
#include <array>

namespace switchboard::bench {

namespace {

enum kind : std::uint32_t { first_page, next_page };

constexpr std::array<std::string_view, 4> most_urgent_first{"urgent", "high",
                                                            "medium", "low"};

/// How many tickets a page has, or nothing of use when a less urgent one stands
/// in front of another.
std::size_t count_in_order(std::string_view page) {
  constexpr std::string_view name = R"("priority":")";
  std::size_t count = 0;
  std::size_t last = 0;
  for (std::size_t at = page.find(name); at != std::string_view::npos;
       at = page.find(name, at)) {
    at += name.size();
    const auto word = page.substr(at, page.find('"', at) - at);
    const auto* const found = std::ranges::find(most_urgent_first, word);
    const auto place
      = static_cast<std::size_t>(found - most_urgent_first.begin());
    if (place == most_urgent_first.size() || place < last)
      return 0;
    last = place;
    ++count;
  }
  return count;
}

} // namespace

queue_scenario::queue_scenario(std::string_view host, std::string_view key)
  : host_{host}, key_{bearer(key)} {}

std::vector<std::string_view> queue_scenario::kinds() const {
  return {"first page", "next page"};
}

outgoing queue_scenario::next() {
  const auto kind = turns_page_ ? next_page : first_page;
  turns_page_ = !turns_page_;
  auto target = "/api/tickets/queue?limit=" + std::to_string(queue_page_size);
  if (kind == next_page && !cursor_.empty())
    target += "&cursor=" + cursor_;
  request_ = make_request("GET", target, host_, key_, "");
  return {.bytes = request_, .token = kind, .kind = kind};
}

bool queue_scenario::accept(std::uint32_t token, const answer& reply) {
  constexpr std::string_view name = R"("next_cursor":)";
  const auto at = reply.body.rfind(name);
  if (reply.status != 200 || at == std::string_view::npos)
    return false;
  const auto cursor = find_json_string(reply.body.substr(at), "next_cursor");
  if (token == next_page || cursor_.empty())
    cursor_ = cursor;
  const auto count = count_in_order(reply.body);
  return count == queue_page_size || (count > 0 && cursor.empty());
}

void queue_scenario::lose(std::uint32_t) {}

std::string make_agent_key(const endpoint& server, std::string_view admin_key) {
  plain_caller admin{server, bearer(admin_key)};
  const auto user = admin.call("POST", "/api/v1/users",
                               R"({"name":"Bea","role":"agent"})", 201);
  const auto id = find_json_number<std::uint64_t>(user, "id");
  const auto made
    = admin.call("POST", "/api/v1/api-keys",
                 R"({"name":"Bea","user_id":)" + std::to_string(id)
                   + R"(,"scopes":["tickets:read"]})",
                 201);
  return std::string{find_json_string(made, "key")};
}

} // namespace switchboard::bench
