#include "tests/faults/loop_disk.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace switchboard::faults {

namespace {

namespace fs = std::filesystem;

/// As xfstests cut the power: EXT4_IOC_SHUTDOWN without a flush of the log.
constexpr unsigned long shutdown_request = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t without_log_flush = 2;

constexpr std::uint64_t probe_bytes = std::uint64_t{16} << 20U;
constexpr int no_such_program = 127;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what + ": " + std::strerror(errno)};
}

/// Throws with the command's words when it does not end well.
void run(std::vector<std::string> command) {
  const auto all = command;
  std::vector<char*> raw;
  for (auto& part : command)
    raw.push_back(part.data());
  raw.push_back(nullptr);
  const auto pid = ::fork();
  if (pid < 0)
    fail("fork");
  if (pid == 0) {
    ::execvp(raw[0], raw.data());
    ::_exit(no_such_program);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0)
    return;
  std::string text;
  for (const auto& part : all)
    text += part + " ";
  throw std::runtime_error{text + "failed"};
}

/// Mounts from here on are seen by this process and its children alone.
void leave_mount_namespace() {
  static bool done = false;
  if (done)
    return;
  if (::unshare(CLONE_NEWNS) != 0)
    fail("no mount namespace");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    fail("no private mounts");
  done = true;
}

/// Tries all that the tests need, power cut included.
std::optional<std::string> find_obstacle() {
  if (::geteuid() != 0)
    return "mounting a disk needs root";
  try {
    loop_disk probe{probe_bytes};
    probe.cut_power();
    probe.restore_power();
  } catch (const std::exception& e) {
    return std::string{"no disk can be mounted here: "} + e.what();
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> loop_disk::obstacle() {
  static const auto found = find_obstacle();
  return found;
}

loop_disk::loop_disk(std::uint64_t bytes)
  : image_{home_.path() / "disk.img"},
    kept_{home_.path() / "kept.img"},
    mount_point_{home_.path() / "disk"},
    ballast_{mount_point_ / "ballast"} {
  leave_mount_namespace();
  std::ofstream{image_}.close();
  fs::resize_file(image_, bytes);
  run({"mkfs.ext4", "-q", "-F", "-m", "0", image_.string()});
  fs::create_directory(mount_point_);
  mount();
}

loop_disk::~loop_disk() {
  if (mounted_)
    ::umount2(mount_point_.c_str(), MNT_DETACH);
}

void loop_disk::mount() {
  run({"mount", "-o", "loop", image_.string(), mount_point_.string()});
  mounted_ = true;
}

void loop_disk::unmount() {
  if (::umount2(mount_point_.c_str(), 0) != 0)
    fail("cannot unmount " + mount_point_.string());
  mounted_ = false;
}

std::uint64_t loop_disk::free_bytes() const {
  struct statvfs info {};
  if (::statvfs(mount_point_.c_str(), &info) != 0)
    fail("statvfs");
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

void loop_disk::leave_free(std::uint64_t bytes) {
  const auto now = free_bytes();
  const auto handle
    = ::open(ballast_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (handle < 0)
    fail("no ballast");
  const auto size = static_cast<off_t>(fs::file_size(ballast_));
  const auto problem = now > bytes ? ::posix_fallocate(
                         handle, size, static_cast<off_t>(now - bytes))
                                   : 0;
  ::close(handle);
  // Another one may have taken the last blocks meanwhile.
  if (problem != 0 && problem != ENOSPC) {
    errno = problem;
    fail("the ballast does not grow");
  }
}

void loop_disk::remove_ballast() {
  fs::remove(ballast_);
}

void loop_disk::cut_power() {
  const auto handle
    = ::open(mount_point_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0)
    fail("cannot open " + mount_point_.string());
  const auto result = ::ioctl(handle, shutdown_request, &without_log_flush);
  ::close(handle);
  if (result != 0)
    fail("the file system cannot be cut off");
  // The loop device is quiet now, so this is the disk of one moment.
  run({"cp", "--sparse=always", image_.string(), kept_.string()});
}

void loop_disk::restore_power() {
  unmount();
  fs::rename(kept_, image_);
  mount();
}

} // namespace switchboard::faults
