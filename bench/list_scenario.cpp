#include "bench/list_scenario.hpp"

#include "bench/website_requests.hpp"

#include <array>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::string_view tickets = "/api/v1/tickets?limit=50";
constexpr std::string_view queue = "/api/tickets/queue?limit=50";

struct filter {
  std::string_view name;
  std::string_view list = tickets;
  std::string_view query{};
  bool is_leafed = false; ///< page after page
};

/// Some that many tickets pass, some that few do or none does.
constexpr std::array filters{
  filter{"newest"},
  filter{"status", tickets, "&status=pending"},
  filter{"nothing", tickets, "&status=closed"},
  filter{"priority", tickets, "&priority=urgent,high"},
  filter{"two", tickets, "&state=open&priority=low"},
  filter{"unassigned", tickets, "&assignee=none"},
  filter{"agent", tickets, "&assignee=7"},
  filter{"channel", tickets, "&channel=web"},
  filter{"category", tickets, "&category=billing"},
  filter{"since", tickets, "&created_after=2020-01-01T00:00:00Z"},
  filter{"until", tickets, "&created_before=2020-01-01T00:00:00Z"},
  filter{"words", tickets, "&q=tracking"},
  filter{"queue", queue},
  filter{"urgent queue", queue, "&priority=urgent,high"},
  filter{"queue by words", queue, "&q=tracking"},
  filter{"next in queue", queue, {}, true},
  filter{"next page", tickets, {}, true},
};

} // namespace

list_scenario::list_scenario(std::string_view host, std::string_view key)
  : host_{host},
    key_{"Authorization: Bearer " + std::string{key} + "\r\n"},
    requests_(filters.size()),
    cursors_(filters.size()) {
  for (std::size_t i = 0; i < filters.size(); ++i)
    make(i);
}

void list_scenario::make(std::size_t kind) {
  std::string page{filters[kind].list};
  page += filters[kind].query;
  if (!cursors_[kind].empty())
    page += "&cursor=" + cursors_[kind];
  requests_[kind] = make_request("GET", page, host_, key_, "");
}

std::vector<std::string_view> list_scenario::kinds() const {
  std::vector<std::string_view> out;
  for (const auto& one : filters)
    out.push_back(one.name);
  return out;
}

outgoing list_scenario::next() {
  at_ = at_ + 1 == filters.size() ? 0 : at_ + 1;
  if (filters[at_].is_leafed)
    make(at_);
  const auto kind = static_cast<std::uint32_t>(at_);
  return {.bytes = requests_[at_], .token = kind, .kind = kind};
}

bool list_scenario::accept(std::uint32_t token, const answer& reply) {
  if (reply.status != 200 || !reply.body.starts_with(R"({"data":[)"))
    return false;
  if (filters.at(token).is_leafed) {
    const auto at = reply.body.rfind(R"("next_cursor":)");
    if (at == std::string_view::npos)
      return false;
    cursors_[token] = find_json_string(reply.body.substr(at), "next_cursor");
  }
  return true;
}

void list_scenario::lose(std::uint32_t) {}

} // namespace switchboard::bench
