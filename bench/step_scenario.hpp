#pragma once

#include "bench/load_runner.hpp"
#include "bench/scenario.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace switchboard::bench {

/// One thing that is done for each of so many: what is sent for an index, and
/// whether that was a right answer.
struct step {
  std::string_view name;
  std::function<std::string(std::uint32_t index)> request;
  std::function<bool(std::uint32_t index, const answer& reply)> accept;
};

/// A step as a scenario; after the last index it begins anew.
class step_scenario : public scenario {
public:
  step_scenario(std::uint32_t count, step what)
    : count_{count}, step_{std::move(what)} {}

  [[nodiscard]] std::vector<std::string_view> kinds() const override {
    return {step_.name};
  }
  outgoing next() override {
    const auto index = std::exchange(at_, at_ + 1 == count_ ? 0 : at_ + 1);
    request_ = step_.request(index);
    return {.bytes = request_, .token = index, .kind = 0};
  }
  bool accept(std::uint32_t token, const answer& reply) override {
    return step_.accept(token, reply);
  }
  void lose(std::uint32_t) override {}

private:
  std::uint32_t count_;
  step step_;
  std::uint32_t at_ = 0;
  std::string request_;
};

/// Does it once for each, as fast as answered. Throws std::runtime_error when
/// one answer is not right.
load_figures do_for_each(load_options load, std::uint32_t count, step what);

} // namespace switchboard::bench
