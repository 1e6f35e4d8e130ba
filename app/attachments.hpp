#pragma once

#include "channels/attachment_links.hpp"
#include "channels/telegram/lanes.hpp"
#include "config/config.hpp"
#include "domain/attachment.hpp"
#include "persistence/attachment_store.hpp"
#include "persistence/attachment_sweep.hpp"
#include "persistence/journal.hpp"
#include "persistence/records.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace switchboard::app {

/// The largest file that is taken: `limits.attachment_bytes`, whose 0 is the
/// most that can be set.
[[nodiscard]] std::size_t
attachment_bytes_max(const config::limits_section& limits);

/// The attachments of the process: their files, their addresses, and the thread
/// that hourly takes away what nobody has used.
///
/// Thread contract: all members from any thread, but `start` and `stop`.
class attachments {
public:
  /// Throws std::runtime_error when the folder cannot be used. `link_secret`
  /// must be unguessable.
  attachments(const config::config& c, persistence::journal& journal,
              std::string_view link_secret);
  attachments(const attachments&) = delete;
  attachments& operator=(const attachments&) = delete;
  /// As `stop()`.
  ~attachments();

  /// Begins to take away what is unused.
  void start();
  /// Ends that, and refuses to write and read files from now on.
  void stop();

  [[nodiscard]] persistence::attachment_store& files() noexcept {
    return *files_;
  }
  [[nodiscard]] const channels::attachment_links& links() const noexcept {
    return links_;
  }

  struct file {
    std::string name;
    std::string mime_type;
    std::string bytes;
  };
  using read_handler = std::function<void(std::optional<file>)>;

  /// The whole file; nothing when it is not here (yet, any longer, or because
  /// the disk is in trouble). `done` is called exactly once, on a thread of the
  /// files or at once; it must be short.
  void read(domain::attachment_id id, read_handler done) const;

  /// How a bot names the file, when it was sent or has come through that bot:
  /// then it need not be uploaded.
  [[nodiscard]] std::optional<std::string>
  known_file_id(domain::attachment_id id,
                channels::telegram::bot_number bot) const;
  /// The row that makes the name known; to be committed with what gave it.
  [[nodiscard]] static persistence::row_change
  remember_file_id(domain::attachment_id id, channels::telegram::bot_number bot,
                   std::string file_id);

private:
  void sweep_now_and_then();

  persistence::journal& journal_;
  persistence::record_views records_;
  channels::attachment_links links_;
  std::unique_ptr<persistence::attachment_store> files_;
  persistence::attachment_sweep sweep_;
  std::mutex mutex_; ///< guards `stopping_`
  std::condition_variable end_;
  bool stopping_ = false;
  std::thread sweeper_;
};

} // namespace switchboard::app
