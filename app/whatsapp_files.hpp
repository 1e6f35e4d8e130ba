#pragma once

#include "actors/interfaces.hpp"
#include "actors/lane_channel.hpp"
#include "app/background.hpp"
#include "app/remote_files.hpp"
#include "app/whatsapp_ends.hpp"
#include "app/whatsapp_uploads.hpp"
#include "domain/ticket.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace switchboard::app {

/// Fetches the files that customers send by WhatsApp from where the provider
/// keeps them, in the lanes `whatsapp-files:<provider>`. A secret goes only
/// where it belongs: to the address that is configured for the provider; any
/// other one, and where that one leads, gets none, and must be public.
///
/// What it is given outlives it and the background work. `stop` from one
/// thread; the rest is thread-safe.
class whatsapp_files {
public:
  using provider = channels::whatsapp::provider;

  struct parts {
    caf::actor_system& system;
    background& beside;
    const whatsapp_ends& ends;
    persistence::journal& journal;
    persistence::attachment_store& files;
    whatsapp_exchange exchange;
    std::size_t bytes_max = std::size_t{20} << 20U;
  };

  explicit whatsapp_files(parts p);
  whatsapp_files(const whatsapp_files&) = delete;
  whatsapp_files& operator=(const whatsapp_files&) = delete;

  /// What is to be fetched because of `events`. The attachments' records must
  /// be durable already.
  [[nodiscard]] std::vector<persistence::new_delivery>
  plan_downloads(std::span<const domain::ticket_event> events) const;

  /// Null for other lanes, and for providers that are not configured: their
  /// files wait.
  [[nodiscard]] actors::lane_channel_ptr
  channel_of(std::string_view lane) const;

  /// Ends the actors.
  void stop();

private:
  template <class T>
  using task = boost::asio::awaitable<T>;
  using done_handler = std::function<void(channels::http_answer)>;

  task<void> run(provider via, persistence::delivery what, done_handler done);
  task<file_result<std::string>> obtain(provider via, domain::attachment file);
  task<file_result<std::string>> obtain_from_cloud(std::string media_id);
  task<file_result<std::string>> get(provider via, std::string url);
  task<channels::http_answer> fetch(channels::http_request request);
  /// A GET of this address, with the provider's secret where it belongs.
  [[nodiscard]] channels::http_request request_of(provider via,
                                                  std::string url) const;
  [[nodiscard]] file_result<std::string>
  judge(channels::http_answer answer) const;

  parts parts_;
  remote_files files_;
  persistence::record_views records_;
  std::vector<actors::carrier_actor> carriers_;
  std::map<std::string, actors::lane_channel_ptr, std::less<>> channels_;
};

} // namespace switchboard::app
