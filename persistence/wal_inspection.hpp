#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace switchboard::persistence {

enum class wal_state : std::uint8_t {
  clean,     ///< every record is whole
  torn_tail, ///< only the last record is not: it was never acknowledged
  damaged,   ///< something before the last record is not
};

/// What the write-ahead logs of a closed store look like.
struct wal_report {
  wal_state state = wal_state::clean;
  std::string file;             ///< where the trouble is
  std::uint64_t good_bytes = 0; ///< up to where that file is whole
  std::uint64_t bad_bytes = 0;  ///< what follows
};

/// Reads all write-ahead logs in `folder` and tells a torn tail, which a crash
/// in the middle of a write leaves and which RocksDB's recovery modes cannot
/// tell apart from decay, from damage to records that were acknowledged. One
/// group commit is synced before the next begins, so only the very last record
/// may be torn. Costs about 3 ms a megabyte; unreadable files count as damaged.
///
/// A log is a row of 32 KiB blocks; a record never spans two, a long one is cut
/// into pieces (RocksDB's format, as LevelDB's):
///
///   masked crc32c of type and data (4) | size (2) | type (1) | data
///   type: 1 whole, 2 first piece, 3 middle piece, 4 last piece
///   the last 6 bytes or fewer of a block are zeros; integers little-endian
[[nodiscard]] wal_report inspect_wals(const std::filesystem::path& folder);

/// The same for the bytes of one log.
[[nodiscard]] wal_report inspect_wal(std::string_view bytes);

} // namespace switchboard::persistence
