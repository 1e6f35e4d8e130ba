#include "persistence/attachment_files.hpp"

#include <sodium/crypto_hash_sha256.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace switchboard::persistence {

namespace {

namespace fs = std::filesystem;
using kind = file_problem::kind;

constexpr const char* part_folder = unfinished_attachments;
constexpr std::size_t prefix_size = 2;
constexpr ::mode_t file_mode = 0600;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 0x0FU];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string out;
  if (text.size() % 2 != 0)
    return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_digits.find(text[i]);
    const auto low = hex_digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos)
      return std::nullopt;
    out += static_cast<char>((high << 4U) | low);
  }
  return out;
}

std::string hash_of(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(),
                     reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size());
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// A descriptor that is closed at the end.
class descriptor {
public:
  explicit descriptor(int fd) noexcept : fd_{fd} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  [[nodiscard]] int get() const noexcept {
    return fd_;
  }
  [[nodiscard]] bool is_open() const noexcept {
    return fd_ >= 0;
  }

private:
  int fd_;
};

file_problem failed(const char* what) {
  const std::error_code error{errno, std::generic_category()};
  const bool full = error.value() == ENOSPC || error.value() == EDQUOT;
  return {
    full ? kind::no_room : kind::unreadable,
    std::string{"the file could not be "} + what + ": " + error.message()};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR)
      return false;
    if (count > 0)
      bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool sync_folder(const fs::path& folder) {
  const descriptor it{
    ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return it.is_open() && ::fsync(it.get()) == 0;
}

bool is_there(const fs::path& path, std::uint64_t size) {
  struct ::stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)
         && static_cast<std::uint64_t>(info.st_size) == size;
}

/// The hash that a file's place stands for; nothing for foreign files.
std::optional<std::string> hash_at(const fs::path& path) {
  auto hash = from_hex(path.parent_path().filename().string()
                       + path.filename().string());
  if (!hash || hash->size() != crypto_hash_sha256_BYTES)
    return std::nullopt;
  return hash;
}

} // namespace

domain::result<void> attachment_files::prepare() {
  const auto parts = options_.folder / part_folder;
  std::error_code error;
  fs::create_directories(options_.folder, error);
  if (!error)
    fs::permissions(options_.folder, fs::perms::owner_all, error);
  if (!error)
    fs::remove_all(parts, error);
  if (!error)
    fs::create_directory(parts, error);
  if (error || !sync_folder(options_.folder))
    return domain::fail(
      domain::errc::storage_unavailable,
      "cannot prepare " + options_.folder.string() + ": " + error.message());
  return boost::outcome_v2::success();
}

std::variant<std::string, file_problem>
attachment_files::write(std::string_view bytes) {
  auto hash = hash_of(bytes);
  const auto target = options_.folder / attachment_path(hash);
  {
    const std::lock_guard lock{mutex_};
    // Somebody else needs it from now on, so it becomes young again. Whoever
    // wrote it may not have come to the folder's fsync yet.
    if (is_there(target, bytes.size())
        && ::utimensat(AT_FDCWD, target.c_str(), nullptr, 0) == 0) {
      if (!sync_folder(target.parent_path()))
        return failed("synced");
      return hash;
    }
  }
  if (!has_room_for(bytes.size()))
    return file_problem{kind::no_room, "there is no room left for files"};
  if (auto problem = put(bytes, target))
    return std::move(*problem);
  return hash;
}

bool attachment_files::has_room_for(std::uint64_t size) const {
  std::optional<std::uint64_t> free;
  if (options_.free_bytes) {
    free = options_.free_bytes();
  } else {
    std::error_code error;
    const auto space = fs::space(options_.folder, error);
    if (!error)
      free = space.available;
  }
  return !free || *free >= options_.reserve_bytes + size;
}

std::optional<file_problem> attachment_files::put(std::string_view bytes,
                                                  const fs::path& target) {
  const auto folder = target.parent_path();
  std::error_code error;
  const bool is_new_folder = fs::create_directory(folder, error);
  if (error)
    return file_problem{kind::unreadable,
                        "a folder could not be made: " + error.message()};
  if (is_new_folder && !sync_folder(options_.folder))
    return failed("synced");
  const auto part
    = options_.folder / part_folder / std::to_string(parts_.fetch_add(1));
  const descriptor file{
    ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode)};
  if (!file.is_open())
    return failed("opened");
  std::optional<file_problem> problem;
  if (!write_all(file.get(), bytes))
    problem = failed("written");
  else if (::fsync(file.get()) != 0)
    problem = failed("synced");
  else if (::rename(part.c_str(), target.c_str()) != 0)
    problem = failed("named");
  if (problem) {
    ::unlink(part.c_str());
    return problem;
  }
  if (!sync_folder(folder))
    return failed("synced");
  return std::nullopt;
}

std::variant<std::string, file_problem>
attachment_files::read(std::string_view sha256, const file_range& range) const {
  const file_problem missing{kind::missing, "the file is not here"};
  if (sha256.size() != crypto_hash_sha256_BYTES)
    return missing;
  const auto path = options_.folder / attachment_path(sha256);
  const descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open())
    return errno == ENOENT ? missing : failed("opened");
  struct ::stat info {};
  if (::fstat(file.get(), &info) != 0)
    return failed("read");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (range.first > size || (range.first == size && range.first > 0))
    return missing;
  const auto count
    = std::min(range.count.value_or(size - range.first), size - range.first);
  if (count > options_.file_bytes_max)
    return file_problem{kind::too_large, "the file is too large"};
  std::string bytes(count, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got
      = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                static_cast<::off_t>(range.first + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return failed("read");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::size_t attachment_files::sweep(
  const std::function<bool(const std::string& sha256)>& is_needed,
  std::chrono::seconds min_age) {
  std::size_t removed = 0;
  std::error_code error;
  const auto latest = fs::file_time_type::clock::now() - min_age;
  for (fs::recursive_directory_iterator it{options_.folder, error}, end;
       !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored))
      continue;
    const auto hash = hash_at(it->path());
    if (!hash || is_needed(*hash))
      continue;
    const std::lock_guard lock{mutex_};
    const auto written = fs::last_write_time(it->path(), ignored);
    if (!ignored && written <= latest && ::unlink(it->path().c_str()) == 0)
      ++removed;
  }
  return removed;
}

fs::path attachment_path(std::string_view sha256) {
  const auto hex = to_hex(sha256);
  return fs::path{hex.substr(0, prefix_size)} / hex.substr(prefix_size);
}

} // namespace switchboard::persistence
