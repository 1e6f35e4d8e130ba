#include "config/secrets.hpp"

#include "domain/text.hpp"

#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace switchboard::config {

namespace {

namespace fs = std::filesystem;
using domain::errc;
using domain::fail;
using domain::result;

constexpr std::size_t id_length = 10;
constexpr std::size_t secret_length = 43; // 256 bits in base62
constexpr std::size_t file_size_max = 4'096;
constexpr std::size_t webhook_secret_size_good = 16;
constexpr std::size_t jwt_key_size_good = 32; // RFC 7518, section 3.2

auto failed(std::string_view what, const fs::path& where, int error) {
  return fail(errc::storage_unavailable,
              "cannot " + std::string{what} + ' ' + where.string() + ": "
                + std::generic_category().message(error));
}

/// Owns a file descriptor.
class descriptor {
public:
  explicit descriptor(int fd) : fd_{fd} {}
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  [[nodiscard]] int get() const {
    return fd_;
  }
  [[nodiscard]] bool is_open() const {
    return fd_ >= 0;
  }

private:
  int fd_;
};

std::string random_text(std::size_t length) {
  constexpr std::string_view base62
    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text(length, '0');
  for (char& c : text)
    c = base62[randombytes_uniform(base62.size())];
  return text;
}

std::string new_admin_key() {
  return "sb_" + random_text(id_length) + '_' + random_text(secret_length);
}

std::string new_secret() {
  return random_text(secret_length);
}

result<void> sync_folder(const fs::path& folder) {
  const descriptor fd{
    ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd.is_open() || ::fsync(fd.get()) != 0)
    return failed("sync", folder, errno);
  return boost::outcome_v2::success();
}

result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error))
    return boost::outcome_v2::success();
  const auto parent = folder.parent_path();
  if (!parent.empty() && !fs::is_directory(parent, error)) {
    fs::create_directories(parent, error);
    if (error)
      return failed("make the folder", parent, error.value());
  }
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return failed("make the folder", folder, errno);
  return sync_folder(parent.empty() ? fs::path{"."} : parent);
}

result<void> write_all(int fd, std::string_view text, const fs::path& file) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return failed("write", file, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd) != 0)
    return failed("sync", file, errno);
  return boost::outcome_v2::success();
}

/// Written beside its place and renamed, so that a crash leaves all or nothing.
result<void> write_file(const fs::path& file, const std::string& text) {
  auto beside = file;
  beside += ".new";
  ::unlink(beside.c_str()); // what a crashed start may have left
  {
    const descriptor fd{::open(
      beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
      S_IRUSR | S_IWUSR)};
    if (!fd.is_open())
      return failed("write", beside, errno);
    SWITCHBOARD_TRY(write_all(fd.get(), text + '\n', beside));
  }
  if (::rename(beside.c_str(), file.c_str()) != 0)
    return failed("write", file, errno);
  return sync_folder(file.parent_path());
}

void warn_if_open_to_others(const struct stat& info, const fs::path& path,
                            std::vector<std::string>& warnings) {
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    warnings.push_back(path.string()
                       + " is open to other users; chmod go-rwx it");
}

/// The secret in `file`, or nullopt when there is no such file.
result<std::optional<std::string>>
read_file(const fs::path& file, std::vector<std::string>& warnings) {
  const descriptor fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd.is_open() && errno == ENOENT)
    return std::optional<std::string>{};
  struct stat info {};
  if (!fd.is_open() || ::fstat(fd.get(), &info) != 0)
    return failed("read", file, errno);
  warn_if_open_to_others(info, file, warnings);
  std::array<char, file_size_max> buffer{};
  const auto count = ::read(fd.get(), buffer.data(), buffer.size());
  if (count < 0)
    return failed("read", file, errno);
  const std::string_view text{buffer.data(), static_cast<std::size_t>(count)};
  const auto secret_text = domain::trim(text);
  const bool is_visible = std::ranges::all_of(
    secret_text, [](char c) { return c > ' ' && c < 0x7F; });
  if (secret_text.size() < 8 || text.size() == file_size_max || !is_visible)
    return fail(
      errc::storage_unavailable,
      file.string() + " holds no secret; remove it to have a new one made");
  return std::optional{std::string{secret_text}};
}

result<secret> obtain(const std::string& configured, const fs::path& file,
                      std::string (*make)(),
                      std::vector<std::string>& warnings) {
  if (!configured.empty())
    return secret{configured, {}, false};
  SWITCHBOARD_TRY(auto stored, read_file(file, warnings));
  if (stored)
    return secret{std::move(*stored), file, false};
  auto made = make();
  SWITCHBOARD_TRY(write_file(file, made));
  return secret{std::move(made), file, true};
}

} // namespace

result<secret_set> load_or_generate_secrets(const config& c) {
  if (sodium_init() < 0)
    return fail(errc::storage_unavailable, "libsodium does not start");
  const auto folder = fs::path{c.storage.path} / "secrets";
  SWITCHBOARD_TRY(make_folder(folder));
  secret_set set;
  struct stat info {};
  if (::stat(folder.c_str(), &info) == 0)
    warn_if_open_to_others(info, folder, set.warnings);
  SWITCHBOARD_TRY(set.admin_key, obtain(c.admin.key, folder / "admin.key",
                                        new_admin_key, set.warnings));
  SWITCHBOARD_TRY(set.inbound_secret,
                  obtain(c.website.inbound_secret, folder / "inbound.key",
                         new_secret, set.warnings));
  SWITCHBOARD_TRY(set.visitor_jwt_key,
                  obtain(c.desk.jwt_secret, folder / "visitor_jwt.key",
                         new_secret, set.warnings));
  if (set.visitor_jwt_key.value.size() < jwt_key_size_good)
    set.warnings.emplace_back(
      "desk.jwt_secret is shorter than 32 characters; whoever guesses it can "
      "read what visitors write");
  SWITCHBOARD_TRY(set.telegram_webhook, obtain(c.telegram.webhook_secret,
                                               folder / "telegram_webhook.key",
                                               new_secret, set.warnings));
  set.telegram_executor_webhook = set.telegram_webhook;
  if (!c.telegram_executor.webhook_secret.empty())
    set.telegram_executor_webhook
      = {c.telegram_executor.webhook_secret, {}, false};
  for (const auto* given :
       {&c.telegram.webhook_secret, &c.telegram_executor.webhook_secret})
    if (!given->empty() && given->size() < webhook_secret_size_good)
      set.warnings.emplace_back(
        "a webhook_secret of Telegram is shorter than 16 characters; whoever "
        "guesses it can speak as any agent");
  SWITCHBOARD_TRY(set.sealing_key,
                  obtain({}, folder / "sealing.key", new_secret, set.warnings));
  return set;
}

} // namespace switchboard::config
