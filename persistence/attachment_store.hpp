#pragma once

#include "domain/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The bytes of attachments. They lie beside the journal, each under the hash
/// of its content, so that what was sent twice lies there once:
///
///   <data>/attachments/ab/cdef…   SHA-256 in hex, after its first two digits
///   <data>/attachments/part/7     being written; removed at the next start
///
/// What is known of an attachment is a record (domain/attachment.hpp), which is
/// committed after its bytes are on the disk. A file of which no record knows
/// is rubbish, and `sweep` removes it.
namespace switchboard::persistence {

struct attachment_store_options {
  std::filesystem::path folder{};
  /// A file is not written when less than this would be left free.
  std::uint64_t reserve_bytes = std::uint64_t{256} << 20U;
  std::size_t file_bytes_max = std::size_t{20} << 20U;
  std::size_t threads = 2;
  /// Of what waits for a thread, to be written or read.
  std::size_t waiting_max = 256;
  std::size_t waiting_bytes_max = std::size_t{256} << 20U;
  /// Free bytes on the folder's file system; nothing: unknown.
  std::function<std::optional<std::uint64_t>()> free_bytes{};
};

/// Why a file was not written or read.
struct file_problem {
  enum class kind : std::uint8_t {
    program,    ///< it is something that runs
    too_large,  ///< beyond `file_bytes_max`
    no_room,    ///< the disk is nearly full
    overloaded, ///< too much waits
    closed,     ///< shutting down
    missing,    ///< there is no such file
    unreadable, ///< the disk does not want to
  };

  kind what = kind::unreadable;
  std::string detail; ///< for people; no paths

  friend bool operator==(const file_problem&, const file_problem&) = default;
};

/// A file that is on the disk.
struct stored_file {
  std::string sha256; ///< 32 bytes
  std::string media_type;
  std::uint64_t size = 0;

  friend bool operator==(const stored_file&, const stored_file&) = default;
};

/// What somebody sends, with what they say that it is.
struct new_file {
  std::string bytes;
  std::string name;
  std::string declared_type; ///< or empty
};

/// A part of a file, from `first` on; without `count` to the end.
struct file_range {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> count{};
};

/// Writes and reads the files on threads of its own, since disks block.
///
/// Thread contract: all members from any thread. Handlers are called exactly
/// once, on a thread of the store or, when it refuses at once, on the caller's;
/// they must be short and not throw.
class attachment_store {
public:
  using write_handler
    = std::function<void(std::variant<stored_file, file_problem>)>;
  using read_handler
    = std::function<void(std::variant<std::string, file_problem>)>;

  /// Makes the folder when it is missing, and removes what a crash left half
  /// written.
  [[nodiscard]] static domain::result<std::unique_ptr<attachment_store>>
  open(attachment_store_options options);

  attachment_store(const attachment_store&) = delete;
  attachment_store& operator=(const attachment_store&) = delete;
  /// As `close()`.
  ~attachment_store();

  /// `done` hears of it when the file is durable. Programs are refused.
  void write(new_file file, write_handler done);

  /// At most `file_bytes_max` bytes come back. A range that begins behind the
  /// end is `missing`.
  void read(std::string sha256, file_range range, read_handler done);

  /// Whether the file is there; blocks for as long as the disk takes.
  [[nodiscard]] bool has(std::string_view sha256) const;

  /// Removes the files that `is_needed` knows nothing of, and returns how many.
  /// Those that were written, or found to be there already, within `min_age`
  /// stay: their records may be on their way. Blocks.
  std::size_t
  sweep(const std::function<bool(const std::string& sha256)>& is_needed,
        std::chrono::seconds min_age = std::chrono::hours{1});

  /// Ends what runs, and answers what waits, and what comes later, with
  /// `closed`. Not to be called from a handler.
  void close();

private:
  class impl;

  explicit attachment_store(std::unique_ptr<impl> inside);

  std::unique_ptr<impl> impl_;
};

/// The folder of the files within a data folder.
[[nodiscard]] std::filesystem::path
attachments_folder(const std::filesystem::path& data);

/// The folder within that one of files that are being written.
inline constexpr const char* unfinished_attachments = "part";

/// Where a file lies below that folder: `ab/cdef…`.
[[nodiscard]] std::filesystem::path attachment_path(std::string_view sha256);

class row_reader;

/// The attachments whose records say that their bytes are here, and whose bytes
/// are not: one line for each, at most `max`; all are counted. Blocks.
struct missing_files {
  std::uint64_t looked_at = 0;
  std::uint64_t count = 0;
  std::vector<std::string> problems;
};

[[nodiscard]] missing_files
find_missing_files(const row_reader& rows, const std::filesystem::path& folder,
                   std::size_t max = 100);

} // namespace switchboard::persistence
