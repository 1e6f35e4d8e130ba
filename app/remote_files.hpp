#pragma once

#include "channels/http_exchange.hpp"
#include "domain/attachment.hpp"
#include "domain/ticket.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/deliveries.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What the fetchers of files from elsewhere have in common. The message that
/// carries such a file comes in with an attachment that is `pending`; its
/// commit plans a delivery, which fetches the file, keeps it and makes the
/// attachment `ready`, or `failed` when it cannot be had.
namespace switchboard::app {

/// The file cannot be had, ever; why, for people.
struct file_refusal {
  std::string reason;
};

/// It can be tried again, as the answer says.
struct file_setback {
  channels::http_answer answer;
};

template <class T>
using file_result = std::variant<T, file_refusal, file_setback>;

/// An answer of our own, in the words of HTTP.
[[nodiscard]] channels::http_answer file_answer(int status, std::string detail);
/// 503: it is tried again.
[[nodiscard]] file_setback file_trouble(std::string detail);

/// Pauses before the 2nd, 3rd … try of a lane of files.
[[nodiscard]] std::vector<std::chrono::milliseconds> file_pauses();

/// The delivery that fetches an attachment.
[[nodiscard]] persistence::new_delivery
file_delivery(std::string lane, std::string kind, domain::attachment_id id,
              domain::timestamp now);

/// The attachments of new messages whose bytes are still to be fetched. Their
/// records must be durable already.
[[nodiscard]] std::vector<domain::attachment>
pending_files(const persistence::record_views& records,
              std::span<const domain::ticket_event> events);

/// Brings files home. Its coroutines wait for the network, the disk and the
/// journal; none of them blocks. What is here already is not fetched again, so
/// a delivery may be made as often as it likes; and the replay of a dead letter
/// fetches its file after all.
///
/// The journal and the files outlive it, and it outlives its coroutines.
/// Thread-safe.
class remote_files {
public:
  template <class T>
  using task = boost::asio::awaitable<T>;
  /// Gets the bytes of one attachment.
  using obtainer
    = std::function<task<file_result<std::string>>(domain::attachment file)>;

  /// `tries_max` is how often the lane asks before it gives up.
  remote_files(persistence::journal& journal,
               persistence::attachment_store& files, std::size_t tries_max);

  /// 200 when the attachment is settled; 503 or 429 to be asked again; 400
  /// never.
  task<channels::http_answer> bring(persistence::delivery what,
                                    obtainer obtain) const;

private:
  task<file_result<persistence::stored_file>>
  obtain_and_keep(domain::attachment file, const obtainer& obtain) const;
  task<file_result<persistence::stored_file>>
  keep(persistence::new_file file) const;
  /// Whether the attachment's record is durable as `edit` makes it.
  task<bool> settle(domain::attachment_id id,
                    std::function<void(domain::attachment&)> edit) const;
  /// Writes down that the file cannot be had.
  task<channels::http_answer> give_up(domain::attachment_id id,
                                      std::string reason) const;

  persistence::journal& journal_;
  persistence::attachment_store& files_;
  persistence::record_views records_;
  std::size_t tries_max_;
};

} // namespace switchboard::app
