#pragma once

#include "actors/interfaces.hpp"
#include "actors/lane_channel.hpp"
#include "channels/telegram/lanes.hpp"
#include "domain/attachment.hpp"
#include "domain/ticket.hpp"
#include "net/http_client.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <boost/asio/io_context.hpp>

#include <caf/actor_system.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// The lane of the files that one bot has to fetch: `telegram-files:<bot>`.
[[nodiscard]] std::string
telegram_files_lane(channels::telegram::bot_number bot);

/// Fetches the files that people send to the bots. The message that carries a
/// file comes in with an attachment that is `pending`; the commit of that
/// message plans a delivery of this lane, which fetches the file, keeps it and
/// makes the attachment `ready`, or `failed` when it cannot be had.
///
/// What is fetched already is not fetched again, so a delivery may be made as
/// often as it likes. What fails for good is a dead letter, too: its replay
/// fetches the file after all.
///
/// Life: everything that it is given outlives it, and the actors have ended
/// before it does. Thread-safe.
class telegram_files {
public:
  struct parts {
    caf::actor_system& actors;
    boost::asio::io_context& io;
    net::http_client& client;
    persistence::journal& journal;
    persistence::attachment_store& files;
    std::string api_url;             ///< as `telegram.api_url`
    std::vector<std::string> tokens; ///< of all bots
    std::size_t bytes_max = std::size_t{20} << 20U;
  };

  explicit telegram_files(parts p);
  telegram_files(const telegram_files&) = delete;
  telegram_files& operator=(const telegram_files&) = delete;
  ~telegram_files();

  /// What is to be fetched because of `events`. The attachments' records must
  /// be durable already.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan_downloads(const domain::ticket& after,
                 std::span<const domain::ticket_event> events) const;

  /// The channel of such a lane; null for other lanes, and for bots that are
  /// not configured: their files wait.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

  /// Ends the actors. What is on its way is fetched anew after the next start.
  void stop();

  class fetcher;

private:
  std::shared_ptr<fetcher> fetcher_;
  persistence::record_views records_;
  std::map<std::string, actors::carrier_actor, std::less<>> carriers_;
  std::map<std::string, actors::lane_channel_ptr, std::less<>> channels_;
};

} // namespace switchboard::app
