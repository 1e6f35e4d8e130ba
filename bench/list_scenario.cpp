#include "bench/list_scenario.hpp"

#include "bench/website_requests.hpp"

#include <array>
#include <utility>

namespace switchboard::bench {

namespace {

constexpr std::string_view target = "/api/v1/tickets?limit=50";

struct filter {
  std::string_view name;
  std::string_view query;
};

/// Some that many tickets pass, some that few do or none does; the last one is
/// `target` again, page after page.
constexpr std::array filters{
  filter{"newest", ""},
  filter{"status", "&status=pending"},
  filter{"nothing", "&status=closed"},
  filter{"priority", "&priority=urgent,high"},
  filter{"two", "&state=open&priority=low"},
  filter{"unassigned", "&assignee=none"},
  filter{"agent", "&assignee=7"},
  filter{"channel", "&channel=web"},
  filter{"category", "&category=billing"},
  filter{"since", "&created_after=2020-01-01T00:00:00Z"},
  filter{"until", "&created_before=2020-01-01T00:00:00Z"},
  filter{"words", "&q=tracking"},
  filter{"next page", ""},
};

} // namespace

list_scenario::list_scenario(std::string_view host, std::string_view key)
  : host_{host}, key_{"Authorization: Bearer " + std::string{key} + "\r\n"} {
  for (const auto& one : filters)
    requests_.push_back(make_request(
      "GET", std::string{target} + std::string{one.query}, host_, key_, ""));
}

std::vector<std::string_view> list_scenario::kinds() const {
  std::vector<std::string_view> out;
  for (const auto& one : filters)
    out.push_back(one.name);
  return out;
}

outgoing list_scenario::next() {
  at_ = at_ + 1 == filters.size() ? 0 : at_ + 1;
  if (at_ + 1 == filters.size()) {
    auto page = std::string{target};
    if (!cursor_.empty())
      page += "&cursor=" + cursor_;
    requests_[at_] = make_request("GET", page, host_, key_, "");
  }
  const auto kind = static_cast<std::uint32_t>(at_);
  return {.bytes = requests_[at_], .token = kind, .kind = kind};
}

bool list_scenario::accept(std::uint32_t token, const answer& reply) {
  if (reply.status != 200 || !reply.body.starts_with(R"({"data":[)"))
    return false;
  if (token + 1 == filters.size()) {
    const auto at = reply.body.rfind(R"("next_cursor":)");
    if (at == std::string_view::npos)
      return false;
    cursor_ = find_json_string(reply.body.substr(at), "next_cursor");
  }
  return true;
}

void list_scenario::lose(std::uint32_t) {}

} // namespace switchboard::bench
