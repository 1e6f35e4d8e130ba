#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace switchboard::support {

/// A folder under the system's temporary one; removed with all it holds.
class temporary_folder {
public:
  temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept {
    return path_;
  }

private:
  std::filesystem::path path_;
};

struct server_process_options {
  /// Empty: the `switchboard` that was built beside the test.
  std::filesystem::path binary;
  std::vector<std::string> arguments{"serve"};
  /// Beside the defaults: port 0, a data folder of its own, and nothing else
  /// of what the test's own environment says about Switchboard.
  std::map<std::string, std::string> environment;
  /// Empty: a temporary folder, removed at the end.
  std::filesystem::path data;
  std::chrono::milliseconds start_timeout{60'000}; // sanitizers are slow
};

/// The real server as a child process. It may be started, ended and started
/// again on the same data any number of times; a child that still runs at the
/// end is killed. The kernel also kills it when the thread that started it
/// ends, so start it from one that stays.
///
/// Thread contract: one thread, except `log` and `wait_for_log`.
class server_process {
public:
  explicit server_process(server_process_options options = {});
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process();

  /// Returns when the server listens; throws std::runtime_error with the end of
  /// its log when it ends or says nothing instead.
  void start();
  /// Starts the child and waits for its end: for runs that are to fail.
  int run_to_end(std::chrono::milliseconds timeout = std::chrono::seconds{60});

  /// SIGTERM; the exit code, or nullopt when the child did not end in time
  /// (it is killed then).
  std::optional<int> terminate(std::chrono::milliseconds timeout
                               = std::chrono::seconds{30});
  /// SIGKILL, and waits until it is gone.
  void kill();

  /// Waits for the end that came by itself: its exit code (128 + the signal's
  /// number when it died of one), or nullopt in vain.
  std::optional<int> wait_for_end(std::chrono::milliseconds timeout);

  [[nodiscard]] bool is_running() const noexcept {
    return pid_ > 0;
  }
  [[nodiscard]] pid_t pid() const noexcept {
    return pid_;
  }
  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }
  /// `http://127.0.0.1:<port>`
  [[nodiscard]] std::string url() const;
  [[nodiscard]] const std::filesystem::path& data() const noexcept {
    return data_;
  }
  /// What takes effect at the next start.
  std::map<std::string, std::string>& environment() noexcept {
    return options_.environment;
  }

  /// All that the child wrote to its outputs since the first start; of a very
  /// long log, the end.
  [[nodiscard]] std::string log() const;
  bool wait_for_log(std::string_view text, std::chrono::milliseconds timeout);

private:
  void spawn();
  void read_output(int descriptor);
  bool wait_until_listening();
  int reap();
  void join_reader();
  [[nodiscard]] std::string log_tail() const;

  server_process_options options_;
  temporary_folder folder_;
  std::filesystem::path data_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;

  std::thread reader_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string log_;
  std::string line_; ///< the unfinished last line of this start
  std::uint16_t heard_port_ = 0;
  bool output_ended_ = false;
};

} // namespace switchboard::support
