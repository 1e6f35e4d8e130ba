#include "bench/read_scenario.hpp"

#include <cassert>

namespace switchboard::bench {

namespace {

constexpr std::string_view start = "GET /api/ticket/";

} // namespace

read_scenario::read_scenario(std::string_view host, std::uint64_t seed,
                             const text_list& refs)
  : refs_{refs}, random_{seed} {
  assert(refs.size() > 0);
  tail_ = " HTTP/1.1\r\nHost: ";
  tail_ += host;
  tail_ += "\r\n\r\n";
}

std::vector<std::string_view> read_scenario::kinds() const {
  return {"read"};
}

outgoing read_scenario::next() {
  auto picked = static_cast<std::uint32_t>(random_() % refs_.size());
  request_.assign(start);
  request_ += refs_[picked];
  request_ += tail_;
  return {.bytes = request_, .token = picked, .kind = 0};
}

bool read_scenario::accept(std::uint32_t token, const answer& reply) {
  return reply.status == 200
         && reply.body.find(refs_[token]) != std::string_view::npos;
}

void read_scenario::lose(std::uint32_t) {}

} // namespace switchboard::bench
