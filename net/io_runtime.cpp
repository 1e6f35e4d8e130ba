#include "net/io_runtime.hpp"

#include "net/io_scheduler.hpp"

#include <boost/asio/strand.hpp>

#include <algorithm>

namespace switchboard::net {

io_runtime::io_runtime(caf::actor_system_config& config, std::size_t threads)
  : thread_count_{std::max<std::size_t>(threads, 1)},
    io_{static_cast<int>(thread_count_)},
    work_{io_.get_executor()} {
  io_scheduler::load(config, io_);
  actors_.emplace(config);
  // The configuration may serve another system, whose io_context is not ours.
  config.module_factories.pop_back();
  threads_.reserve(thread_count_);
  for (std::size_t i = 0; i < thread_count_; ++i)
    threads_.emplace_back([this] { io_.run(); });
}

io_runtime::~io_runtime() {
  stop();
}

boost::asio::any_io_executor io_runtime::make_executor() {
  if (thread_count_ == 1)
    return io_.get_executor();
  return boost::asio::make_strand(io_);
}

void io_runtime::stop() {
  actors_.reset();
  work_.reset();
  io_.stop();
  for (auto& one : threads_)
    one.join();
  threads_.clear();
}

} // namespace switchboard::net
