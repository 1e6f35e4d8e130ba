#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace switchboard::api {

/// Waits for a callback that comes on some other thread: `start(done)` begins,
/// and the coroutine goes on, on its own executor, with what `done(result)` was
/// given. `done` must be called exactly once.
template <class Result, class Start>
boost::asio::awaitable<Result> wait_for(Start start) {
  namespace asio = boost::asio;
  auto executor = co_await asio::this_coro::executor;
  auto initiate = [&start, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(executor);
    start([shared, work](Result result) {
      asio::post(work.get_executor(),
                 [shared, result = std::move(result)]() mutable {
                   (*shared)(std::move(result));
                 });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                          void(Result)>(initiate,
                                                        asio::use_awaitable);
}

} // namespace switchboard::api
