#pragma once

#include "actors/engine.hpp"
#include "app/replay_lanes.hpp"
#include "app/whatsapp_uploads.hpp"
#include "net/asker.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"
#include "persistence/ticket_views.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace switchboard::app {

/// The first answer to a customer on WhatsApp, written by a workflow that is
/// asked once and has little time. Whatever goes wrong with it, the customer
/// gets the configured words instead.
///
/// All but `asker` outlives it. `hand_back` runs on the asker's executor.
class whatsapp_bot {
public:
  struct parts {
    std::string url;
    std::chrono::milliseconds timeout{3'000};
    actors::engine& engine;
    actors::id_source& ids;
    actors::clock_fn now;
    persistence::journal& journal;
    net::asker& asker;
    whatsapp_exchange exchange;
    /// The configured words; may be empty.
    std::function<std::string(const domain::session&, domain::ticket_number,
                              std::string_view ref)>
      otherwise;
  };

  explicit whatsapp_bot(parts p);

  /// Serves one delivery of the lane `whatsapp-bot`.
  boost::asio::awaitable<handed_back> hand_back(persistence::delivery what);

private:
  boost::asio::awaitable<std::string> ask(const domain::ticket& ticket,
                                          const domain::session& who);

  parts parts_;
  persistence::record_views records_;
  persistence::ticket_views tickets_;
};

/// The body of the question, and the reply in an answer; nothing when there is
/// none.
[[nodiscard]] std::string encode_bot_question(const domain::ticket& ticket,
                                              const domain::session& who,
                                              std::string_view words);
[[nodiscard]] std::optional<std::string>
decode_bot_reply(const channels::http_answer& answer);

} // namespace switchboard::app
