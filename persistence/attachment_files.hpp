#pragma once

#include "persistence/attachment_store.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace switchboard::persistence {

/// The files themselves: what `attachment_store` does on its threads. All
/// members block, and may be called from several threads at once.
class attachment_files {
public:
  explicit attachment_files(const attachment_store_options& options)
    : options_{options} {}

  /// Makes the folders and empties the one of the unfinished files.
  [[nodiscard]] domain::result<void> prepare();

  /// Makes `bytes` durable under the hash that it returns.
  [[nodiscard]] std::variant<std::string, file_problem>
  write(std::string_view bytes);

  [[nodiscard]] std::variant<std::string, file_problem>
  read(std::string_view sha256, const file_range& range) const;

  std::size_t
  sweep(const std::function<bool(const std::string& sha256)>& is_needed,
        std::chrono::seconds min_age);

private:
  [[nodiscard]] bool has_room_for(std::uint64_t size) const;
  [[nodiscard]] std::optional<file_problem>
  put(std::string_view bytes, const std::filesystem::path& target);

  const attachment_store_options& options_;
  std::atomic<std::uint64_t> parts_{0};
  /// Held while a file that is there already is taken for a new one, and while
  /// one is removed: the two must not cross.
  std::mutex mutex_;
};

} // namespace switchboard::persistence
