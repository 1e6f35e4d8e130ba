#include "bench/step_scenario.hpp"

#include <algorithm>
#include <stdexcept>

namespace switchboard::bench {

load_figures do_for_each(load_options load, std::uint32_t count, step what) {
  const std::string name{what.name};
  load.rate.reset();
  load.warm_up = {};
  load.count = count;
  load.connections = std::min(load.connections, count);
  step_scenario work{count, std::move(what)};
  load_runner runner{load, work};
  auto figures = runner.run(nullptr);
  if (figures.errors.total() > 0)
    throw std::runtime_error{name + " went wrong: " + figures.first_error};
  return figures;
}

} // namespace switchboard::bench
