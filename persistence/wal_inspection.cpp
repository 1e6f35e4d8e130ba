#include "persistence/wal_inspection.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace switchboard::persistence {

namespace {

constexpr std::size_t block_size = 32768;
constexpr std::size_t header_size = 7;

enum piece : std::uint8_t { whole = 1, first = 2, middle = 3, last = 4 };

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0x82f63b78U : crc >> 1U;
    table[i] = crc;
  }
  return table;
}

constexpr auto crc_table = make_crc_table();

std::uint32_t masked_crc32c(std::string_view bytes) noexcept {
  std::uint32_t crc = ~0U;
  for (const char c : bytes)
    crc = crc_table[(crc ^ static_cast<std::uint8_t>(c)) & 0xffU] ^ (crc >> 8U);
  crc = ~crc;
  return ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U;
}

std::uint32_t little_endian(std::string_view bytes) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = (value << 8U) | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

bool all_zero(std::string_view bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return c == '\0'; });
}

struct record {
  std::uint8_t type = 0;
  std::size_t end = 0;
};

/// The record at `at`, if a whole one with the right checksum begins there.
std::optional<record> record_at(std::string_view log, std::size_t at) {
  const std::size_t left_in_block = block_size - at % block_size;
  if (left_in_block < header_size || log.size() - at < header_size)
    return std::nullopt;
  const auto type = static_cast<std::uint8_t>(log[at + 6]);
  const std::size_t size = little_endian(log.substr(at + 4, 2));
  if (type < whole || type > last || header_size + size > left_in_block
      || header_size + size > log.size() - at)
    return std::nullopt;
  if (masked_crc32c(log.substr(at + 6, 1 + size))
      != little_endian(log.substr(at, 4)))
    return std::nullopt;
  return record{type, at + header_size + size};
}

/// Whether a record begins anywhere after `from`. A broken size field may hide
/// where the next one stands, hence the look at every byte.
bool has_later_record(std::string_view log, std::size_t from) {
  for (std::size_t at = from; at + header_size <= log.size(); ++at) {
    const auto type = static_cast<std::uint8_t>(log[at + 6]);
    if ((type == whole || type == first) && record_at(log, at))
      return true;
  }
  return false;
}

wal_report bad_from(std::string_view log, std::size_t good, std::size_t at) {
  wal_report report;
  report.good_bytes = good;
  report.bad_bytes = log.size() - good;
  report.state
    = has_later_record(log, at + 1) ? wal_state::damaged : wal_state::torn_tail;
  return report;
}

/// A file's bytes, mapped while this lives.
class mapped_file {
public:
  explicit mapped_file(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
      return;
    struct stat info {};
    if (::fstat(fd, &info) == 0) {
      size_ = static_cast<std::size_t>(info.st_size);
      if (size_ > 0)
        data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
      ok_ = data_ != MAP_FAILED;
    }
    ::close(fd);
  }

  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  ~mapped_file() {
    if (ok_ && size_ > 0)
      ::munmap(data_, size_);
  }

  [[nodiscard]] bool ok() const noexcept {
    return ok_;
  }

  [[nodiscard]] std::string_view bytes() const noexcept {
    return size_ == 0
             ? std::string_view{}
             : std::string_view{static_cast<const char*>(data_), size_};
  }

private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
  bool ok_ = false;
};

std::vector<std::filesystem::path>
logs_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> logs;
  std::error_code error;
  for (std::filesystem::directory_iterator it{folder, error}, end;
       !error && it != end; it.increment(error))
    if (it->path().extension() == ".log")
      logs.push_back(it->path());
  // Six digits with leading zeros at least; longer numbers are higher.
  std::sort(logs.begin(), logs.end(), [](const auto& a, const auto& b) {
    const auto x = a.filename().string();
    const auto y = b.filename().string();
    return x.size() != y.size() ? x.size() < y.size() : x < y;
  });
  return logs;
}

} // namespace

wal_report inspect_wal(std::string_view bytes) {
  wal_report report;
  std::size_t at = 0;
  std::size_t good = 0; // where the last whole record ended
  bool in_pieces = false;
  while (at < bytes.size()) {
    const std::size_t left_in_block = block_size - at % block_size;
    if (left_in_block < header_size) {
      at += left_in_block;
      continue;
    }
    const auto found = record_at(bytes, at);
    if (!found) {
      // Space that was allotted ahead and never written.
      if (!in_pieces && all_zero(bytes.substr(at)))
        break;
      return bad_from(bytes, good, at);
    }
    const bool begins = found->type == whole || found->type == first;
    if (begins == in_pieces)
      return bad_from(bytes, good, begins ? at - 1 : at);
    in_pieces = found->type == first || found->type == middle;
    at = found->end;
    if (!in_pieces)
      good = at;
  }
  if (in_pieces)
    return bad_from(bytes, good, bytes.size());
  report.good_bytes = good;
  return report;
}

wal_report inspect_wals(const std::filesystem::path& folder) {
  wal_report worst;
  for (const auto& path : logs_in(folder)) {
    const mapped_file file{path};
    if (!file.ok()) {
      wal_report unreadable;
      unreadable.state = wal_state::damaged;
      unreadable.file = path.filename().string();
      return unreadable;
    }
    wal_report report = inspect_wal(file.bytes());
    report.file = path.filename().string();
    // What is torn must be the end of everything.
    if (worst.state == wal_state::torn_tail
        && (report.good_bytes > 0 || report.state != wal_state::clean))
      worst.state = wal_state::damaged;
    if (worst.state == wal_state::clean)
      worst = std::move(report);
    if (worst.state == wal_state::damaged)
      break;
  }
  return worst;
}

} // namespace switchboard::persistence
