#pragma once

#include "net/asker.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <caf/actor_cast.hpp>
#include <caf/expected.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/response_type.hpp>
#include <caf/sec.hpp>
#include <caf/unit.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace switchboard::net {

/// What an answer says: a `Reply`, or an error.
template <class Reply>
caf::expected<Reply> read_answer(ask_wait& wait) {
  if (wait.answer == nullptr)
    return std::move(wait.failure);
  auto& content = wait.answer->content();
  if (content.template match_elements<caf::error>())
    return std::move(content.template get_mutable_as<caf::error>(0));
  if constexpr (std::is_same_v<Reply, caf::unit_t>) {
    if (content.empty() || content.template match_elements<caf::unit_t>())
      return caf::unit;
  } else if (content.template match_elements<Reply>()) {
    return std::move(content.template get_mutable_as<Reply>(0));
  }
  return caf::make_error(caf::sec::unexpected_response);
}

/// Asks an actor from a coroutine of the asker's executor:
///
///     auto reply = co_await ask<accepted>(who, desk, deadline, command);
///
/// The one door between Asio and CAF. Always ends: with the answer (`Reply`, or
/// `caf::unit_t` for none), with the error that the actor answered, with
/// `caf::sec::request_receiver_down` when it is dead or the asker was closed,
/// or, as CAF loses dropped promises without a word, with
/// `caf::sec::request_timeout` up to a tick of the timer wheel (100 ms) after
/// the deadline. A late answer is dropped.
template <class Reply, class Handle, class... Ts>
boost::asio::awaitable<caf::expected<Reply>>
ask(asker& who, Handle target, std::chrono::milliseconds deadline, Ts... xs) {
  namespace asio = boost::asio;
  using message_types = caf::detail::type_list<
    typename caf::detail::implicit_conversions<Ts>::type...>;
  static_assert(caf::response_type_unbox<caf::signatures_of_t<Handle>,
                                         message_types>::valid,
                "the actor does not take this message");
  if (!target)
    co_return caf::make_error(caf::sec::request_receiver_down);
  auto* receiver = caf::actor_cast<caf::abstract_actor*>(target);
  ask_wait wait;
  wait.id = who.next_id();
  wait.deadline = timer_wheel::clock::now() + deadline;
  auto request
    = caf::make_mailbox_element(who.self(), wait.id, {}, std::move(xs)...);
  auto initiate = [&who, &wait, &request, receiver](auto handler) {
    wait.resume.emplace(std::move(handler));
    who.send(wait, receiver, std::move(request));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
    initiate, asio::use_awaitable);
  co_return read_answer<Reply>(wait);
}

} // namespace switchboard::net
