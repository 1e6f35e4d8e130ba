#pragma once

#include "actors/interfaces.hpp"
#include "actors/lane_channel.hpp"
#include "app/background.hpp"
#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_health.hpp"
#include "app/whatsapp_outcome.hpp"
#include "app/whatsapp_pace.hpp"
#include "app/whatsapp_render.hpp"
#include "app/whatsapp_uploads.hpp"
#include "metrics/whatsapp_probe.hpp"

#include <boost/asio/awaitable.hpp>

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string_view>

namespace switchboard::app {

/// Sends what lies in the lanes `whatsapp:<provider>:<address>`: one message
/// after the other for each address, at the pace of its provider. A message is
/// made of its errand when it leaves. While a provider is lost or logged out,
/// its lanes wait without spending attempts; when that lasts, the fallback
/// sends instead, if there is one. What has become of a message goes back to
/// its ticket by way of the intake's lane.
///
/// What it is made of outlives it and the background work. `stop` from one
/// thread; the rest is thread-safe.
class whatsapp_carrier {
public:
  using provider = channels::whatsapp::provider;

  struct parts {
    caf::actor_system& system;
    background& beside;
    const whatsapp_ends& ends;
    const whatsapp_renderer& renderer;
    const whatsapp_uploads& uploads;
    whatsapp_health& health;
    whatsapp_exchange exchange;
    actors::clock_fn now;
    std::chrono::seconds fallback_after{60};
    metrics::whatsapp_probe* probe = nullptr; ///< may be null
  };

  whatsapp_carrier(parts p, whatsapp_pace pace);
  whatsapp_carrier(const whatsapp_carrier&) = delete;
  whatsapp_carrier& operator=(const whatsapp_carrier&) = delete;

  /// Null for other lanes, and for providers that nobody can send for.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

  /// Ends the actor.
  void stop();

private:
  template <class T>
  using task = boost::asio::awaitable<T>;
  using done_handler = std::function<void(channels::http_answer)>;

  struct sent {
    channels::whatsapp::send_result result;
    channels::http_answer answer;
  };

  [[nodiscard]] actors::lane_channel_ptr make_channel(provider p) const;
  void settled(const persistence::delivery& d,
               const channels::http_answer& answer,
               const channels::verdict& verdict, domain::timestamp now,
               persistence::changes& settling) const;

  task<void> run(persistence::delivery d, done_handler done);
  task<channels::http_answer> serve(const persistence::delivery& d);
  [[nodiscard]] whatsapp_place
  choose(const channels::whatsapp::errand& what,
         const channels::whatsapp::lane_place& lane) const;
  task<channels::http_answer>
  leave(const persistence::delivery& d, const channels::whatsapp::errand& what,
        const channels::whatsapp::lane_place& lane, whatsapp_place to);
  task<sent> send(whatsapp_sending& message, provider via, bool may_wait);
  task<sent> call(provider via, channels::http_request request);
  void note(provider via, sent& what);

  parts parts_;
  // In the background's executor alone.
  whatsapp_pace pace_;
  std::size_t files_ = 0; ///< in memory, on their way
  actors::carrier_actor carrier_;
  std::map<provider, actors::lane_channel_ptr> channels_;
};

} // namespace switchboard::app
