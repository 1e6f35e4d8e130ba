#pragma once

#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_plan.hpp"
#include "channels/http_exchange.hpp"
#include "channels/whatsapp/outgoing.hpp"
#include "domain/attachment.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>

namespace switchboard::app {

/// The whole of a file that goes out.
struct whatsapp_file {
  std::string name;
  std::string mime_type;
  std::string bytes;
};

/// Makes an HTTP exchange and waits for it.
using whatsapp_exchange
  = std::function<boost::asio::awaitable<channels::http_answer>(
    channels::http_request)>;

/// Puts files into messages, as each provider wants them: sidecars get the
/// bytes, Meta an upload, the others a signed address. What a provider does not
/// take becomes words with that address.
///
/// What it is made of outlives its coroutines. Thread-safe.
class whatsapp_uploads {
public:
  struct parts {
    const persistence::row_reader& rows;
    const whatsapp_ends& ends;
    whatsapp_exchange exchange;
    /// Reads a file; `done` is called exactly once.
    std::function<void(domain::attachment_id,
                       std::function<void(std::optional<whatsapp_file>)> done)>
      read;
    /// Where anybody gets the file, for an hour at least.
    std::function<std::string(domain::attachment_id)> link;
  };

  /// Why a message cannot leave yet.
  struct setback {
    channels::whatsapp::send_result result;
    channels::http_answer answer;
  };

  explicit whatsapp_uploads(parts p);

  /// Nothing: `message` has all that it needs. It lives as long as the
  /// coroutine. `may_wait`: a file that still has to be fetched, or that
  /// cannot be read, is waited for; else the words go without it.
  boost::asio::awaitable<std::optional<setback>>
  attach(channels::whatsapp::outgoing_message& message,
         domain::attachment_ref file, channels::whatsapp::provider via,
         bool may_wait) const;

  /// Words with the file's address, for where no file can go.
  void attach_link(channels::whatsapp::outgoing_message& message,
                   const domain::attachment_ref& file) const;

private:
  boost::asio::awaitable<std::optional<setback>>
  attach_bytes(channels::whatsapp::outgoing_message& message,
               domain::attachment_ref file, channels::whatsapp::provider via,
               bool may_wait) const;
  boost::asio::awaitable<std::optional<setback>>
  upload(channels::whatsapp::outgoing_message& message) const;

  parts parts_;
  persistence::record_views records_;
};

} // namespace switchboard::app
