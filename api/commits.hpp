#pragma once

#include "api/wait_for.hpp"
#include "persistence/journal.hpp"

#include <utility>

namespace switchboard::api {

/// Commits bookkeeping that belongs to no entity, and waits until it is
/// durable.
inline boost::asio::awaitable<persistence::commit_outcome>
commit(persistence::journal& journal, persistence::changes what) {
  auto start = [&journal, &what](auto done) {
    journal.commit(std::move(what), std::move(done));
  };
  co_return co_await wait_for<persistence::commit_outcome>(std::move(start));
}

} // namespace switchboard::api
