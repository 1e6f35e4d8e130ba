#include "bench/create_scenario.hpp"

#include "bench/website_requests.hpp"

namespace switchboard::bench {

namespace {

constexpr std::size_t variants = 1'000;

} // namespace

create_scenario::create_scenario(std::string_view host, std::uint64_t seed,
                                 text_list* refs)
  : refs_{refs} {
  requests_.reserve(variants);
  for (std::size_t i = 0; i < variants; ++i) {
    auto body = to_json(make_ticket_form(seed, i));
    requests_.push_back(make_request("POST", "/api/ticket", host, "", body));
  }
}

std::vector<std::string_view> create_scenario::kinds() const {
  return {"create"};
}

outgoing create_scenario::next() {
  at_ = at_ + 1 == requests_.size() ? 0 : at_ + 1;
  return {.bytes = requests_[at_], .token = 0, .kind = 0};
}

bool create_scenario::accept(std::uint32_t, const answer& reply) {
  if (reply.status != 201)
    return false;
  if (refs_ == nullptr)
    return true;
  auto ref = find_json_string(reply.body, "ticketRef");
  if (ref.empty())
    return false;
  refs_->append(ref);
  return true;
}

void create_scenario::lose(std::uint32_t) {}

} // namespace switchboard::bench
